#!/usr/bin/env bash
# The main job on a small real repository: a change, the tests it affects and why, the run, the verdict, the reports.
set -euo pipefail
sluice=$1
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
repository=$(mktemp -d "${TMPDIR:-/tmp}/sluice-demo-XXXXXX")

step() { printf '\n\033[1m# %s\033[0m\n' "$*"; }
show() {
  printf '$ sluice %s\n' "$*"
  "$sluice" "$@"
}

cp -R "$here/checkout/." "$repository"
cd "$repository"
git init -q -b main
git config user.name "Demo Developer"
git config user.email "developer@example.com"
git add -A
git commit -qm "A shop core with money, carts and shipping"

step "The first run builds everything, runs every test and remembers what each proof rests on"
show run

step "A change, written with an AI tool: cheaper shipping for small parcels"
sed -i 's/subtotal.cents >= 5.000/subtotal.cents >= 4'"'"'500/' src/shipping.cpp
git commit -qam "Ship for free from 45.00 on

Co-Authored-By: Claude <noreply@anthropic.com>"
git --no-pager show --stat --format='%h %s%n%b' HEAD

step "May it merge? Only the affected tests run, and the suite that the policy demands of AI-authored changes"
show run --base HEAD~1 --head HEAD --junit junit.xml

step "Why did one run, and why did another not?"
show why Shipping.IsFreeFromFiftyOn
show why-not Cart.SumsLines

printf '\nThe repository, with its reports under .sluice/runs, is in %s\n' "$repository"
