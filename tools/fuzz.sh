#!/bin/sh
# Lets libFuzzer drive each tests/fuzz/fuzz_*.c for some minutes: tools/fuzz.sh MINUTES
# New inputs go into build-fuzz/corpus; a crash is left in build-fuzz and ends with 1.
set -e
cd "$(dirname "$0")/.."
targets=$(ls tests/fuzz/fuzz_*.c | sed 's|tests/fuzz/|tests/|; s|[.]c$||')
# shellcheck disable=SC2086
CC=clang-14 tools/build.sh build-fuzz -Dfuzz=true -Db_sanitize=address,undefined -Db_lundef=false -- $targets
failed=0 passed=0
for target in build-fuzz/tests/fuzz_*; do
	[ -x "$target" ] && [ -f "$target" ] || continue
	name=${target##*/fuzz_}
	mkdir -p "build-fuzz/corpus/$name"
	if "$target" -max_total_time=$(($1 * 60)) -timeout=10 -rss_limit_mb=2048 -artifact_prefix="build-fuzz/crash-$name-" \
		"build-fuzz/corpus/$name" "tests/fuzz/corpus/$name" 2>"build-fuzz/$name.log"; then
		passed=$((passed + 1))
		echo "ok $name: $(tail -1 "build-fuzz/$name.log")"
	else
		failed=$((failed + 1))
		echo "not ok $name, see build-fuzz/$name.log"
	fi
done
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
