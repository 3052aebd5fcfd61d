#!/bin/sh
# 2,000 power cuts; the result goes to tests/soak/RESULTS.md: tests/power/soak.sh BUILD
cd "$(dirname "$0")/../.." || exit 1
log=$(mktemp)
SOAK_COMMIT=$(git describe --always --dirty 2>/dev/null || echo unknown)
export SOAK_COMMIT
"$1/tests/power" --cuts "${CUTS:-2000}" --seed "${SEED:-1}" 2>/dev/null | tee "$log"
tests/soak/section.sh 'power cuts' <"$log"
tail -1 "$log" | grep -q ', 0 failed'
status=$?
rm -f "$log"
exit $status
