#!/bin/sh
# Jenkins makes a build UNSTABLE for red tests, not FAILED: the exit code of this step is the gate.
set -eu
exec "${SLUICE:-sluice}" run --base "refs/remotes/origin/${CHANGE_TARGET:?}" --head "$GIT_COMMIT" --target "$CHANGE_TARGET" \
  --junit junit.xml "$@"
