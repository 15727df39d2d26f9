#!/bin/sh
# The gate's job. In a merge train the merged result is tested, and the status is posted to the commit that GitLab knows.
set -eu
# The tip of the target, whose policy holds; not where the request left it, which its author chooses.
base=${CI_MERGE_REQUEST_TARGET_BRANCH_SHA:-}
if [ -z "$base" ]; then
  base=refs/remotes/origin/$CI_MERGE_REQUEST_TARGET_BRANCH_NAME
  git fetch -q origin "+refs/heads/$CI_MERGE_REQUEST_TARGET_BRANCH_NAME:$base"
fi
exec "${SLUICE:-sluice}" run --base "$base" --head "$CI_COMMIT_SHA" --target "$CI_MERGE_REQUEST_TARGET_BRANCH_NAME" \
  --junit junit.xml --post gitlab-status --revision "${CI_MERGE_REQUEST_SOURCE_BRANCH_SHA:-$CI_COMMIT_SHA}" "$@"
