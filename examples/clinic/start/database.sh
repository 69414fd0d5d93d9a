# shellcheck shell=bash
# The clinic's database: migrated and seeded once, copied at every start.
#
# What it reads, `up` has set.
# shellcheck disable=SC2154

# Seeded databases that are kept, for other parameters than today's.
KEPT=4

# Whatever the seeded rows depend on.
seed_key() {
  {
    echo "$major $organisations $clients $seed"
    cat "${BASH_SOURCE[0]}"
    (cd "$here" && find migrations src/{form,seed,segment} src/store/bulk.rs -type f -print0 |
      LC_ALL=C sort -z | xargs -0 sha256sum)
  } | sha256sum | head -c 16
}

# Migrates and seeds into a database that gets its name when it is complete.
make_seeded() {
  local new=clinic_unfinished
  sql postgres <<<"drop database if exists $new with (force)"
  [ "$(sql postgres <<<"select 1 from pg_database where datname = '$seeded'")" != 1 ] || return 0
  say "seeding $organisations organisations, $clients clients in the largest, seed $seed"
  sql postgres <<SQL
do \$\$ begin
  if not exists (select from pg_roles where rolname = 'clinic') then
    create role clinic login;
    create role clinic_reader login;
  end if;
end \$\$;
alter role clinic password '$(password clinic)';
alter role clinic_reader password '$(password clinic_reader)';
alter role clinic_reader set default_transaction_read_only = on;
grant pg_monitor to clinic_reader;
create database $new owner clinic template template0;
SQL
  sql "$new" <<'SQL'
create extension pg_stat_statements;
create extension pg_prewarm;
alter default privileges for role clinic grant select on tables to clinic_reader;
SQL
  clinic "$new" migrate
  clinic "$new" seed --organisations "$organisations" --clients "$clients" --seed "$seed"
  sql "$new" <<<"vacuum (freeze, analyze)"
  sql postgres <<<"alter database $new rename to $seeded"
  drop_old_seeded
}

drop_old_seeded() {
  sql postgres <<SQL
select format('drop database %I', datname) from pg_database
where datname like 'clinic\_seed\_%' order by oid desc offset $KEPT \gexec
SQL
}

# clinic DATABASE SUBCOMMAND...
clinic() {
  local database=$1
  shift
  CLINIC_DATABASE_URL=$(url clinic "$database") run "$binary" "$@" </dev/null >&2 ||
    fail "clinic $1 failed" "the lines above are its own"
}

# A fresh database of the seeded rows, in memory. Sets `seeded`.
make_database() {
  local strategy=
  seeded=clinic_seed_$(seed_key)
  make_seeded
  ((major < 15)) || strategy="strategy file_copy"
  sql postgres <<SQL
drop database if exists clinic with (force);
create database clinic owner clinic template $seeded $strategy;
SQL
  sql clinic >/dev/null <<'SQL'
select sum(pg_prewarm(oid::regclass)) from pg_class
where relkind in ('r', 'i') and relnamespace = 'public'::regnamespace;
SQL
  # Refuses where the binary is of other migrations than the seeded rows.
  clinic clinic migrate
}
