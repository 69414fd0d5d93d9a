#!/usr/bin/env bash
# What `tailguard run` promises with a whole chain below it: PostgreSQL, the clinic and k6. Whenever it
# is ended, no process, no work tree, no lock and no half round stays, and --resume goes on.
#
# usage: tests/run.sh [--kills N] [--seed S]
#   --kills N   ends by a random signal at a random moment (default 8)
#   --seed S    of the signals and moments (default: printed)
#
# TAILGUARD names the command if it is not to be built, CLINIC_BIN the service.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../../.." && pwd)
# What the chain may take to end: `up` has 15 s for a deaf command, and k6 finishes its requests.
GRACE=20
kills=8 seed=$RANDOM
while (($#)); do
  case $1 in
    --kills) kills=$2 ;;
    --seed) seed=$2 ;;
    *) sed -n '2,/^set/{/^#/s/^# \{0,1\}//p}' "${BASH_SOURCE[0]}" >&2; exit 2 ;;
  esac
  shift 2
done
RANDOM=$seed

say() { printf -- '-- %s\n' "$*"; }

if [ -z "${TAILGUARD:-}" ]; then
  cargo build --quiet --locked --manifest-path "$root/Cargo.toml"
  TAILGUARD=${CARGO_TARGET_DIR:-$root/target}/debug/tailguard
fi
TAILGUARD=$(realpath -e "$TAILGUARD")

work=$(mktemp -d)
chmod 755 "$work"
trap 'rm -rf "$work"' EXIT
export CLINIC_HOME="$work/home" CLINIC_ORGANISATIONS=3 CLINIC_CLIENTS=200 TMPDIR="$work/tmp"
mkdir "$TMPDIR"
# shellcheck source=examples/clinic/tests/ended.sh
. "$here/ended.sh"

# A repository of its own: its base is this commit too, and need not be built.
repository=$work/repository
git init -q "$repository"
cat >"$repository/tailguard.toml" <<TOML
[gate]
threshold = "200%"

[gate.floor]
load = "100ms"

[[suite]]
name     = "clinic"
source   = "k6"
group-by = ["category"]
workload = "closed"
command  = "'$here/../up' -- env DURATION=3s '$here/../load/k6' run --quiet --out json=\$TAILGUARD_OUT/results.json.gz '$here/../load/smoke.js'"
TOML
git -C "$repository" add -A
git -C "$repository" -c user.name=t -c user.email=t@example.org commit -qm "a suite"
cd "$repository"

"$here/../load/k6" version
"$here/../up" --prepare >"$work/log" 2>&1 || failed "the clinic cannot be prepared"

# As on a terminal: the shell takes SIGINT from what it starts in the background.
in_background() {
  env --default-signal=INT,QUIT,HUP "$TAILGUARD" run --format json --output "$work/report.json" "$@" \
    >"$work/log" 2>&1 &
  pid=$!
}

clean() {
  local found
  nothing_left "$1"
  [ "$(git worktree list | wc -l)" = 1 ] || failed "$1 left a work tree: $(git worktree list)"
  [ -z "$(git status --porcelain)" ] || failed "$1 changed the repository: $(git status --porcelain)"
  [ ! -e "$kept/base-checkout" ] || failed "$1 left the checkout of the base"
  # A round that is there is whole: it has its facts, and its results can be read.
  for found in "$kept"/rounds/clinic/*/; do
    [ -d "$found" ] || continue
    "$TAILGUARD" inspect "$found" >"$work/inspected" 2>&1 || failed "$1 left half a round: $found"
  done
}

rounds() { find "$kept/rounds" -mindepth 2 -maxdepth 2 -type d 2>/dev/null | wc -l; }

kept=$work/kept
spread=30000
say "$kills signals at random moments of $((spread / 1000)) s (seed $seed)"
signals=(INT TERM HUP)
for ((n = 1; n <= kills; n++)); do
  signal=${signals[RANDOM % 3]}
  delay=$((RANDOM * spread / 32768))
  # Every second one goes on with what the one before left.
  if ((n % 2)) || [ ! -e "$kept/plan.json" ]; then
    rm -rf "$kept"
    in_background --against HEAD --keep "$kept" --seed "$n"
  else
    in_background --resume "$kept"
  fi
  sleep "$((delay / 1000)).$(printf %03d $((delay % 1000)))"
  # It may have come to its end.
  kill -s "$signal" "$pid" 2>/dev/null || true
  ended "$GRACE"
  case $code in
    0 | 10 | 11) ;;
    *)
      wanted=$((128 + $(kill -l "$signal")))
      [ "$code" = "$wanted" ] || failed "SIG$signal after $delay ms: exit code $code, not $wanted"
      ;;
  esac
  clean "SIG$signal after $delay ms"
  printf '   SIG%-4s after %5s ms: exit code %s, %s rounds kept\n' "$signal" "$delay" "$code" "$(rounds)"
done

say "to the end"
code=0
if [ -e "$kept/plan.json" ]; then
  in_background --resume "$kept"
else
  in_background --against HEAD --keep "$kept"
fi
ended 180
case $code in
  0 | 10 | 11) ;;
  *) failed "the rest was not measured: exit code $code" ;;
esac
clean "the end"
[ "$(rounds)" -ge 8 ] || failed "$(rounds) rounds, not a warm-up and three of each side"
[ -z "$(ls -A "$TMPDIR")" ] || failed "temporary files stay: $(ls "$TMPDIR")"

say "all of it held (seed $seed)"
