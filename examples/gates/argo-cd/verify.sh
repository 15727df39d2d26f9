#!/bin/sh
# A PreSync hook: the commit that is about to be deployed must have evidence. Offline but for the clone that the Job has.
set -eu
exec "${SLUICE:-sluice}" -C "${REPOSITORY:?}" verify --trust "${TRUST:?}" --commit "${REVISION:?}" --any-base
