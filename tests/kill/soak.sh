#!/bin/sh
# 300 rounds of kill -9 under load; the result goes to tests/soak/RESULTS.md: tests/kill/soak.sh BUILD
cd "$(dirname "$0")/../.." || exit 1
CHABAOCU_BUILD=$(cd "$1" && pwd) || exit 1
export CHABAOCU_BUILD
log=$(mktemp)
# What was built, not what has been committed meanwhile.
commit=$(git describe --always --dirty 2>/dev/null || echo unknown)
"$(tools/node.sh)" tests/kill/run.mjs --rounds "${ROUNDS:-300}" --seed "${SEED:-1}" | tee "$log"
mkdir -p tests/soak
{
	echo '# Long runs'
	echo
	echo 'Written by `make soak`; the lines are those of the run itself.'
	echo
	echo "## kill -9 under load, $(date +%Y-%m-%d), commit $commit"
	echo
	echo '```'
	grep -E '^(seed|not run)|at the end|^FAIL|^     |passed,' "$log"
	echo '```'
} >tests/soak/RESULTS.md
tail -1 "$log" >"$log.last"
cat "$log.last"
grep -q ', 0 failed' "$log.last"
status=$?
rm -f "$log" "$log.last"
exit $status
