#!/bin/sh
# The figures of a whole city after random acts, on both engines: tests/figures/soak.sh BUILD
# SCALE: how many hidden dangers; CITY_SQLITE and CITY_PG name cities that are there already (city.mjs).
cd "$(dirname "$0")/../.." || exit 1
CHABAOCU_BUILD=$(cd "$1" && pwd) || exit 1
export CHABAOCU_BUILD
"$(tools/node.sh)" tests/figures/city.mjs --scale "${SCALE:-city}" --acts "${ACTS:-400}" --seed "${SEED:-1}" | cut -c 1-600
