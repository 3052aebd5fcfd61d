#!/bin/bash
# No race under the race finder (R14): the programs beside the code, the journeys on each engine, and phones at once under kill -9.
#   tests/tsan/run.sh PLAIN-BUILD TSAN-BUILD
# A race ends a program with 66, which each of them takes for a failure. Pictures are made by the plain build's worker, a program
# without threads of ours: its libraries were not built for this and tell of races in themselves. Left out is the unit test of
# workbooks, a part of the same worker, which measures its memory.
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1
plain=$(cd "$1" && pwd) build=$2
export TSAN_OPTIONS=exitcode=66:second_deadlock_stack=1
passed=0 failed=0

# counted COMMAND…: adds the numbers of its last line
counted() {
	local last
	last=$("$@" 2>&1 | tee >(cat >&2) | tail -n 1)
	if [[ "$last" =~ ^([0-9]+)\ passed,\ ([0-9]+)\ failed$ ]]; then
		passed=$((passed + BASH_REMATCH[1])) failed=$((failed + BASH_REMATCH[2]))
	else
		failed=$((failed + 1))
	fi
}

control() {
	local program
	program=$(mktemp)
	gcc -g -O1 -fsanitize=thread -o "$program" tests/tsan/planted.c -lpthread && ! "$program" >/dev/null 2>&1
	local status=$?
	rm -f "$program"
	if [ $status -eq 0 ]; then echo "ok control: the planted race is found"; passed=$((passed + 1)); else
		echo "not ok control: the planted race is not found"; failed=$((failed + 1)); fi
}

units() {
	local names
	names=$(meson test -C "$build" --list 2>/dev/null | sed 's|.* / ||' | grep -Ev '^(xlsx_test|fuzz_.*)$')
	# The build says itself which worker its tests use: what wraps a test has the last word.
	# shellcheck disable=SC2086
	meson test -C "$build" --no-rebuild --quiet --print-errorlogs --wrapper "env CHABAOCU_MEDIA=$CHABAOCU_MEDIA" $names >&2
	jq -rs '(map(select(.result == "OK")) | length) as $ok | "\($ok) passed, \(length - $ok) failed"' "$build/meson-logs/testlog-env.json"
}

tools/build.sh "$build" -Db_sanitize=thread || exit 1
build=$(cd "$build" && pwd)
export CHABAOCU_BUILD=$build CHABAOCU_MEDIA=$plain/chabaocu-media
control
counted units
counted node tests/run-journeys.mjs
counted node tests/kill/run.mjs --rounds 4
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
