#!/bin/sh
# Memory at 20,000 points (or as many as MINUTES let), files at every call, the figures' fold, the clock: tests/fault/soak.sh BUILD
cd "$(dirname "$0")/../.." || exit 1
CHABAOCU_BUILD=$(cd "$1" && pwd) || exit 1
export CHABAOCU_BUILD
node=$(tools/node.sh)
passed=0 failed=0
log=$(mktemp)

# part NAME ARGUMENT…: its result is its last two lines and what failed
part() {
	name=$1
	shift
	echo "$name:"
	"$node" "tests/fault/$name.mjs" "$@" >"$log" 2>&1
	{ grep -A 1 '^FAIL' "$log"; grep '^ok' "$log" | tail -n 3; tail -n 1 "$log"; } | cut -c 1-400 | tail -n 12
	last=$(tail -n 1 "$log")
	case $last in
	*" passed, "*" failed") ;;
	*) last='0 passed, 1 failed' ;;
	esac
	passed=$((passed + ${last%% *}))
	last=${last#*, }
	failed=$((failed + ${last%% *}))
}

part memory --points 20000 --minutes "${MINUTES:-90}" --seed "${SEED:-1}"
part files --stride 1
part fold --stride 20
part clock
rm -f "$log"
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
