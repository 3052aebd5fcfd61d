#!/bin/sh
# 20 failovers under load, and four times without a standby: tests/failover/soak.sh BUILD
cd "$(dirname "$0")/../.." || exit 1
CHABAOCU_BUILD=$(cd "$1" && pwd) || exit 1
export CHABAOCU_BUILD
exec "$(tools/node.sh)" tests/failover/run.mjs --rounds "${ROUNDS:-20}" --seed "${SEED:-1}"
