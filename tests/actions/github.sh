#!/usr/bin/env bash
# Runs action.yml step by step with the real binary on the stage of the end-to-end test.
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=tests/e2e/stage.sh
. tests/e2e/stage.sh

tools_python ruamel.yaml==0.19.1
exec "$TOOLS_PYTHON/python" -B tests/actions/github.py
