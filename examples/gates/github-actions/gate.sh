#!/bin/sh
# The gate's step. BASE and HEAD_COMMIT are set by the workflow, for pull requests and for the merge queue alike.
set -eu
exec "${SLUICE:-sluice}" run --base "$BASE" --head "$HEAD_COMMIT" --target "$TARGET" \
  --event "$GITHUB_EVENT_PATH" --junit junit.xml --post github-check "$@"
