#!/usr/bin/env bash
# Runs cases: run.sh BINARY [CASE...]. Each is a folder: `cmd` (shell text that calls `sluice`), `in/` (the files of a
# repository; without it there is none) and what is expected: `out`, `err`, `code`. SLUICE_RECORD=1 writes these three.
set -uo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
binary=$(realpath "$1")
shift
work=$(mktemp -d "${TMPDIR:-/tmp}/sluice-cases-XXXXXX")
trap 'rm -rf "$work"' EXIT

# What differs from run to run, in one place: the scratch folder, ids of runs, times, dates, digests over absolute paths.
normalise() {
  sed -E -e "s#$work/[^/ ]*/tree#TREE#g" -e "s#$work#WORK#g" \
    -e 's/[0-9]{8}-[0-9]{6}-[0-9a-f]{5}/RUN/g' -e 's/  +[0-9]+(\.[0-9]+)? (us|ms|s)\b/  TIME/g' -e 's/\b[0-9]+(\.[0-9]+)? (us|ms|s)\b/TIME/g' \
    -e 's/[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}/DATE/g' -e 's/\b[0-9a-f]{64}\b/DIGEST/g'
}

make_tree() { # CASE TREE
  mkdir -p "$2"
  [ -d "$here/$1/in" ] || return 0
  cp -R "$here/$1/in/." "$2"
  git -C "$2" init -q -b main
  git -C "$2" add -A
  git -C "$2" commit -q --allow-empty -m "The tree"
}

run_case() { # CASE
  local case=$1 scratch=$work/$1
  mkdir -p "$scratch"
  ln -sf "$binary" "$scratch/sluice"
  export HOME=$scratch GIT_CONFIG_NOSYSTEM=1 GIT_CONFIG_GLOBAL=/dev/null LC_ALL=C.UTF-8 TERM=dumb
  export GIT_AUTHOR_NAME=Ada GIT_AUTHOR_EMAIL=ada@example.org GIT_AUTHOR_DATE='1700000000 +0000'
  export GIT_COMMITTER_NAME=Ada GIT_COMMITTER_EMAIL=ada@example.org GIT_COMMITTER_DATE='1700000000 +0000'
  make_tree "$case" "$scratch/tree"
  (
    cd "$scratch/tree" || exit 99
    PATH=$scratch:$PATH exec bash "$here/$case/cmd"
  ) >"$scratch/out.raw" 2>"$scratch/err.raw" </dev/null
  printf '%s\n' $? >"$scratch/code"
  normalise <"$scratch/out.raw" >"$scratch/out"
  normalise <"$scratch/err.raw" >"$scratch/err"
}

judge_case() { # CASE
  local case=$1 part status=0
  for part in code out err; do
    if [ "${SLUICE_RECORD:-}" = 1 ]; then
      cp "$work/$case/$part" "$here/$case/$part"
    elif ! diff -u --label "$case/$part" --label "$case/$part (now)" "$here/$case/$part" "$work/$case/$part"; then
      status=1
    fi
  done
  return $status
}

# No variable of the caller's may reach a case: what CI or an agent sets alters what is printed.
if [ -z "${SLUICE_CASES_CLEAN:-}" ]; then
  rm -rf "$work"
  exec env -i PATH="$PATH" TMPDIR="${TMPDIR:-/tmp}" SLUICE_RECORD="${SLUICE_RECORD:-}" SLUICE_CASES_CLEAN=1 \
    bash "${BASH_SOURCE[0]}" "$binary" "$@"
fi

if [ $# -eq 0 ]; then
  cd "$here" || exit 1
  set -- */
fi
failed=0
for case in "$@"; do
  case=${case%/}
  if [ ! -f "$here/$case/cmd" ]; then
    printf 'there is no case "%s"\n' "$case" >&2
    exit 2
  fi
  run_case "$case"
  judge_case "$case" || failed=1
done
exit $failed
