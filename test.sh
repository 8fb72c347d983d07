#!/usr/bin/env bash
# Sets up what the tests need and runs all of them. What cannot be installed skips its tests, each with its reason.
#   ./test.sh            everything, with the long crash and simulation rounds shortened
#   ./test.sh --long     everything at full length
# Ends with the line: N passed, N failed, N skipped
set -uo pipefail
cd "$(dirname "$0")"
case "${1:-}" in
  --long) export HEADROOM_LONG=1 ;;
  "") ;;
  *) echo "usage: ./test.sh [--long]" >&2; exit 2 ;;
esac

# 1. Real peers to compare with: a Prometheus and a browser, where this machine can have them.
install() { # command package
  command -v "$1" >/dev/null && return
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    [ -n "${updated:-}" ] || { apt-get update -q >/dev/null 2>&1; updated=1; }
    # A package must not start a service of its own on this machine.
    printf '#!/bin/sh\nexit 101\n' >"$work/policy"; chmod +x "$work/policy"
    DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 apt-get install -y -q --no-install-recommends "$2" >"$work/apt.log" 2>&1 && return
  fi
  echo "note: $1 is not installed and could not be; the tests that need it are skipped (Debian package: $2)"
}
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
install prometheus prometheus
install promtool prometheus
install victoria-metrics victoria-metrics
install chromium chromium

# 2. One build of everything.
echo "building"
if ! dotnet build Headroom.slnx -c Release -v quiet --nologo -clp:NoSummary >"$work/build.log" 2>&1; then
  grep -E 'error|warning' "$work/build.log" | sort -u | head -40
  echo "0 passed, 1 failed, 0 skipped"
  exit 1
fi
grep -E ' warning ' "$work/build.log" | sort -u | head -10

# 3. The test programs, one after the other: each uses both cores by itself.
passed=0 failed=0 skipped=0
count() { sed -nE "s/^ *$1: ([0-9]+).*/\1/p" "$2" | tail -1; }
for project in tests/*.Tests/; do
  name=$(basename "$project")
  log="$work/$name.log"
  dotnet "$project/bin/Release/net10.0/$name.dll" --no-progress --output detailed >"$log" 2>&1
  code=$?
  total=$(count total "$log")
  if [ -z "$total" ]; then                       # no summary: the program died, and that is a failure
    echo "== $name: ended with exit code $code and no summary"; tail -40 "$log"; failed=$((failed + 1)); continue
  fi
  p=$(count succeeded "$log") f=$(count failed "$log") s=$(count skipped "$log")
  [ "$code" = 0 ] || [ "$f" -gt 0 ] || f=1       # it says it failed, so it failed
  echo "== $name: $p passed, $f failed, $s skipped ($(sed -nE 's/^ *duration: (.*)/\1/p' "$log" | tail -1))"
  [ "$f" = 0 ] || grep -vE '^passed ' "$log" | head -150
  [ "$s" = 0 ] || grep -A1 -E '^skipped ' "$log" | grep -v '^--'
  passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
done
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" = 0 ]
