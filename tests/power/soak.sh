#!/bin/sh
# 2,000 power cuts: tests/power/soak.sh BUILD
"$1/tests/power" --cuts "${CUTS:-2000}" --seed "${SEED:-1}" 2>/dev/null
