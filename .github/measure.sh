#!/usr/bin/env bash
# Measures two commits alternately on this machine, so that whatever the machine does meanwhile meets
# both of them.
#
# usage: measure.sh [--rounds N] [--base COMMIT] [--head COMMIT] [--alone]
#        measure.sh --judge
#   --rounds N     runs of each side, 1 to 100 (default 5)
#   --base COMMIT  what to compare with (default: the first parent of the head)
#   --head COMMIT  what is to be judged (default: HEAD)
#   --alone        measures the head only, for a refresh of the baselines
#   --judge        compares what was measured and writes measurement.json; passes also where the gate
#                  fails or cannot decide, for the verdict is given where the pull request has no say
#
# Results: perf/SUITE/ for the head, where tailguard.toml expects them, and perf/base/SUITE/ for the
# base. What lay in perf/ before is removed. TAILGUARD names the command that judges, and WORK a
# directory to build in that is kept.
set -euo pipefail

# Each suite of tailguard.toml, and what its results are called in perf/SUITE/.
suites=('gate=*')

# Builds one side, once, in its own checkout, which is the working directory.
build() {
  cargo bench --locked --no-run --bench gate
}

# One run of every suite of one side. $1 is the directory of its results, $2 the round.
measure() {
  CRITERION_HOME=$1/gate/$2 cargo bench --locked --quiet --bench gate -- \
    --warm-up-time 0.5 --measurement-time 1
}

# ---- nothing to change from here on ----

usage() { sed -n '2,/^set/{/^#/s/^# \{0,1\}//p}' "${BASH_SOURCE[0]}" >&2; exit 2; }
say() { printf 'measure: %s\n' "$*" >&2; }
fail() { say "$*"; exit 1; }

rounds=5 base='' head=HEAD what=both
while (($#)); do
  case $1 in
    --alone) what=alone ;;
    --judge) what=judge ;;
    --rounds | --base | --head)
      (($# > 1)) || usage
      printf -v "${1#--}" %s "$2"
      shift
      ;;
    *) usage ;;
  esac
  shift
done
[[ $rounds =~ ^([1-9][0-9]?|100)$ ]] || usage
cd "$(git -C "$(dirname "${BASH_SOURCE[0]}")" rev-parse --show-toplevel)"
results=$PWD/perf

# Results of a side that lacks a suite do not stop the others from being compared.
if [[ $what = judge ]]; then
  arguments=()
  for suite in "${suites[@]}"; do
    name=${suite%%=*} pattern=${suite#*=}
    arguments+=(--fresh "$name=perf/$name/$pattern")
    measured=$(compgen -G "perf/base/$name/$pattern" | grep -v '/tailguard-run\.json$') || true
    [[ -z $measured ]] || arguments+=(--base "$name=perf/base/$name/$pattern")
  done
  code=0
  "${TAILGUARD:-tailguard}" check "${arguments[@]}" --save measurement.json || code=$?
  case $code in
    0 | 10 | 11) exit 0 ;;
    *) exit "$code" ;;
  esac
fi

commit() { git rev-parse --verify --quiet --end-of-options "$1^{commit}"; }

head=$(commit "$head") || fail "no commit ${head@Q}"
if [[ $what = both ]]; then
  # What a push names as the commit before is none where the branch is new or was moved by force.
  if [[ $base =~ ^0*$ ]] || ! base=$(commit "$base"); then
    say "measuring against the first parent of $head"
    base=$(commit "$head^1") || fail "$head has no parent here; in a workflow, check out with fetch-depth: 0"
  fi
fi
[[ -z $(git status --porcelain --untracked-files=no) ]] ||
  say "what is not committed is not measured"

# Outside the checkout, for cargo reads the configuration of every directory above; and both paths are
# equally long, for even that can move a benchmark.
work=${WORK:-$(mktemp -d "${RUNNER_TEMP:-${TMPDIR:-/tmp}}/measure.XXXXXX")}
tidy() {
  git worktree remove --force "$work/base" 2>/dev/null || true
  git worktree remove --force "$work/head" 2>/dev/null || true
  [[ -n ${WORK:-} ]] || rm -rf "$work"
}
trap tidy EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# in_side SIDE COMMAND…: runs it in the checkout of a side, stops at the first error in it, and leaves
# nothing running.
in_side() (
  set -e
  trap 'jobs -p | xargs -r kill 2>/dev/null || true' EXIT
  cd "$work/$1"
  export CARGO_TARGET_DIR="$work/target-$1"
  shift
  "$@"
)

# prepare SIDE COMMIT
prepare() {
  say "building $1, $2"
  git worktree add --quiet --force --detach "$work/$1" "$2" && in_side "$1" build
}

place() { if [[ $1 = base ]]; then echo "$results/base"; else echo "$results"; fi; }

# Says of the results of a side which commit they come from. $1 is the side, $2 the commit.
sign() {
  local suite dir
  for suite in "${suites[@]}"; do
    dir=$(place "$1")/${suite%%=*}
    mkdir -p "$dir"
    printf '{"schema":"tailguard.run/v1","commit":"%s","time":"%s"}\n' "$2" \
      "$(date -u +%Y-%m-%dT%H:%M:%SZ)" >"$dir/tailguard-run.json"
  done
}

rm -rf "$results"
prepare head "$head"
sign head "$head"
if [[ $what = both ]]; then
  # A base that no longer builds, or does not yet have benchmarks, leaves nothing to compare with but
  # the committed baselines. Not in a condition: bash would go on after errors in it.
  set +e
  prepare base "$base"
  built=$?
  set -e
  if ((built == 0)); then
    sign base "$base"
  else
    say "the base cannot be built: head is measured alone, and compared with committed baselines"
    what=alone
  fi
fi

for ((round = 1; round <= rounds; round++)); do
  # Neither side is always the first, or always meets the machine as the other left it.
  order=(base head)
  ((round % 2)) || order=(head base)
  [[ $what = both ]] || order=(head)
  for side in "${order[@]}"; do
    say "round $round of $rounds: $side"
    in_side "$side" measure "$(place "$side")" "$round"
  done
done
