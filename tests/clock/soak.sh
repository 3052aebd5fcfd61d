#!/usr/bin/env bash
# A year of 200 employers and 20,000 hidden dangers against the model, on both engines: tests/clock/soak.sh BUILD
set -uo pipefail
"$1/tests/clock" --days 365 --employers "${CLOCK_EMPLOYERS:-200}" --hazards "${CLOCK_HAZARDS:-20000}" --sample 20 --seed 7
