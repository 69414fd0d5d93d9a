#!/usr/bin/env bash
# The one step of the action: gets the tailguard that belongs to this commit of the action, and runs
# it. Inputs come as INPUT_* variables. Written for the bash 3.2 of macOS.
set -euo pipefail

main() {
  one_of stage "$INPUT_STAGE" install run check comment refresh
  one_of fail-on-regression "$INPUT_FAIL_ON_REGRESSION" true false
  one_of require-comment "$INPUT_REQUIRE_COMMENT" true false
  # Only the stages that write see the token, under the name that the command reads.
  token=$INPUT_TOKEN
  unset INPUT_TOKEN
  home=${RUNNER_TEMP:?the runner sets it}/tailguard
  mkdir -p "$home"

  obtain
  output bin "$bin"
  case $INPUT_STAGE in
    install) install_on_path ;;
    run) run ;;
    check) gate check ;;
    comment) comment ;;
    refresh) refresh ;;
  esac
}

# ---- Stages ----

install_on_path() {
  mkdir -p "$home/bin"
  ln -sf "$bin" "$home/bin/tailguard"
  echo "$home/bin" >>"$GITHUB_PATH"
}

run() {
  local against=${INPUT_AGAINST:-HEAD^1}
  if ! git rev-parse --verify --quiet --end-of-options "$against^{commit}" >/dev/null; then
    notice "there is no commit $against here: measuring against the first parent"
    against=HEAD^1
  fi
  gate run "--against=$against"
}

# gate COMMAND...: measures or reads, judges, and saves what was measured.
gate() {
  local reports code=0
  reports=$(mktemp -d "$home/report.XXXXXX")
  arguments_of_all "$@" --save measurement.json \
    --report "json=$reports/report.json" --report "markdown=$reports/report.md"
  "$bin" "${arguments[@]}" || code=$?
  if [ -f "$reports/report.md" ]; then summarize "$reports/report.md"; fi
  if [ -f "$reports/report.json" ]; then
    output report "$reports/report.json"
    counts "$reports/report.json"
  fi
  if [ -f measurement.json ]; then output measurement measurement.json; fi
  conclude "$code"
}

# The command finds the run that measured in the event, and itself writes the summary, the counts and
# the annotations.
comment() {
  local reports code=0
  reports=$(mktemp -d "$home/report.XXXXXX")
  use_token
  arguments_of_all --report "json=$reports/report.json"
  if [ "$INPUT_REQUIRE_COMMENT" = true ]; then arguments+=(--require-comment); fi
  "$bin" github comment "${arguments[@]}" || code=$?
  conclude "$code"
}

refresh() {
  local code=0
  use_token
  arguments_of_all
  if [ -n "$INPUT_ROUNDS" ]; then arguments+=(--run "--rounds=$INPUT_ROUNDS"); fi
  if [ -n "$INPUT_SUITE" ]; then arguments+=("--suite=$INPUT_SUITE"); fi
  if [ -n "$INPUT_MATCH" ]; then arguments+=("--match=$INPUT_MATCH"); fi
  if [ -n "$INPUT_ACCEPT_REGRESSION" ]; then
    arguments+=("--accept-regression=$INPUT_ACCEPT_REGRESSION")
  fi
  "$bin" github refresh-pr ${arguments[@]+"${arguments[@]}"} || code=$?
  conclude "$code"
}

use_token() {
  if [ -n "$token" ]; then export GITHUB_TOKEN=$token; fi
}

# The given arguments, then those of the inputs `config` and `args`, into `arguments`.
arguments_of_all() {
  local line cr=$'\r'
  arguments=(${@+"$@"})
  if [ -n "$INPUT_CONFIG" ]; then arguments+=("--config=$INPUT_CONFIG"); fi
  while IFS= read -r line || [ -n "$line" ]; do
    line=${line%"$cr"}
    if [ -n "$line" ]; then arguments+=("$line"); fi
  done <<<"$INPUT_ARGS"
}

# Ends the step: by the exit code, of which the gate's own two are only told where that is asked for.
conclude() {
  local code=$1 outcome=error
  case $code in
    0) outcome=pass ;;
    10) outcome=fail ;;
    11) outcome=undecided ;;
  esac
  # The command knows more than its exit code where it wrote an outcome itself.
  if ! grep -q '^outcome<<' "$GITHUB_OUTPUT"; then output outcome "$outcome"; fi
  output exit-code "$code"
  if [ "$INPUT_FAIL_ON_REGRESSION" = false ]; then
    case $code in
      10 | 11) exit 0 ;;
    esac
  fi
  exit "$code"
}

# ---- What the runner reads ----

output() {
  local delimiter
  delimiter=tailguard_$RANDOM$RANDOM$RANDOM$RANDOM
  case $2 in
    *"$delimiter"*) fail 1 "cannot write the output $1: its value holds its delimiter" ;;
  esac
  printf '%s<<%s\n%s\n%s\n' "$1" "$delimiter" "$2" "$delimiter" >>"$GITHUB_OUTPUT"
}

# How many rows of a JSON report have each verdict. A name inside a string has its quotes escaped, so
# that it cannot look like a key.
counts() {
  local verdict
  for verdict in regressed missing no-data untested inconclusive waived new improved steady; do
    output "$verdict" "$(times "\"verdict\": ?\"$verdict\"" "$1")"
  done
}

# times PATTERN FILE: how often it occurs.
times() {
  # grep fails where there is none, and some wc indent their number.
  echo $(($({ grep -oE "$1" "$2" || true; } | wc -l)))
}

# Appends Markdown to the step's summary. The runner drops a summary of more than 1 MiB.
summarize() {
  local have size room folds
  have=$(wc -c <"$GITHUB_STEP_SUMMARY")
  if [ "$have" -gt 0 ]; then printf '\n' >>"$GITHUB_STEP_SUMMARY"; fi
  size=$(wc -c <"$1")
  room=$((999999 - have))
  if [ "$size" -le "$room" ]; then
    cat "$1" >>"$GITHUB_STEP_SUMMARY"
  elif [ "$room" -gt 10000 ]; then
    local kept
    kept=$(mktemp "$home/summary.XXXXXX")
    # Whole lines, and room for what closes them.
    head -c $((room - 5000)) "$1" | sed '$d' >"$kept"
    folds=$(($(times '<details' "$kept") - $(times '</details>' "$kept")))
    while [ "$folds" -gt 0 ] && [ "$folds" -lt 100 ]; do
      printf '\n</details>\n' >>"$kept"
      folds=$((folds - 1))
    done
    printf '\n_The summary of a step has to be short: of %d bytes, the beginning is shown._\n' \
      "$((size))" >>"$kept"
    cat "$kept" >>"$GITHUB_STEP_SUMMARY"
  else
    notice "the report does not fit into the summary of this step any more"
  fi
}

notice() { printf '::notice title=tailguard::%s\n' "$(escaped "$1")"; }
warning() { printf '::warning title=tailguard::%s\n' "$(escaped "$1")"; }

# fail CODE MESSAGE
fail() {
  printf '::error title=tailguard::%s\n' "$(escaped "$2")"
  exit "$1"
}

# A message for a workflow command, which ends with its line. The characters stand in variables, for
# old versions of bash read them otherwise inside of an expansion.
escaped() {
  local text percent=% cr=$'\r' lf=$'\n'
  text=${1//"$percent"/%25}
  text=${text//"$cr"/%0D}
  text=${text//"$lf"/%0A}
  printf '%s' "$text"
}

# one_of INPUT VALUE ALLOWED...
one_of() {
  local name=$1 value=$2 allowed
  shift 2
  for allowed in "$@"; do
    if [ "$value" = "$allowed" ]; then return; fi
  done
  fail 2 "the input $name is '$value'; it has to be one of: $*"
}

# ---- The binary ----

# Sets `bin`: the one that was asked for, else the prebuilt one of this commit, else one that is built
# from this commit's source.
obtain() {
  if [ -n "$INPUT_BIN" ]; then
    case $INPUT_BIN in
      /*) bin=$INPUT_BIN ;;
      *) bin=$PWD/$INPUT_BIN ;;
    esac
    if ! [ -f "$bin" ] || ! [ -x "$bin" ]; then fail 1 "the input bin names no program: $bin"; fi
  elif ! prebuilt; then
    build
  fi
  # A binary that does not start is better found here than in the middle of a gate.
  "$bin" --version || fail 1 "cannot start $bin"
}

# Sets `bin` to the prebuilt binary; false where there is none for this machine, or no way to it. A
# download with another checksum is no reason to look elsewhere but an attack or an accident: it ends
# the step.
prebuilt() {
  local target line checksum archive version folder lf=$'\n'
  target=$(target) || return 1
  line=$(grep -E "^[0-9a-f]{64} [ *]tailguard-[0-9A-Za-z.+-]+-$target\.tar\.gz\$" \
    "$GITHUB_ACTION_PATH/action/checksums.txt") || {
    notice "no prebuilt tailguard for $target belongs to this commit of the action: it is built from source"
    return 1
  }
  case $line in
    *"$lf"*) fail 1 "action/checksums.txt names more than one binary for $target" ;;
  esac
  checksum=${line%% *}
  archive=${line#*[ *]}
  archive=${archive#[ *]}
  version=${archive#tailguard-}
  version=${version%"-$target.tar.gz"}
  folder=$home/$version-$checksum
  mkdir -p "$folder" || fail 1 "cannot make $folder"
  # What was downloaded before in this job is verified again: other steps can write there.
  if ! [ -f "$folder/$archive" ]; then
    download "$(base)/v$version/$archive" "$folder/$archive" || {
      warning "cannot download $(base)/v$version/$archive: tailguard is built from source"
      return 1
    }
  fi
  if [ "$(sha256 "$folder/$archive")" != "$checksum" ]; then
    rm -f "$folder/$archive"
    fail 1 "$archive has another checksum than action/checksums.txt says: it is not used"
  fi
  rm -f "$folder/tailguard"
  tar -xzf "$folder/$archive" -C "$folder" tailguard || fail 1 "cannot unpack $archive"
  bin=$folder/tailguard
}

# The target of this machine; false where there are no binaries for it.
target() {
  case ${RUNNER_OS:-}-${RUNNER_ARCH:-} in
    Linux-X64) echo x86_64-unknown-linux-musl ;;
    Linux-ARM64) echo aarch64-unknown-linux-musl ;;
    macOS-X64) echo x86_64-apple-darwin ;;
    macOS-ARM64) echo aarch64-apple-darwin ;;
    *)
      notice "there is no prebuilt tailguard for ${RUNNER_OS:-?} ${RUNNER_ARCH:-?}: it is built from source" >&2
      return 1
      ;;
  esac
}

# Where the releases lie. The runner keeps an action at _actions/OWNER/NAME/REF; its variables for
# that are empty in some versions.
base() {
  local repository=${INPUT_ACTION_REPOSITORY:-${GITHUB_REPOSITORY:-}} inside=${GITHUB_ACTION_PATH##*/_actions/}
  if [ -n "$INPUT_DOWNLOAD_BASE" ]; then
    echo "${INPUT_DOWNLOAD_BASE%/}"
    return
  fi
  if [ "$inside" != "$GITHUB_ACTION_PATH" ]; then
    repository=$(cut -d/ -f1-2 <<<"$inside")
  fi
  echo "${GITHUB_SERVER_URL:-https://github.com}/$repository/releases/download"
}

# download FROM TO
download() {
  local from=$1 to=$2 protocol
  case $from in
    https://*) protocol='=https' ;;
    file://*) protocol='=file' ;;
    http://127.0.0.1[:/]* | http://localhost[:/]*) protocol='=http' ;;
    *) fail 2 "the input download-base has to start with https:// or file://: $from" ;;
  esac
  if curl --fail --silent --show-error --location --proto "$protocol" --proto-redir "$protocol" \
    --retry 4 --retry-connrefused --connect-timeout 20 --max-time 300 --max-filesize 200000000 \
    --output "$to.part" -- "$from"; then
    mv "$to.part" "$to"
  else
    rm -f "$to.part"
    return 1
  fi
}

sha256() {
  if command -v sha256sum >/dev/null; then sha256sum "$1"; else shasum -a 256 "$1"; fi | cut -d' ' -f1
}

# Sets `bin` to one built from the action's own source.
build() {
  command -v cargo >/dev/null ||
    fail 1 "tailguard has to be built from source here, and there is no cargo: install Rust before this step, or pass the input bin"
  # From the action's folder, for the toolchain and the settings of the caller's are another project's.
  (cd "$GITHUB_ACTION_PATH" &&
    cargo install --locked --quiet --path . --root "$home/built" --target-dir "$home/target") ||
    fail 1 "cannot build tailguard from $GITHUB_ACTION_PATH"
  bin=$home/built/bin/tailguard
}

main
