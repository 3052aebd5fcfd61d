#!/bin/sh
# Lets libFuzzer drive each tests/fuzz/fuzz_*.c: tools/fuzz.sh MINUTES, or tools/fuzz.sh --all SECONDS shared by all of them.
# New inputs go into build-fuzz/corpus; a crash is left in build-fuzz and ends with 1. Two run at a time.
set -e
cd "$(dirname "$0")/.."
targets=$(ls tests/fuzz/fuzz_*.c | sed 's|tests/fuzz/|tests/|; s|[.]c$||')
# shellcheck disable=SC2086
CC=clang-14 tools/build.sh build-fuzz -Dfuzz=true -Db_sanitize=address,undefined -Db_lundef=false -- $targets
if [ "$1" = --all ]; then
	seconds=$(($2 / $(echo "$targets" | wc -l)))
	seconds=$((seconds > 1 ? seconds : 1))
else
	seconds=$(($1 * 60))
fi
export seconds

# one NAME: says how it went in build-fuzz/NAME.result
one='
	name=$1
	mkdir -p "build-fuzz/corpus/$name"
	if "build-fuzz/tests/fuzz_$name" -max_total_time="$seconds" -timeout=20 -rss_limit_mb=2048 \
		-artifact_prefix="build-fuzz/crash-$name-" "build-fuzz/corpus/$name" "tests/fuzz/corpus/$name" 2>"build-fuzz/$name.log"; then
		echo "ok $name: $(tail -1 "build-fuzz/$name.log")" >"build-fuzz/$name.result"
	else
		{ echo "not ok $name, see build-fuzz/$name.log"; tail -30 "build-fuzz/$name.log"; } >"build-fuzz/$name.result"
	fi'
rm -f build-fuzz/*.result
echo "$targets" | sed 's|tests/fuzz_||' | xargs -n 1 -P 2 sh -c "$one" one
cat build-fuzz/*.result
passed=$(cat build-fuzz/*.result | grep -c '^ok ') || true
failed=$(($(echo "$targets" | wc -l) - passed))
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
