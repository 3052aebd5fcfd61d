#!/bin/sh
# The shape for a distributed engine (NFR-5): journeys, two cities, `check` and the unit tests that need a database, on PostgreSQL with every
# city table PARTITION BY HASH(city_id) in 4 parts. On a server of its own, which does not wait for the disk.
#   CHABAOCU_BUILD=DIR PG_PORT=N tests/partitions.sh
set -u
cd "$(dirname "$0")/.." || exit 1
build=${CHABAOCU_BUILD:-build}
work=$(mktemp -d) && chmod 755 "$work"
log=$work/log
CHABAOCU_TEST_PG=$(PG_FSYNC=off tests/pg.sh start "$work/pg" $((${PG_PORT:-15432} + 1))) || {
	rm -rf "$work"
	echo "not run: partitions: PostgreSQL did not start"
	echo "0 passed, 1 failed"
	exit 1
}
trap 'tests/pg.sh stop "$work/pg"; rm -rf "$work"' EXIT
CHABAOCU_TEST_PARTITIONS=4
export CHABAOCU_TEST_PG CHABAOCU_TEST_PARTITIONS

# Those that build an application on a database.
tests=$(grep -l '_ground.h"' src/*/*_test.c src/features/*/*_test.c | sed 's:.*/::; s:[.]c$::')
# A schema in parts is five times as large, and other programs run meanwhile: what hangs is told all the same, only later.
# shellcheck disable=SC2086
meson test -C "$build" --no-rebuild --quiet --print-errorlogs --timeout-multiplier 5 --logbase partitions $tests >"$work/unit" 2>&1 &
unit=$!

passed=0 failed=0
# A city alone, and two that must not see each other though they may lie in one part.
for run in tests/run-journeys.mjs tests/cities/run.mjs; do
	"$(tools/node.sh)" "$run" 2>&1 | tee "$log"
	last=$(tail -n 1 "$log")
	case $last in
	*" passed, "*" failed") ;;
	*) last="0 passed, 1 failed" ;;
	esac
	passed=$((passed + ${last%% *}))
	last=${last#*, }
	failed=$((failed + ${last%% *}))
done
wait "$unit" || cat "$work/unit"
ok=$(jq -rs 'map(select(.result == "OK")) | length' "$build/meson-logs/partitions.json")
bad=$(jq -rs 'map(select(.result != "OK")) | length' "$build/meson-logs/partitions.json")
echo "unit tests in parts: $ok passed, $bad failed"
passed=$((passed + ok)) failed=$((failed + bad))
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
