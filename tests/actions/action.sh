#!/usr/bin/env bash
# Runs action.yml step by step, against what it promises. TAILGUARD_BIN names a tailguard, to be run in
# it as well.
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=tests/tools.sh
. tests/tools.sh
tools_python ruamel.yaml==0.19.1
PYTHONDONTWRITEBYTECODE=1 "$TOOLS_PYTHON/python" tests/actions/action.py
