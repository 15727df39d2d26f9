#!/bin/sh
# A Run step. Its output variables are for policy sets and for staged rollouts: sluice_verdict, sluice_blast_radius (percent
# of the tests), sluice_risk (low, medium, high, critical).
set -u
"${SLUICE:-sluice}" run --base "$BASE" --head "$HEAD_COMMIT" --junit junit.xml --post harness "$@"
code=$?
if [ -f "${SLUICE_OUTPUTS:-}" ]; then
  while IFS='=' read -r name value; do export "$name=$value"; done <"$SLUICE_OUTPUTS"
fi
return $code 2>/dev/null || exit $code
