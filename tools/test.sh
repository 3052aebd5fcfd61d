#!/usr/bin/env bash
# Runs every suite and ends with one plain line, "N passed, N failed":
#   [LANES=N] tools/test.sh [SUITE…]        default: all, begun in the order of the table below
# A suite is a line of the table: row or alone, name, command. Rows run side by side, LANES
# at once (2); one that runs alone waits for those before it and keeps back those after it.
# What a suite says is kept together and printed when it has ended. The command ends its
# output with a line "N passed, N failed"; without such a line, or with another exit status
# than its numbers promise, it counts as one more failure. What this machine cannot do, a
# suite prints as "not run: why". CHABAOCU_BUILD tells a suite which build folder to use,
# CHABAOCU_TEST_PG where a PostgreSQL server is, which it has for itself while it runs: each
# lane has one, at PG_PORT and every fifth port after it. It does not wait for the disk, since
# nothing here takes the power from it.
set -uo pipefail
cd "$(dirname "$0")/.." || exit 1

out=$PWD/build-test
build=$PWD/build
asan=$PWD/build-asan
clang=$PWD/build-clang
pg_port=${PG_PORT:-15432}
mkdir -p "$out"

# unit FOLDER [MESON OPTION…]: builds, then runs the programs beside the code and the fuzz corpora
unit() {
	local folder=$1
	shift
	tools/build.sh "$folder" "$@" || return 1
	meson test -C "$folder" --no-rebuild --quiet --print-errorlogs >"$folder/test.out" 2>&1 || cat "$folder/test.out"
	jq -rs '(map(select(.result == "OK")) | length) as $ok | "\($ok) passed, \(length - $ok) failed"' \
		"$folder/meson-logs/testlog.json"
}

# exits NAME COMMAND…: a program that only succeeds or fails
exits() {
	if "$@"; then
		echo "1 passed, 0 failed"
	else
		echo "0 passed, 1 failed"
	fi
}

# What waits for clocks, disks and other machines stands beside what computes, the longest first.
suites() {
	alone data exits tools/check-data.sh
	alone build exits tools/build.sh "$build"
	alone build-asan exits tools/build.sh "$asan" -Db_sanitize=address,undefined
	row unit unit "$build"
	row unit-asan unit "$asan" -Db_sanitize=address,undefined
	row tsan tests/tsan/run.sh "$build" "$PWD/build-tsan"
	CHABAOCU_BUILD=$build row browser node tests/browser/run.mjs
	CHABAOCU_BUILD=$build PG_FSYNC=off row failover node tests/failover/run.mjs
	CHABAOCU_BUILD=$build row partitions tests/partitions.sh
	row lint tools/lint.sh "$build"
	CHABAOCU_BUILD=$build row journeys node tests/run-journeys.mjs
	CHABAOCU_BUILD=$asan row journeys-asan node tests/run-journeys.mjs
	row fuzz tools/fuzz.sh --all 60
	CHABAOCU_BUILD=$build row figures node tests/figures/run.mjs
	CHABAOCU_BUILD=$build row slow node tests/slow/run.mjs
	row build-clang exits env CC=clang-14 tools/build.sh "$clang"
	CHABAOCU_BUILD=$build row demo tests/demo-equal.sh
	CHABAOCU_BUILD=$build row twice node tests/twice/run.mjs
	CHABAOCU_BUILD=$build row cities node tests/cities/run.mjs
	CHABAOCU_BUILD=$build row matrix node tests/matrix/run.mjs
	CHABAOCU_BUILD=$build row security node tests/security/run.mjs
	CHABAOCU_BUILD=$build row sheets node tests/sheets/run.mjs
	CHABAOCU_BUILD=$asan row browser-asan node tests/browser/run.mjs --job
	row power "$build/tests/power" --cuts 200
	CHABAOCU_BUILD=$build row kill node tests/kill/run.mjs
	CHABAOCU_BUILD=$build row import node tests/import/run.mjs
	CHABAOCU_BUILD=$build row fault node tests/fault/run.mjs
	row moves "$build/tests/moves" --seeds 4
	row clocks "$build/tests/clock" --days 30 --employers 25 --hazards 250
	CHABAOCU_BUILD=$build row moves-kill node tests/moves/kill.mjs
	CHABAOCU_BUILD=$build row coverage node tests/coverage/run.mjs
	CHABAOCU_BUILD=$build row mail node tests/mail/run.mjs --kills 3
	CHABAOCU_BUILD=$asan row broken node tests/broken/run.mjs
	CHABAOCU_BUILD=$build row memory node tests/fault/memory.mjs --points 300
	CHABAOCU_BUILD=$build row files node tests/fault/files.mjs --stride 25
	CHABAOCU_BUILD=$build row fold node tests/fault/fold.mjs --stride 400 --entries 4
	CHABAOCU_BUILD=$build row clock node tests/fault/clock.mjs
	BENCH_BUILD=$build row bench tests/bench.sh
}

passed=0 failed=0
chosen=" $* "
order=()
declare -A name_of=() begun_of=() lane_of=() summary=()
lanes=${LANES:-2}
free_lanes=()
lane_pg=()

# Each suite in a process group of its own, so that an interrupted run ends them as a whole.
set -m

reap() { # waits until one has ended, prints what it said and counts
	local name last p f status pid
	wait -n -p pid
	status=$?
	name=${name_of[$pid]}
	cat "$out/$name.log"
	last=$(tail -n 1 "$out/$name.log")
	if [[ "$last" =~ ^([0-9]+)\ passed,\ ([0-9]+)\ failed$ ]]; then
		p=${BASH_REMATCH[1]} f=${BASH_REMATCH[2]}
		if [ "$status" -ne 0 ] && [ "$f" -eq 0 ]; then
			f=1
		fi
	else
		p=0 f=1
	fi
	passed=$((passed + p)) failed=$((failed + f))
	summary[$name]=$(printf '%-14s %5d passed %4d failed %5d s' "$name" "$p" "$f" $((SECONDS - begun_of[$pid])))
	free_lanes+=("${lane_of[$pid]}")
	unset "name_of[$pid]"
}

reap_until() { # N: no more than N are under way
	while [ ${#name_of[@]} -gt "$1" ]; do
		reap
	done
}

row() {
	local name=$1 lane
	shift
	if [ "$chosen" != "  " ] && [[ "$chosen" != *" $name "* ]]; then
		return
	fi
	reap_until $((lanes - 1))
	echo "begun: $name"
	lane=${free_lanes[0]}
	free_lanes=("${free_lanes[@]:1}")
	export CHABAOCU_TEST_PG=${lane_pg[$lane]}
	[ -n "$CHABAOCU_TEST_PG" ] || unset CHABAOCU_TEST_PG
	{ echo "== $name: $*" && "$@"; } </dev/null >"$out/$name.log" 2>&1 &
	name_of[$!]=$name begun_of[$!]=$SECONDS lane_of[$!]=$lane
	order+=("$name")
}

alone() {
	reap_until 0
	row "$@"
	reap_until 0
}

interrupted() {
	for pid in "${!name_of[@]}"; do
		kill -INT -- "-$pid"
	done
	exit 130
}

. tests/pg-for-run.sh
node=$(tools/node.sh) && PATH=$(dirname "$node"):$PATH
for ((lane = 0; lane < lanes; lane++)); do
	free_lanes+=("$lane")
	PG_FSYNC=off start_pg $((pg_port + 5 * lane)) || failed=$((failed + 1))
	lane_pg+=("${CHABAOCU_TEST_PG-}")
done
trap interrupted INT TERM
suites
reap_until 0
echo
for name in "${order[@]}"; do
	echo "${summary[$name]}"
done
for name in "${order[@]}"; do
	grep -h '^not run: ' "$out/$name.log"
done
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
