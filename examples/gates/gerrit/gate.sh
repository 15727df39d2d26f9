#!/bin/sh
# For the machine that runs jobs, outside of the tree that it judges: a script of the tree is its author's.
# Votes on the revision itself. The submit requirement: submittableIf = label:Verified=MAX AND -label:Verified=MIN
set -eu
exec "${SLUICE:-sluice}" run --base "refs/remotes/origin/$GERRIT_BRANCH" --head "$GERRIT_PATCHSET_REVISION" \
  --target "$GERRIT_BRANCH" --junit junit.xml --post gerrit-review "$@"
