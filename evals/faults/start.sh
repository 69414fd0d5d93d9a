# shellcheck shell=bash
# What `record` and `live` have in common. Both have set `root` and gone there.

# shellcheck source=evals/say.sh
. evals/say.sh

# Programs are built once, and the service's binary is then the same in every round. EVALS_BIN and
# CLINIC_BIN name programs that are built already.
build() {
  local target=${CARGO_TARGET_DIR:-$root/target}
  if [ -z "${EVALS_BIN:-}" ]; then
    say "building evals"
    cargo build --quiet --locked --release --package evals
    EVALS_BIN=$target/release/evals
  fi
  say "building and seeding the clinic"
  examples/clinic/load/k6 version >&2
  examples/clinic/up --prepare
  export CLINIC_BIN=${CLINIC_BIN:-$target/release/clinic}
}

evals() { "$EVALS_BIN" --root "$root" faults "$@"; }

# A hash of all that makes the service and its load: rounds of different ones are not comparable.
service() {
  local parts=(Cargo.lock)
  local part
  for part in src migrations load start up clinic.env postgresql.conf Cargo.toml; do
    parts+=("examples/clinic/$part")
  done
  [ -z "$(git status --porcelain -- "${parts[@]}")" ] ||
    fail "examples/clinic has changes that no commit has" "commit or stash them: what is recorded is told by its commit"
  git ls-tree HEAD "${parts[@]}" | sha256sum | cut -c1-16
}
