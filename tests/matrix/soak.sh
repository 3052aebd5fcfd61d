#!/bin/sh
# The matrix and the attacks on PostgreSQL as a whole: tests/matrix/soak.sh [BUILD] (CHABAOCU_TEST_PG names the server). What every run
# of the suites does on SQLite takes twice as long there.
cd "$(dirname "$0")/../.." || exit 1
CHABAOCU_BUILD=${1:-$PWD/build}
export CHABAOCU_BUILD
passed=0 failed=0
for suite in matrix security; do
	node tests/$suite/run.mjs --pg >"${TMPDIR:-/tmp}/chabaocu-$suite-pg.$$"
	tail -n 20 "${TMPDIR:-/tmp}/chabaocu-$suite-pg.$$"
	last=$(tail -n 1 "${TMPDIR:-/tmp}/chabaocu-$suite-pg.$$")
	rm -f "${TMPDIR:-/tmp}/chabaocu-$suite-pg.$$"
	case $last in
	*' passed, '*' failed')
		passed=$((passed + ${last%% *}))
		rest=${last#*passed, }
		failed=$((failed + ${rest%% *}))
		;;
	*) failed=$((failed + 1)) ;;
	esac
done
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
