#!/bin/sh
# The long runs: tools/soak.sh BUILD. Each tests/*/soak.sh takes the build folder
# and prints as its last line "N passed, N failed".
cd "$(dirname "$0")/.." || exit 1
passed=0 failed=0
for suite in tests/*/soak.sh; do
	[ -x "$suite" ] || continue
	echo "== $suite"
	last=$("$suite" "$1" | tee /dev/stderr | tail -1)
	case $last in
	*" passed, "*" failed") ;;
	*) last="0 passed, 1 failed" ;;
	esac
	passed=$((passed + ${last%% *}))
	last=${last#*, }
	failed=$((failed + ${last%% *}))
done
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
