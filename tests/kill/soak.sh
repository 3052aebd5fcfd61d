#!/bin/sh
# 300 rounds of kill -9 under load; the result goes to tests/soak/RESULTS.md: tests/kill/soak.sh BUILD
cd "$(dirname "$0")/../.." || exit 1
CHABAOCU_BUILD=$(cd "$1" && pwd) || exit 1
export CHABAOCU_BUILD
log=$(mktemp)
SOAK_COMMIT=$(git describe --always --dirty 2>/dev/null || echo unknown)
export SOAK_COMMIT
"$(tools/node.sh)" tests/kill/run.mjs --rounds "${ROUNDS:-300}" --seed "${SEED:-1}" | tee "$log"
grep -E '^(seed|not run)|at the end|^FAIL|^     |passed,' "$log" | tests/soak/section.sh 'kill -9 under load'
tail -1 "$log" | grep -q ', 0 failed'
status=$?
rm -f "$log"
exit $status
