# shellcheck shell=bash
# A private PostgreSQL: a data directory of its own, a free port on loopback, passwords nobody shares.
#
# Reads `home` and `here`, both absolute. Sets `port`, and `postgres`, the server's process.
# shellcheck disable=SC2154

# What postgresql.conf and the roles need.
OLDEST_POSTGRES=13

# The newest installed, of Debian's or in PATH; CLINIC_PGBIN names another. Sets `pgbin` and `major`.
find_postgres() {
  local folder version folders=("${CLINIC_PGBIN:-}")
  if [ -z "${CLINIC_PGBIN:-}" ]; then
    IFS=: read -r -a folders <<<"$PATH"
    folders=(/usr/lib/postgresql/*/bin "${folders[@]}")
  fi
  pgbin='' major=0
  for folder in "${folders[@]}"; do
    if ! [ -x "$folder/postgres" ] || ! [ -x "$folder/initdb" ] || ! [ -x "$folder/psql" ]; then
      continue
    fi
    version=$("$folder/postgres" --version)
    version=${version##*(PostgreSQL) }
    version=${version%%[!0-9]*}
    if ((version > major)); then pgbin=$folder major=$version; fi
  done
  ((major >= OLDEST_POSTGRES))
}

install_postgres() {
  local wanted="PostgreSQL $OLDEST_POSTGRES or newer"
  [ -z "${CLINIC_PGBIN:-}" ] ||
    fail "no $wanted in $CLINIC_PGBIN" "CLINIC_PGBIN is the folder of postgres, initdb and psql"
  if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
    fail "no $wanted" "install it (Debian: sudo apt-get install postgresql) or name its folder: CLINIC_PGBIN"
  fi
  say "installing PostgreSQL from the distribution's packages"
  # Or the package starts a server of its own.
  if ! [ -e /etc/postgresql-common/createcluster.conf ]; then
    mkdir -p /etc/postgresql-common
    echo "create_main_cluster = false" >/etc/postgresql-common/createcluster.conf
  fi
  if ! { run apt-get update && run env DEBIAN_FRONTEND=noninteractive \
    apt-get install -y --no-install-recommends postgresql; } </dev/null >"$home/install.log" 2>&1; then
    tail -n 20 "$home/install.log" >&2
    fail "PostgreSQL could not be installed" "the lines above are apt-get's"
  fi
  find_postgres || fail "apt-get installed no $wanted" "name the folder of one: CLINIC_PGBIN"
}

# PostgreSQL refuses to run as root: then it is the user `postgres`, who has to reach the files.
# Sets `as_server` and `place`.
find_place() {
  local theirs
  as_server=() place=$home
  [ "$(id -u)" = 0 ] || return 0
  theirs=$(getent passwd postgres | cut -d: -f6)
  [ -n "$theirs" ] || fail "no user postgres, and PostgreSQL does not run as root" \
    "create the user, as Debian's package does, or start as somebody else than root"
  as_server=(setpriv --reuid=postgres --regid=postgres --init-groups --pdeathsig INT env --chdir=/)
  if ! "${as_server[@]}" test -x "$home" 2>/dev/null; then
    place=$theirs/clinic-$(sha256sum <<<"$home" | head -c 16)
    mkdir -p "$place" || fail "cannot write $place" "set CLINIC_HOME to a folder that the user postgres reaches"
  fi
}

# The password of a role, made once.
password() { sed -n "s/^127.0.0.1:\*:\*:$1://p" "$home/passwords"; }

make_passwords() {
  local role
  [ -s "$home/passwords" ] && return
  for role in postgres clinic clinic_reader; do
    echo "127.0.0.1:*:*:$role:$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')"
  done >"$home/passwords.new"
  chmod 600 "$home/passwords.new"
  mv "$home/passwords.new" "$home/passwords"
  # A cluster with other passwords is of no use.
  rm -rf "$data"
}

# url ROLE DATABASE
url() { echo "postgres://$1:$(password "$1")@127.0.0.1:$port/$2"; }

# sql DATABASE: runs what stands on standard input, as the superuser.
sql() {
  PGPASSFILE=$home/passwords PGCONNECT_TIMEOUT=10 PGOPTIONS="-c client_min_messages=warning" run "$pgbin/psql" --no-psqlrc --quiet --no-align \
    --tuples-only --set=ON_ERROR_STOP=1 --host=127.0.0.1 --port="$port" --username=postgres --dbname="$1"
}

# Ends the servers of this data directory, and of no other: an `up` that was killed left them behind.
end_old_servers() {
  local cwd pid
  for cwd in /proc/[0-9]*/cwd; do
    pid=${cwd//[!0-9]/}
    [ "$cwd" -ef "$data" ] || [ "$cwd" -ef "$data.new" ] || continue
    if [[ $(cat "/proc/$pid/comm" 2>/dev/null) = postgres* ]]; then
      say "ending an old server: process $pid"
      end "$pid" INT 5 || end "$pid" QUIT 5 || end "$pid" KILL 5 || fail "process $pid does not end"
    fi
  done
  rm -f "$data/postmaster.pid"
}

make_cluster() {
  rm -rf "$data.new" "$place/password"
  [ "$(cat "$data/PG_VERSION" 2>/dev/null)" != "$major" ] || return 0
  say "creating a database server: $data"
  rm -rf "$data"
  mkdir -m 700 "$data.new"
  (umask 077 && password postgres >"$place/password")
  [ "$(id -u)" != 0 ] || chown postgres: "$data.new" "$place/password"
  # An order by bytes is the same everywhere, and lower() knows more than ASCII.
  run "${as_server[@]}" "$pgbin/initdb" --pgdata="$data.new" --username=postgres \
    --pwfile="$place/password" --auth=scram-sha-256 --encoding=UTF8 --lc-collate=C --lc-ctype=C.UTF-8 \
    --no-sync >"$home/initdb.log" 2>&1 || {
    tail -n 20 "$home/initdb.log" >&2
    fail "the database server could not be created in $place" "the lines above are initdb's"
  }
  rm -f "$place/password"
  mv "$data.new" "$data"
}

# Whether the server says in its lock file that it accepts connections.
is_ready() {
  local lines=()
  { mapfile -t -n 8 lines <"$data/postmaster.pid"; } 2>/dev/null && [[ ${lines[7]:-} = ready* ]]
}

start_postgres() {
  local attempt log=$home/postgres.log
  find_postgres || install_postgres
  find_place
  data=$place/postgres
  end_old_servers
  make_passwords
  make_cluster
  # A copy, for the user postgres need not reach the checkout.
  cp "$here/postgresql.conf" "$place/postgresql.conf"
  chmod 644 "$place/postgresql.conf"
  for attempt in {1..20}; do
    # Below what systems give to outgoing connections. Whether it is free is seen by taking it.
    port=$((20000 + RANDOM % 12000))
    LC_ALL=C child "${as_server[@]}" "$pgbin/postgres" -D "$data" \
      -c config_file="$place/postgresql.conf" -c port="$port" </dev/null >"$log" 2>&1 &
    postgres=$!
    while lives "$postgres"; do
      ! is_ready || return 0
      sleep 0.02
    done
    grep -q "Address already in use" "$log" || break
  done
  tail -n 20 "$log" >&2
  fail "the database server did not start (attempt $attempt)" "the lines above are from $log"
}
