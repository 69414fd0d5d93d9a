# shellcheck shell=bash
# Its variables are those of the test that reads it in.
# shellcheck disable=SC2154,SC2034
# What is left of an `up` that was ended, for the tests that end it. Expects work, a directory with the
# last log; CLINIC_HOME; seed, printed with every failure; pid, what was started in the background.

failed() {
  printf 'error: %s (seed %s)\n' "$1" "$seed" >&2
  [ ! -f "$work/log" ] || tail -n 40 "$work/log" >&2
  exit 1
}

# Processes that an `up` of this home started, whoever is their parent now.
left() {
  local cwd pid
  grep -lzxF -- "CLINIC_UP=$CLINIC_HOME" /proc/[0-9]*/environ 2>/dev/null | cut -d/ -f3
  for cwd in /proc/[0-9]*/cwd; do
    pid=$(cut -d/ -f3 <<<"$cwd")
    if [ "$cwd" -ef "$CLINIC_HOME/postgres" ]; then echo "$pid"; fi
  done
}

nothing_left() {
  local pids
  pids=$(left)
  [ -z "$pids" ] || failed "$1 left processes behind: $(xargs ps -o pid=,args= -p <<<"$pids" 2>&1)"
}

# ended SECONDS: waits for pid; its exit code in `code`, or a failure.
ended() {
  local deadline=$((SECONDS + $1))
  while kill -0 "$pid" 2>/dev/null; do
    ((SECONDS <= deadline)) || failed "it did not end within $1 s; there is still: $(still)"
    sleep 0.05
  done
  code=0
  wait "$pid" || code=$?
}

# What runs of this home, and since when: what to look for in a failure.
still() {
  # shellcheck disable=SC2046
  ps -o pid=,ppid=,stat=,etimes=,wchan=,args= -p "$(echo "$pid" $(left) | tr ' ' ,)" 2>&1 || true
}
