#!/bin/sh
# The gate's job. In a merge train the merged result is tested, and the status is posted to the commit that GitLab knows.
set -eu
base=${CI_MERGE_REQUEST_TARGET_BRANCH_SHA:-${CI_MERGE_REQUEST_DIFF_BASE_SHA:?}}
exec "${SLUICE:-sluice}" run --base "$base" --head "$CI_COMMIT_SHA" --target "$CI_MERGE_REQUEST_TARGET_BRANCH_NAME" \
  --junit junit.xml --post gitlab-status --revision "${CI_MERGE_REQUEST_SOURCE_BRANCH_SHA:-$CI_COMMIT_SHA}" "$@"
