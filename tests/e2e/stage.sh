# shellcheck shell=bash
# What every play on the stage needs, from the root of the checkout: the tools, the real binary, and
# where both are. TAILGUARD_BIN names another binary than target/debug/tailguard, which is built
# otherwise.
# shellcheck source=tests/tools.sh
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
