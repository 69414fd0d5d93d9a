#!/usr/bin/env bash
# `capacity breakpoint` against the truth: a service of k slots that are busy for s milliseconds carries
# k/s requests a second, the real k6 lets arrivals grow beyond that, and the limit that is found has to
# be k/s within 10 %; where k6 has too few users to reach it, the answer has to be "at least".
#
#   tests/breakpoint.sh [--keep DIR]      90 seconds; TAILGUARD names the program
#
# k6 comes from examples/clinic/load/k6.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$root"
# What k6 adds to the 13 seconds of a ramp, and what requests that wait add.
PATIENCE=60

keep=''
while (($#)); do
  case $1 in
    --keep)
      [ $# -ge 2 ] || { echo "error: --keep needs a folder" >&2; exit 2; }
      mkdir -p "$2"
      keep=$(cd "$2" && pwd)
      shift
      ;;
    *) sed -n '2,/^set/{/^#/s/^# \{0,1\}//p}' "${BASH_SOURCE[0]}" >&2; exit 2 ;;
  esac
  shift
done

say() { printf -- '-- %s\n' "$*"; }

failed() {
  printf 'error: %s\n' "$1" >&2
  [ $# -lt 2 ] || printf 'hint: %s\n' "$2" >&2
  exit 1
}

work=$(mktemp -d)
service=''
stop() {
  if [ -n "$service" ]; then
    kill -s TERM "$service" 2>/dev/null || true
    wait "$service" 2>/dev/null || true
    service=''
  fi
}
trap 'stop; rm -rf "$work"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

command -v python3 >/dev/null || failed "no python3" "install Python 3.9 or newer"
tailguard=${TAILGUARD:-}
if [ -z "$tailguard" ]; then
  cargo build --quiet --locked
  tailguard=${CARGO_TARGET_DIR:-$root/target}/debug/tailguard
fi
tailguard=$(realpath -e "$tailguard") || failed "no program: $tailguard"
examples/clinic/load/k6 version

# start SLOTS MS: the service, and its address in SERVICE.
start() {
  local line='' tries
  : >"$work/service"
  python3 -B tests/breakpoint/slots.py "$1" "$2" >"$work/service" &
  service=$!
  for ((tries = 0; tries < 200; tries++)); do
    IFS= read -r line <"$work/service" || line=
    if [[ $line =~ ^listening\ on\ (127\.0\.0\.1:[0-9]+)$ ]]; then
      export SERVICE=http://${BASH_REMATCH[1]}
      return
    fi
    kill -0 "$service" 2>/dev/null || failed "the service did not start" "the lines above are Python's"
    sleep 0.05
  done
  failed "the service does not say where it listens"
}

# ramp NAME FORMAT: what the environment says, into $work/NAME.
ramp() {
  local code=0
  timeout --foreground "$PATIENCE" examples/clinic/load/k6 run --quiet --no-summary \
    --out "$2=$work/$1" tests/breakpoint/ramp.js >"$work/k6.log" 2>&1 || code=$?
  [ "$code" = 0 ] || { tail -n 20 "$work/k6.log" >&2; failed "k6 ended with $code"; }
  [ -z "$keep" ] || cp "$work/$1" "$keep/"
}

# look NAME [FLAG...]: the breaking point in $work/report.json, and for people.
look() {
  local file=$work/$1
  shift
  "$tailguard" capacity breakpoint "$file" "$@" --report json="$work/report.json" \
    >"$work/report.txt" || { cat "$work/report.txt" >&2; failed "no breaking point of $file"; }
  sed -n '1s/^/   /p' "$work/report.txt"
}

expect() {
  python3 -B tests/breakpoint/expect.py "$work/report.json" "$@" ||
    { cat "$work/report.txt" >&2; failed "the answer is another"; }
}

# per_second SLOTS MS
per_second() { echo $(($1 * 1000 / $2)); }

# From a third of the limit to twice the limit in 10 s: the limit is passed after 4 s.
onset=4
# known SLOTS MS [FORMAT]: a limit that k6 has users enough to find.
known() {
  local slots=$1 ms=$2 format=${3:-json} limit
  limit=$(per_second "$slots" "$ms")
  say "$slots slots of $ms ms: $limit a second, from $format"
  start "$slots" "$ms"
  FROM=$((limit / 3)) TO=$((limit * 2)) USERS=$((slots * 5 + 10)) ramp "known-$slots-$ms.$format.gz" "$format"
  stop
  look "known-$slots-$ms.$format.gz"
  # Users queue up before the first iteration is dropped.
  expect kind=achieved-behind-offered rate="$limit" at-least=no limited=yes
  expect kind=drops rate="$limit" at-least=no
}
known 2 20
K6_CSV_TIME_FORMAT=unix_milli known 5 25 csv
known 20 80

say "3 slots of 50 ms, users without end, and the schedule: 60 a second"
start 3 50
FROM=20 TO=120 USERS=700 ramp schedule.json.gz json
stop
look schedule.json.gz --offered 20/s,120/s:10s,120/s:3s --p95 400ms --errors 1%
expect kind=achieved-behind-offered rate=60 onset=$onset absent=drops
expect kind=p95-over-target rate=60 absent=errors-over-budget
# Without the schedule nobody can tell: then nothing is claimed, and it is said why.
look schedule.json.gz
expect absent=achieved-behind-offered
grep -q 'give the schedule with --offered' "$work/report.json" ||
  failed "nothing is said of --offered"

say "3 % of the requests fail"
start 20 20
FROM=100 TO=300 USERS=60 FAIL=0.03 ramp errors.json.gz json
stop
look errors.json.gz --errors 1%
expect kind=errors-over-budget absent=drops
look errors.json.gz --errors 20%
expect absent=errors-over-budget

# saturated SLOTS MS USERS: more than the users could make at the speed of an idle service.
saturated() {
  local slots=$1 ms=$2 users=$3 limit made
  limit=$(per_second "$slots" "$ms")
  made=$(per_second "$users" "$ms")
  say "$slots slots of $ms ms, $limit a second, and $users users, who make $made at most"
  start "$slots" "$ms"
  FROM=$((made / 3)) TO=$((made * 2)) USERS=$users ramp "saturated-$users.json.gz" json
  stop
  look "saturated-$users.json.gz"
  expect kind=achieved-behind-offered rate="$made" at-least=yes limited=yes
  grep -q '^at least ' "$work/report.txt" || failed "the first line does not say 'at least'"
}
saturated 40 50 8

say "all of it held"
