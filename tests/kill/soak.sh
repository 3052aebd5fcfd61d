#!/bin/sh
# 300 rounds of kill -9 under load: tests/kill/soak.sh BUILD
cd "$(dirname "$0")/../.." || exit 1
CHABAOCU_BUILD=$(cd "$1" && pwd) || exit 1
export CHABAOCU_BUILD
"$(tools/node.sh)" tests/kill/run.mjs --rounds "${ROUNDS:-300}" --seed "${SEED:-1}" | grep -E '^(seed|not run)|at the end|^FAIL|^     |passed,'
