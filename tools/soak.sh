#!/bin/bash
# The long runs: tools/soak.sh BUILD [NAME…]. Each tests/NAME/soak.sh takes the build folder; what it prints is its result, at most 60 lines,
# the last of them "N passed, N failed", and goes with day and commit into its section of tests/soak/RESULTS.md (what it says on
# the way goes to stderr).
set -uo pipefail
cd "$(dirname "$0")/.." || exit 1
results=tests/soak/RESULTS.md
passed=0 failed=0
build=$1
shift
names=" $* "
# What was built, not what has been committed meanwhile.
commit=$(git describe --always --dirty --exclude '*' 2>/dev/null || echo unknown)

# keep NAME LOG: puts the section in place of its older one
keep() {
	local kept
	kept=$(mktemp)
	mkdir -p tests/soak
	[ -s "$results" ] || printf '# Long runs\n\nWritten by `make soak`; the lines are those of the runs themselves.\n' >"$results"
	awk -v head="## $1," '/^## / { ours = index($0, head) == 1 } !ours' "$results" | sed -e :a -e '/^\n*$/{$d;N;ba' -e '}' >"$kept"
	{
		cat "$kept"
		printf '\n## %s, %s, commit %s\n\n```\n' "$1" "$(date +%Y-%m-%d)" "$commit"
		tail -n 60 "$2"
		printf '```\n'
	} >"$results"
	rm -f "$kept"
}

node=$(tools/node.sh) && PATH=$(dirname "$node"):$PATH
. tests/pg-for-run.sh
[ -n "${CHABAOCU_TEST_PG-}" ] || start_pg "${PG_PORT:-15432}" || failed=$((failed + 1))

for suite in tests/*/soak.sh; do
	name=${suite#tests/}
	name=${name%/soak.sh}
	if [ ! -x "$suite" ] || { [ "$names" != "  " ] && [[ "$names" != *" $name "* ]]; }; then
		continue
	fi
	echo "== $suite"
	log=$(mktemp)
	"$suite" "$build" </dev/null | tee "$log"
	if [[ "$(tail -n 1 "$log")" =~ ^([0-9]+)\ passed,\ ([0-9]+)\ failed$ ]]; then
		passed=$((passed + BASH_REMATCH[1])) failed=$((failed + BASH_REMATCH[2]))
	else
		failed=$((failed + 1))
	fi
	keep "$name" "$log"
	rm -f "$log"
done
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
