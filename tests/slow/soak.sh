#!/bin/sh
# A minute of each kind of slow client; the numbers of each kind are its lines.
cd "$(dirname "$0")/../.." || exit 1
CHABAOCU_BUILD=$(cd "$1" && pwd) node tests/slow/run.mjs --long
