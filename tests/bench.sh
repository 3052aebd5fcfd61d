#!/bin/sh
# Does the bench itself work? Each of its programs does a moment's work and says what it did; no time is looked at.
cd "$(dirname "$0")/.." || exit 1
BENCH_BUILD=${BENCH_BUILD:-$PWD/build} BENCH_WORK=$(mktemp -d) && export BENCH_BUILD BENCH_WORK
trap 'rm -rf "$BENCH_WORK"' EXIT
bench/run --quick p1 p6 p8
