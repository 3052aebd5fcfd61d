#!/usr/bin/env bash
# Random changes of the tree against the model, on other seeds than `make test` and on many more: tests/moves/soak.sh BUILD
set -uo pipefail
"$1/tests/moves" --from 1000 --seeds "${MOVES_SEEDS:-150}" --steps 120 | grep -v '^ok'
