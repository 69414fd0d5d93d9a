#!/usr/bin/env bash
# The end-to-end test: the real binary against a stateful GitHub (npm `emulate`), each request checked
# against GitHub's own description (npm `@stoplight/prism-cli`). stories.py tells what is played.
#
#   tests/e2e/run.sh [WORD...]    plays the stories whose names contain a word; all without one
#
# TAILGUARD_BIN names another binary than target/debug/tailguard, which is built otherwise.
set -euo pipefail
cd "$(dirname "$0")/../.."
. tests/tools.sh

tools_node
tools_npm emulate@0.12.2 @stoplight/prism-cli@5.14.2
if [ -z "${TAILGUARD_BIN:-}" ]; then
  cargo build --locked --quiet
  TAILGUARD_BIN=${CARGO_TARGET_DIR:-target}/debug/tailguard
fi

export E2E_NODE=$TOOLS_NODE
export E2E_MODULES=$TOOLS_NPM
export E2E_OPENAPI=$PWD/tests/github/openapi/api.json
E2E_BINARY=$(realpath "$TAILGUARD_BIN")
export E2E_BINARY
exec python3 -B tests/e2e/stories.py "$@"
