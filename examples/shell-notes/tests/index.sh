set -e
target=$(mktemp)
bin/index templates/line notes "$target"
grep -qx 'work (3)' "$target"
rm "$target"
