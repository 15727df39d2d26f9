#!/usr/bin/env bash
# read.sh SAMPLES-PROGRAM PACKAGES READER: makes 200 generated reports and has one reader read them all. PACKAGES is the
# folder into which `./dev setup` installed the readers. Exit code 77, with the reason, where the reader is not here.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
samples=$1 packages=$2 reader=$3
count=200
seed=${SLUICE_SEED:-$((RANDOM * 32768 + RANDOM))}

skip() {
  printf 'skipped: %s; ./dev setup installs it\n' "$*"
  exit 77
}

work=$(mktemp -d "${TMPDIR:-/tmp}/sluice-consumers-XXXXXX")
trap 'rm -rf "$work"' EXIT
printf 'SLUICE_SEED=%s\n' "$seed"

make_samples() { "$samples" "$work" "$count" "$seed"; }

read_node() {
  [ -d "$packages/node_modules/ctrf" ] || skip "the npm packages of tests/consumers are not in $packages"
  make_samples
  node "$here/read_with_node.mjs" "$packages" "$work"/*
}

read_junitparser() {
  [ -x "$packages/venv/bin/python" ] || skip "junitparser is not in $packages/venv"
  make_samples
  "$packages/venv/bin/python" "$here/read_with_junitparser.py" "$work"/*
}

read_nokogiri() {
  local ruby=/usr/bin/ruby # Debian's own: its packages are not those of another Ruby that may be first in PATH
  "$ruby" -e 'require "nokogiri"' 2>/dev/null || skip "there is no ruby with nokogiri"
  make_samples
  "$ruby" "$here/read_with_nokogiri.rb" "$work"/*
}

read_dom4j() {
  [ -f /usr/share/java/dom4j.jar ] || { printf 'skipped: there is no libdom4j-java (not part of the set-up: a JDK is large)\n'; exit 77; }
  command -v javac >/dev/null || { printf 'skipped: there is no JDK (not part of the set-up: it is large)\n'; exit 77; }
  make_samples
  java -cp /usr/share/java/dom4j.jar "$here/ReadWithDom4j.java" "$work"/*
}

read_xmllint() {
  command -v xmllint >/dev/null || skip "there is no xmllint"
  make_samples
  xmllint --noout --nonet "$work"/*/junit.xml "$work"/*/junit-strict.xml
}

# prove says "PASS" only for what is green throughout; its exit code is the verdict on each file.
read_prove() {
  command -v prove >/dev/null || skip "there is no prove"
  make_samples
  local folder red disagreements=0
  for folder in "$work"/*; do
    red=0
    grep -q '"failed"' "$folder/expected.json" && red=1
    if prove --norc -Q --exec cat "$folder/tap13.tap" >"$folder/prove.out" 2>&1; then green=0; else green=1; fi
    if [ $green -ne $red ] || grep -qE 'Parse errors|syntax error' "$folder/prove.out"; then
      printf '%s: prove disagrees\n' "$folder"
      tail -5 "$folder/prove.out"
      disagreements=$((disagreements + 1))
    fi
  done
  printf 'prove: %s folders, %s disagreements\n' "$count" "$disagreements"
  [ "$disagreements" -eq 0 ]
}

"read_$reader"
