# shellcheck shell=bash
# A PostgreSQL server of its own, for tests: in a temporary directory, on the loopback address, without
# a password for its superuser, stopped and removed when the caller ends.
#
#   . tests/postgres-server.sh
#   postgres_install            # PostgreSQL from Debian's packages, where there is none
#   postgres_start 55432        # then $PG_BIN, $PG_DATA, $PG_PORT, $PG_URL (without the database)
#
# The server does not run as root: there it runs as the user `postgres` that the packages bring.

postgres_fail() {
  echo "error: $1" >&2
  echo "hint: $2" >&2
  exit 1
}

# The newest installed server; it stands in no PATH on Debian.
postgres_find() {
  local folder
  PG_BIN=
  for folder in $(printf '%s\n' /usr/lib/postgresql/*/bin | sort -V); do
    if [ -x "$folder/initdb" ]; then PG_BIN=$folder; fi
  done
  if [ -z "$PG_BIN" ] && command -v initdb >/dev/null; then
    PG_BIN=$(dirname "$(command -v initdb)")
  fi
  [ -n "$PG_BIN" ]
}

postgres_install() {
  postgres_find && return
  local sudo=
  [ "$(id -u)" = 0 ] || sudo=sudo
  command -v apt-get >/dev/null ||
    postgres_fail "no PostgreSQL" "install the server with its contrib modules and pgbench"
  # A cluster of the package's own would start on the default port.
  $sudo mkdir -p /etc/postgresql-common
  [ -e /etc/postgresql-common/createcluster.conf ] ||
    echo 'create_main_cluster = false' | $sudo tee /etc/postgresql-common/createcluster.conf >/dev/null
  $sudo apt-get update -qq >&2 || true
  $sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq postgresql postgresql-contrib >&2 ||
    postgres_fail "PostgreSQL could not be installed" "the lines above are apt-get's"
  postgres_find || postgres_fail "no initdb after the installation" "look at the packages above"
}

# Runs a command as who may run a server.
postgres_as() {
  if [ "$(id -u)" = 0 ]; then runuser -u postgres -- "$@"; else "$@"; fi
}

# postgres_start PORT
postgres_start() {
  PG_PORT=$1
  PG_DATA=$(mktemp -d "${TMPDIR:-/tmp}/tailguard-postgres.XXXXXX")
  PG_URL=postgresql://postgres@127.0.0.1:$PG_PORT
  export PG_BIN PG_PORT PG_DATA PG_URL
  trap postgres_stop EXIT
  if [ "$(id -u)" = 0 ]; then chown postgres "$PG_DATA"; fi
  postgres_as "$PG_BIN/initdb" -D "$PG_DATA/data" -U postgres --auth-local=trust \
    --auth-host=scram-sha-256 -E UTF8 --locale=C.UTF-8 >"$PG_DATA.log" 2>&1 ||
    { cat "$PG_DATA.log" >&2; postgres_fail "initdb failed" "the lines above are its own"; }
  postgres_as tee -a "$PG_DATA/data/postgresql.conf" >/dev/null <<CONF
port = $PG_PORT
listen_addresses = '127.0.0.1'
unix_socket_directories = '$PG_DATA'
shared_preload_libraries = 'pg_stat_statements'
fsync = off
autovacuum = off
deadlock_timeout = 100ms
CONF
  postgres_as sed -i '1i host all postgres 127.0.0.1/32 trust' "$PG_DATA/data/pg_hba.conf"
  postgres_as "$PG_BIN/pg_ctl" -D "$PG_DATA/data" -l "$PG_DATA/server.log" -w -t 60 start >/dev/null ||
    { cat "$PG_DATA/server.log" >&2; postgres_fail "the server does not start" "is port $PG_PORT taken?"; }
}

postgres_stop() {
  postgres_as "$PG_BIN/pg_ctl" -D "$PG_DATA/data" -m immediate stop >/dev/null 2>&1 || true
  rm -rf "$PG_DATA" "$PG_DATA.log"
}
