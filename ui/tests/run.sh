#!/usr/bin/env bash
# run.sh SLUICE PACKAGES page|server: drives the page in Chromium. Exit code 77, with the reason, where that is not possible.
# SLUICE_SCREENSHOTS=FOLDER keeps pictures.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
skip() {
  printf 'skipped: %s; ./dev setup installs it\n' "$*"
  exit 77
}
[ -x /usr/bin/chromium ] || skip "there is no /usr/bin/chromium"
[ -d "$2/node_modules/playwright-core" ] || skip "the npm packages of ui/tests are not in $2"
exec node "$here/$3_test.mjs" "$1" "$2" "${SLUICE_SCREENSHOTS:-}"
