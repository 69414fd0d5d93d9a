#!/usr/bin/env bash
# The exported alert rules, judged by Prometheus' own promtool; it comes from Debian's package where there
# is none, and nothing of that package is started.
#
#   tests/promtool.sh        # PROMTOOL names another one
set -euo pipefail
cd "$(dirname "$0")/.."

fail() {
  echo "error: $1" >&2
  echo "hint: $2" >&2
  exit 1
}

tools=${TAILGUARD_TOOLS:-$PWD/target/tools}
unpacked=$tools/prometheus/usr/bin/promtool
promtool=${PROMTOOL:-$(command -v promtool || true)}
if [ -z "$promtool" ] && [ ! -x "$unpacked" ]; then
  command -v apt-get >/dev/null || fail "no promtool" "install Prometheus, or set PROMTOOL"
  mkdir -p "$tools/prometheus"
  folder=$(mktemp -d "$tools/prometheus/deb.XXXXXX")
  # As another user than root, apt cannot drop to its own.
  (cd "$folder" && { apt-get download -qq prometheus || { apt-get update -qq && apt-get download -qq prometheus; }; }) >&2 ||
    fail "the package prometheus could not be downloaded" "the lines above are apt-get's"
  dpkg -x "$folder"/prometheus_*.deb "$tools/prometheus"
  rm -rf "$folder"
fi
promtool=${promtool:-$unpacked}
"$promtool" --version 2>&1 | head -n 1

log=$(mktemp)
trap 'rm -f "$log"' EXIT
TAILGUARD_PROMTOOL=$(realpath "$promtool") \
  cargo test --locked --workspace --test slo promtool -- --nocapture 2>&1 | tee "$log"
if grep -q '^SKIPPED' "$log"; then fail "promtool was not asked" "the lines above say why"; fi
grep -q '^test result: ok. 1 passed' "$log" || fail "no test ran" "see above"
