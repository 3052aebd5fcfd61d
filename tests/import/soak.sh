#!/bin/sh
# The long run of imports: tests/import/soak.sh [BUILD]: 50,000 employers with reports going on, then many kills.
cd "$(dirname "$0")/../.." || exit 1
CHABAOCU_BUILD=${1:-$PWD/build}
export CHABAOCU_BUILD
node tests/import/large.mjs || exit 1
exec node tests/import/run.mjs --rounds 30
