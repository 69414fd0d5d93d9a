# shellcheck shell=bash
# Children that are sure to end. Each is the leader of a session of its own, so that a Ctrl-C reaches
# `up` alone, which then ends them in order; and each is told by the kernel when `up` was killed.

say() { printf 'up: %s\n' "$*" >&2; }

# fail WHAT [HINT]
fail() {
  printf 'error: %s\n' "$1" >&2
  [ $# -lt 2 ] || printf 'hint: %s\n' "$2" >&2
  exit 1
}

# For `child COMMAND &`. A background command of bash ignores SIGINT, and descriptor 9 is the lock.
child() {
  exec setsid setpriv --pdeathsig TERM env --default-signal=INT,QUIT "$@" 9>&-
}

# Runs a command to its end. bash answers a signal while it waits, not while a command runs.
run() {
  child "$@" <&0 &
  wait $!
}

# lives ID: whether there is a process of that id or group, more than a zombie.
lives() {
  local stat fields pid
  # The process itself first, for that is one file and not all.
  for stat in "/proc/$1/stat" /proc/[0-9]*/stat; do
    { read -r fields <"$stat"; } 2>/dev/null || continue
    pid=${fields%% *}
    # The name, in parentheses, may hold anything: what counts follows it. State, parent, group.
    read -r -a fields <<<"${fields##*) }"
    if [[ ${fields[0]} != [ZX] ]] && [[ $pid = "$1" || ${fields[2]} = "$1" ]]; then return 0; fi
  done
  return 1
}

# Waits until a child of `up` can be told to end: a fork of bash loses what comes before it becomes
# another program, and SIGINT is ignored a little longer.
until_it_listens() {
  local fields sigint=2 deadline=$((SECONDS + 2))
  while ((SECONDS <= deadline)); do
    { read -r fields <"/proc/$1/stat"; } 2>/dev/null || return 0
    # State, parent, group, session; the 31st is the mask of ignored signals.
    read -r -a fields <<<"${fields##*) }"
    [[ ${fields[0]} != [ZX] && ${fields[1]} = "$$" ]] || return 0
    [[ ${fields[3]} != "$1" ]] || ((fields[30] & sigint)) || return 0
    sleep 0.02
  done
}

# end LEADER SIGNAL SECONDS: asks a child and everything in its group to end. Fails if it did not.
end() {
  local leader=$1 signal=$2 deadline=$((SECONDS + $3))
  until_it_listens "$leader"
  # What is a child of no `up` may have no group of its own.
  kill -s "$signal" -- "-$leader" 2>/dev/null || kill -s "$signal" "$leader" 2>/dev/null || true
  while lives "$leader"; do
    ((SECONDS <= deadline)) || return 1
    sleep 0.02
  done
}

# end_for_certain LEADER SECONDS: asks, then kills.
end_for_certain() {
  end "$1" TERM "$2" || end "$1" KILL 5 || say "process $1 does not end"
}

# end_leftovers HOME: ends what an `up` that was killed left behind of this home.
end_leftovers() {
  local environ pid found=()
  while IFS= read -r environ; do
    pid=${environ#/proc/}
    pid=${pid%/environ}
    [ "$pid" = $$ ] || found+=("$pid")
  done < <(grep -lzxF -- "CLINIC_UP=$1" /proc/[0-9]*/environ 2>/dev/null)
  [ ${#found[@]} -eq 0 ] || say "ending what a killed start left behind: ${found[*]}"
  for pid in "${found[@]}"; do end_for_certain "$pid" 5; done
}
