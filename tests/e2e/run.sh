#!/usr/bin/env bash
# The end-to-end test: the real binary against a stateful GitHub (npm `emulate`), each request checked
# against GitHub's own description (npm `@stoplight/prism-cli`). stories.py tells what is played.
#
#   tests/e2e/run.sh [WORD...]    plays the stories whose names contain a word; all without one
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=tests/e2e/stage.sh
. tests/e2e/stage.sh

exec python3 -B tests/e2e/stories.py "$@"
