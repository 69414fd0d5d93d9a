#!/usr/bin/env bash
# `capacity breakpoint` against the truth: a service of k slots that are busy for s milliseconds carries
# k/s requests a second, the real k6 lets arrivals grow beyond that, and the limit that is found has to
# be k/s within 10 %; where k6 has too few users to reach it, the answer has to be "at least".
#
#   tests/breakpoint.sh [--keep DIR]      two and a half minutes; TAILGUARD names the program
#
# k6 comes from examples/clinic/load/k6. DIR keeps what k6 wrote.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$root"
# The longest ramp is 25 s; what k6 adds, and the requests that wait in the end, fit in there too.
PATIENCE=60

failed() {
  printf 'error: %s\nhint: %s\n' "$1" "$2" >&2
  exit 1
}

keep=''
while (($#)); do
  case $1 in
    --keep)
      [ $# -ge 2 ] || { printf 'error: --keep without a folder\nhint: --keep DIR\n' >&2; exit 2; }
      mkdir -p "$2"
      keep=$(cd "$2" && pwd)
      shift
      ;;
    *) sed -n '2,/^set/{/^#/s/^# \{0,1\}//p}' "${BASH_SOURCE[0]}" >&2; exit 2 ;;
  esac
  shift
done

say() { printf -- '-- %s\n' "$*"; }

work=$(mktemp -d)
service=''
load=''
# end PID...: nothing that was started outlives this script.
end() {
  local pid
  for pid; do
    kill -s TERM "$pid" 2>/dev/null || true
    wait "$pid" 2>/dev/null || true
  done
}
stop() {
  end ${load:+"$load"} ${service:+"$service"}
  load='' service=''
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
[ -x "$tailguard" ] || failed "no program $tailguard" "build it, or set TAILGUARD"
tailguard=$(realpath "$tailguard")
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
  failed "the service does not say where it listens" "see tests/breakpoint/slots.py"
}

# k6 ARGUMENT...: a run. In the background, since a signal is heard while waiting, but not before a
# command in the foreground has ended.
k6() {
  local code=0
  timeout --foreground "$PATIENCE" examples/clinic/load/k6 run --quiet "$@" >"$work/k6.log" 2>&1 &
  load=$!
  wait "$load" || code=$?
  load=''
  [ "$code" = 0 ] ||
    { tail -n 20 "$work/k6.log" >&2; failed "k6 ended with $code" "its last lines are above"; }
}

# ramp NAME [ARGUMENT...]: what the environment says, into $work/NAME.json.gz.
ramp() {
  local name=$1
  shift
  k6 --no-summary --out json="$work/$name.json.gz" "$@" tests/breakpoint/ramp.js
  [ -z "$keep" ] || cp "$work/$name".* "$keep/"
}

# look FILE [FLAG...]: the breaking point in $work/report.json, and for people.
look() {
  local file=$work/$1
  shift
  "$tailguard" capacity breakpoint "$file" "$@" --format json >"$work/report.json" ||
    failed "no breaking point of $file" "the lines above are tailguard's"
  "$tailguard" capacity breakpoint "$file" "$@" >"$work/report.txt"
  sed -n '1s/^/   /p' "$work/report.txt"
}

# expect WORD...: see tests/breakpoint/expect.py.
expect() {
  local said
  said=$(python3 -B tests/breakpoint/expect.py "$work/report.json" "$@" 2>&1) || {
    cat "$work/report.txt" >&2
    failed "$said" "what tailguard says is above; --keep DIR keeps what k6 wrote"
  }
  printf '%s\n' "$said"
}

# per_second SLOTS MS
per_second() { echo $(($1 * 1000 / $2)); }

# carried LIMIT USERS: by a closed model, so that the limit is known and not believed. The service is
# asked as hard as the ramp will ask it.
carried() {
  local limit=$1 rate
  USERS=$2 k6 tests/breakpoint/closed.js
  rate=$(grep -oE '^carried [0-9.]+$' "$work/k6.log" | cut -d ' ' -f 2) ||
    { cat "$work/k6.log" >&2; failed "a closed model without a rate" "what k6 said is above"; }
  echo "   $2 users who never pause: $rate/s"
  awk -v rate="$rate" -v limit="$limit" 'BEGIN { exit !(rate > 0.95 * limit && rate < 1.05 * limit) }' ||
    failed "the service carries $rate a second, and should $limit" \
      "its limit is not known then; is the machine busy with something else?"
}

# known SLOTS MS [ARGUMENT...]: a limit that k6 has users enough to find. From a third of it to 1.8 times
# as much in 20 s: it is passed after 9 s, and then it takes about 2 s until all users wait.
known() {
  local slots=$1 ms=$2 limit users
  shift 2
  limit=$(per_second "$slots" "$ms")
  users=$((slots * 5 + 10))
  say "$slots slots of $ms ms: $limit a second"
  start "$slots" "$ms"
  carried "$limit" "$users"
  FROM=$((limit / 3)) TO=$((limit * 9 / 5)) RAMP=20 HOLD=5 USERS=$users ramp "known-$slots-$ms" "$@"
  stop
  look "known-$slots-$ms.json.gz"
  expect kind=achieved-behind-offered rate="$limit" onset=11 at-least=no limited=yes
  expect kind=drops rate="$limit" onset=11 at-least=no
}
# CSV has whole seconds unless it is asked for more.
export K6_CSV_TIME_FORMAT=unix_milli
known 4 20 --out csv="$work/known-4-20.csv"
look known-4-20.csv
expect kind=achieved-behind-offered rate=200 onset=11 at-least=no limited=yes
known 10 40
known 2 5

say "3 slots of 50 ms, users without end, and the schedule: 60 a second; 3 % of the requests fail"
start 3 50
FROM=20 TO=120 RAMP=10 HOLD=3 USERS=500 FAIL=0.03 ramp schedule
stop
look schedule.json.gz --offered 20/s,120/s:10s,120/s:3s --p95 400ms --errors 1%
# The limit is passed after 4 s.
expect kind=achieved-behind-offered rate=60 onset=5 limited=no absent=drops
expect kind=p95-over-target rate=60
expect kind=errors-over-budget
# Without the schedule nobody can tell: then nothing is claimed, no all-clear either, and it is said why.
# Targets that nothing leaves, so that no other limit is the breaking point.
look schedule.json.gz --p95 1min --errors 20%
expect absent=achieved-behind-offered why=not-known
expect absent=errors-over-budget
expect absent=p95-over-target
grep -q 'give the schedule with --offered' "$work/report.json" ||
  failed "nothing is said of --offered" "the remark on requests that waited is missing"
grep -q '^not known where it breaks' "$work/report.txt" ||
  failed "the first line does not say that it is not known" "see src/report/capacity/breakpoint/words.rs"

say "40 slots of 50 ms: 800 a second, and 8 users, who make 160 at most"
start 40 50
FROM=53 TO=320 RAMP=10 HOLD=4 USERS=8 ramp saturated
stop
look saturated.json.gz
# Fewer than 160: between two requests a user takes some ms of the machine's time.
expect kind=achieved-behind-offered rate=160 within=0.25 at-least=yes limited=yes
expect kind=drops rate=160 within=0.25 at-least=yes
grep -q '^at least ' "$work/report.txt" ||
  failed "the first line does not say 'at least'" "see src/report/capacity/breakpoint/words.rs"

say "all of it held"
