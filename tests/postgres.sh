#!/usr/bin/env bash
# `snapshot postgres` against a real server, with TLS; PostgreSQL comes from Debian's packages where
# there is none.
#
#   tests/postgres.sh        # PORT is the server's, 55434
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=tests/postgres-server.sh
. tests/postgres-server.sh
command -v openssl >/dev/null || postgres_fail "no openssl" "install the package openssl"
postgres_install
postgres_start "${PORT:-55434}"
"$PG_BIN/postgres" --version

# An authority, and a certificate of it for this one address.
tls=$PG_DATA/tls
mkdir "$tls"
quietly() { "$@" 2>"$tls/log" || { cat "$tls/log" >&2; exit 1; }; }
quietly openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj "/CN=an authority" \
  -keyout "$tls/ca.key" -out "$tls/ca.crt"
quietly openssl req -newkey rsa:2048 -nodes -subj "/CN=a server" \
  -keyout "$tls/server.key" -out "$tls/server.csr"
printf 'subjectAltName = IP:127.0.0.1\n' >"$tls/names"
quietly openssl x509 -req -in "$tls/server.csr" -CA "$tls/ca.crt" -CAkey "$tls/ca.key" \
  -CAcreateserial -days 2 -extfile "$tls/names" -out "$tls/server.crt"
chmod 755 "$PG_DATA" "$tls"
chmod 600 "$tls/server.key"
if [ "$(id -u)" = 0 ]; then chown -R postgres "$tls"; fi
psql=("$PG_BIN/psql" -X -q -v ON_ERROR_STOP=1 -d "$PG_URL/postgres")
"${psql[@]}" -c "alter system set ssl_cert_file = '$tls/server.crt'" \
  -c "alter system set ssl_key_file = '$tls/server.key'" -c "alter system set ssl = on" \
  -c "select pg_reload_conf()" >/dev/null
for _ in 1 2 3 4 5 6 7 8 9 10; do
  sleep 0.5
  [ "$("${psql[@]}" -Atc "show ssl")" = on ] && break
done
[ "$("${psql[@]}" -Atc "show ssl")" = on ] ||
  { cat "$PG_DATA/server.log" >&2; postgres_fail "the server has no TLS" "its log is above"; }

log=$tls/test.log
TAILGUARD_TEST_POSTGRES=$PG_URL TAILGUARD_TEST_POSTGRES_CA=$tls/ca.crt \
  cargo test --locked --workspace --test postgres_server -- --nocapture 2>&1 | tee "$log"
if grep -q '^SKIPPED' "$log"; then
  postgres_fail "a part was skipped" "the lines above say which"
fi
grep -q '^test result: ok. 1 passed' "$log" || postgres_fail "no test ran" "see above"
