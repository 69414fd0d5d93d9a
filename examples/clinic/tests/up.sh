#!/usr/bin/env bash
# What `up` promises: whatever ends it, and whenever, no process stays and the next start works.
#
# usage: tests/up.sh [--kills N] [--seed S]
#   --kills N   ends by a random signal at a random moment (default 15)
#   --seed S    of the signals and moments (default: printed)
#
# CLINIC_BIN names the service if it is not to be built. Full and read-only disks need root, for they
# are mounted; without, the script says that it left them out.
#
# What stands in single quotes is for the shell that `up` starts.
# shellcheck disable=SC2016
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
up=$here/../up
# What all that `up` started may take together to end: one deaf command, and servers that listen.
GRACE=15
kills=15 seed=$RANDOM
while (($#)); do
  case $1 in
    --kills) kills=$2 ;;
    --seed) seed=$2 ;;
    *) sed -n '2,/^set/{/^#/s/^# \{0,1\}//p}' "${BASH_SOURCE[0]}" >&2; exit 2 ;;
  esac
  shift 2
done
RANDOM=$seed

work=$(mktemp -d)
chmod 755 "$work"
mounts=()
clean_up() {
  local mount
  for mount in "${mounts[@]}"; do umount "$mount" || true; done
  rm -rf "$work"
}
trap clean_up EXIT

# A path that breaks what is not quoted.
export CLINIC_HOME="$work/a home" CLINIC_ORGANISATIONS=3 CLINIC_CLIENTS=200

say() { printf -- '-- %s\n' "$*"; }

# shellcheck source=examples/clinic/tests/ended.sh
. "$here/ended.sh"

works() {
  "$up" -- bash -c 'curl -fsS --max-time 5 -o /dev/null "$CLINIC_URL/health"' >"$work/log" 2>&1 ||
    failed "the start after $1 does not work"
  nothing_left "the start after $1"
}

# in_background ARGUMENT...: an `up` that answers SIGINT, which bash takes from background commands, and
# SIGHUP, which nohup takes.
in_background() {
  env --default-signal=INT,QUIT,HUP "$up" "$@" >"$work/log" 2>&1 &
  pid=$!
}

until_logged() {
  local deadline=$((SECONDS + 60))
  until grep -q "$1" "$work/log"; do
    kill -0 "$pid" 2>/dev/null || failed "up ended before it said: $1"
    ((SECONDS <= deadline)) || failed "up did not say: $1"
    sleep 0.05
  done
}

# The clinic that COMMAND talks to: the process of this home that was told to serve.
service() {
  grep -lzxF -- "CLINIC_UP=$CLINIC_UP" /proc/[0-9]*/environ 2>/dev/null | while IFS=/ read -r _ _ pid _; do
    if tr '\0' '\n' <"/proc/$pid/cmdline" | grep -qx serve; then echo "$pid"; fi
  done
}
export -f service

# in_home HOME COMMAND...
in_home() {
  CLINIC_HOME=$1
  "${@:2}"
}

# refuses WHAT CODE PATTERN COMMAND...
refuses() {
  local what=$1 wanted=$2 pattern=$3
  shift 3
  code=0
  "$@" >"$work/log" 2>&1 || code=$?
  [ "$code" = "$wanted" ] || failed "$what: exit code $code, not $wanted"
  grep -q "$pattern" "$work/log" || failed "$what: nothing said of '$pattern'"
  grep -q '^hint: ' "$work/log" || failed "$what: no hint"
  nothing_left "$what"
}

milliseconds() { echo $((${EPOCHREALTIME/[!0-9]/} / 1000)); }

say "a first start, and the code of its command"
"$up" --prepare >"$work/log" 2>&1 || failed "--prepare fails"
# The first one may have built the service, which takes minutes: the moments below are of a start.
rm -rf "$CLINIC_HOME"
begun=$(milliseconds)
"$up" --prepare >"$work/log" 2>&1 || failed "--prepare fails"
first=$(($(milliseconds) - begun))
nothing_left "--prepare"
begun=$(milliseconds)
works "--prepare"
later=$(($(milliseconds) - begun))
code=0
"$up" -- bash -c 'exit 7' >"$work/log" 2>&1 || code=$?
[ "$code" = 7 ] || failed "exit code $code of a command that exits with 7"

say "the roles: an owner that writes, a reader that does not"
"$up" -- bash -euc '
  psql -X -q "$CLINIC_DATABASE_URL" -c "create table written (n int)" -c "insert into written values (1)"
  psql -X -q "$CLINIC_READER_URL" -c "select count(*) from written" -c "explain analyze select * from written"
  psql -X -q "$CLINIC_READER_URL" -c "select count(*) from pg_stat_statements where query like '\''%written%'\''"
  ! psql -X -q "$CLINIC_READER_URL" -c "set default_transaction_read_only = off" -c "insert into written values (2)"
' >"$work/log" 2>&1 || failed "the roles are not what they should be"
"$up" -- bash -c '! psql -X -q "$CLINIC_DATABASE_URL" -c "select * from written"' >"$work/log" 2>&1 ||
  failed "a start has rows of the start before"

# Half as long again as a start takes: some moments fall into the serving.
say "$kills signals at random moments (seed $seed; a start takes $later ms, the first one $((first + later)))"
signals=(INT TERM HUP)
for ((n = 1; n <= kills; n++)); do
  signal=${signals[RANDOM % 3]}
  # Every third time nothing is prepared: PostgreSQL is created and rows are seeded meanwhile.
  spread=$((later * 3 / 2))
  if ((n % 3 == 0)); then
    rm -rf "$CLINIC_HOME"
    spread=$(((first + later) * 3 / 2))
  fi
  delay=$((RANDOM * spread / 32768))
  in_background -- bash -c 'sleep 600 & sleep 600'
  sleep "$((delay / 1000)).$(printf %03d $((delay % 1000)))"
  kill -s "$signal" "$pid" 2>/dev/null || failed "up ended before SIG$signal after $delay ms"
  ended "$GRACE"
  wanted=$((128 + $(kill -l "$signal")))
  [ "$code" = "$wanted" ] || failed "SIG$signal after $delay ms: exit code $code, not $wanted"
  nothing_left "SIG$signal after $delay ms"
  printf '   SIG%-4s after %4s ms: %s\n' "$signal" "$delay" "$(grep '^up: ' "$work/log" | tail -n 1)"
  works "SIG$signal after $delay ms"
done

say "a command that does not listen"
in_background -- bash -c 'trap "" TERM INT HUP; echo deaf; while :; do sleep 1; done'
until_logged deaf
kill -s TERM "$pid"
ended "$GRACE"
nothing_left "a deaf command"

say "SIGKILL"
in_background -- bash -c 'echo started; sleep 60 & setsid sleep 61'
until_logged started
kill -s KILL "$pid"
{ wait "$pid" || true; } 2>/dev/null
works "SIGKILL"
in_background --seed $((seed + 1)) -- true
until_logged seeding
kill -s KILL "$pid"
{ wait "$pid" || true; } 2>/dev/null
works "SIGKILL while seeding"

say "the service, or its database, ends by itself"
refuses "a dead service" 1 "the clinic ended" \
  "$up" -- bash -c 'kill -KILL "$(service)"; sleep 20'
works "a dead service"

say "two at once"
in_background -- bash -c 'echo started; sleep 60'
until_logged started
mv "$work/log" "$work/first"
code=0
"$up" -- true >"$work/log" 2>&1 || code=$?
grep -q "another up runs in" "$work/log" || failed "a second start in the same home says nothing of the first"
[ "$code" = 1 ] || failed "a second start in the same home: code $code"
kill -0 "$pid" || failed "a second start ended the first"
(in_home "$work/other" works "a second start in another home")
kill -s INT "$pid"
ended "$GRACE"
nothing_left "the first of two"

say "refusals"
refuses "no PostgreSQL" 1 "no PostgreSQL" env CLINIC_PGBIN="$work/none" "$up" -- true
refuses "no clinic" 1 "no program" env CLINIC_BIN="$work/none" "$up" -- true
touch "$work/file"
(in_home "$work/file" refuses "a home that is a file" 1 "cannot write" "$up" -- true)
if [ "$(id -u)" = 0 ] && mkdir "$work/full" && mount -t tmpfs -o size=24m,mode=755 tmpfs "$work/full"; then
  mounts+=("$work/full")
  say "a disk that fills up"
  (in_home "$work/full/home" refuses "a disk that is full" 1 "No space left" "$up" -- true)
  mount -o remount,size=1g "$work/full"
  (in_home "$work/full/home" works "a full disk that was given room")
  say "a disk that is read-only"
  mount -o remount,ro "$work/full"
  (in_home "$work/full/home" refuses "a read-only disk" 1 "cannot write" "$up" -- true)
else
  say "left out, for nothing can be mounted here: a full disk, a read-only disk"
fi

say "all of it held (seed $seed)"
