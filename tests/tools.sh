# shellcheck shell=bash
# The tools of the tests that are not Rust's, each in the version that a caller names, in a cache
# directory: ${TAILGUARD_TOOLS:-target/tools}. Nothing is installed twice; a failed installation
# ends the caller with what the installer said.
#
#   . tests/tools.sh
#   tools_python zizmor==1.32.0 check-jsonschema==0.39.0   # then "$TOOLS_PYTHON/zizmor"
#   tools_npm emulate@0.12.2 @stoplight/prism-cli@5.14.2   # then "$TOOLS_NPM/emulate/dist/index.js"
#   tools_node                                             # then "$TOOLS_NODE" script.mjs
#
# TOOLS_PYTHON is the folder of a virtual environment's commands, TOOLS_NPM a `node_modules` folder,
# TOOLS_NODE a Node.js 24.

tools_root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
TOOLS=${TAILGUARD_TOOLS:-$tools_root/target/tools}
mkdir -p "$TOOLS" || exit 1
TOOLS=$(cd "$TOOLS" && pwd)
TOOLS_PYTHON=$TOOLS/python/bin
TOOLS_NPM=$TOOLS/npm/node_modules
TOOLS_NODE=$TOOLS/node24/node_modules/node/bin/node
TOOLS_NODE_VERSION=24.21.0
export TOOLS TOOLS_PYTHON TOOLS_NPM TOOLS_NODE

# Python packages, each as `name==version`, into one virtual environment.
tools_python() {
  tools_needs python3 "install Python 3.9 or newer with its venv module"
  tools_locked tools_install_python "$@"
}

# npm packages, each as `name@version`, into one `node_modules`.
tools_npm() {
  tools_needs npm "install Node.js 20 or newer"
  tools_locked tools_install_npm "$@"
}

# Node.js 24 itself, from the npm registry: some of the packages do not run on what distributions have.
tools_node() {
  tools_needs npm "install Node.js 20 or newer"
  tools_locked tools_install_node
}

tools_install_python() {
  local package missing=()
  if [ ! -x "$TOOLS_PYTHON/python" ]; then
    rm -rf "$TOOLS/python"
    tools_quietly python3 -m venv "$TOOLS/python" || return 1
  fi
  for package in "$@"; do
    case $package in
      *==*) ;;
      *) echo "error: $package names no version" >&2; return 1 ;;
    esac
    tools_has_python "$package" || missing+=("$package")
  done
  [ ${#missing[@]} -eq 0 ] && return
  tools_quietly "$TOOLS_PYTHON/python" -m pip install --disable-pip-version-check "${missing[@]}" ||
    return 1
  for package in "${missing[@]}"; do
    tools_has_python "$package" || { echo "error: pip did not install $package" >&2; return 1; }
  done
}

tools_has_python() {
  "$TOOLS_PYTHON/python" - "$1" <<'PYTHON'
import importlib.metadata, sys
name, version = sys.argv[1].split("==")
try:
    sys.exit(importlib.metadata.version(name) != version)
except importlib.metadata.PackageNotFoundError:
    sys.exit(1)
PYTHON
}

tools_install_npm() {
  local package missing=()
  for package in "$@"; do
    case $package in
      ?*@*) ;;
      *) echo "error: $package names no version" >&2; return 1 ;;
    esac
    tools_has_npm "$TOOLS/npm" "$package" || missing+=("$package")
  done
  [ ${#missing[@]} -eq 0 ] && return
  # An own package.json, or npm walks up and installs into somebody else's.
  mkdir -p "$TOOLS/npm"
  [ -f "$TOOLS/npm/package.json" ] || echo '{"private":true}' >"$TOOLS/npm/package.json"
  tools_quietly npm install --prefix "$TOOLS/npm" --save-exact --no-audit --no-fund \
    --loglevel=error "${missing[@]}" || return 1
  for package in "${missing[@]}"; do
    tools_has_npm "$TOOLS/npm" "$package" || { echo "error: npm did not install $package" >&2; return 1; }
  done
}

# tools_has_npm PREFIX NAME@VERSION
tools_has_npm() {
  local manifest=$1/node_modules/${2%@*}/package.json
  [ -f "$manifest" ] && grep -q "^ *\"version\": *\"${2##*@}\"" "$manifest"
}

tools_install_node() {
  if ! [ -x "$TOOLS_NODE" ] || [ "$("$TOOLS_NODE" --version)" != "v$TOOLS_NODE_VERSION" ]; then
    rm -rf "$TOOLS/node24"
    mkdir -p "$TOOLS/node24"
    echo '{"private":true}' >"$TOOLS/node24/package.json"
    tools_quietly npm install --prefix "$TOOLS/node24" --save-exact --no-audit --no-fund \
      --loglevel=error "node@$TOOLS_NODE_VERSION" || return 1
  fi
  [ "$("$TOOLS_NODE" --version)" = "v$TOOLS_NODE_VERSION" ] ||
    { echo "error: $TOOLS_NODE is not Node.js $TOOLS_NODE_VERSION" >&2; return 1; }
}

tools_needs() {
  command -v "$1" >/dev/null || { echo "error: no $1; $2" >&2; exit 1; }
}

# One installation at a time, for scripts that run side by side share the directory.
tools_locked() {
  local lock=$TOOLS/lock
  if command -v flock >/dev/null; then
    exec 9>"$lock"
    flock 9
  fi
  if ! "$@"; then
    echo "error: the tests' tools could not be installed: ${*:2}" >&2
    echo "hint: the lines above are the installer's; $TOOLS is a cache and can be removed" >&2
    exit 1
  fi
  exec 9>&-
}

# Installers are chatty when all is well; what they said is shown when it is not.
tools_quietly() {
  local log
  log=$(mktemp)
  if ! "$@" >"$log" 2>&1; then
    cat "$log" >&2
    rm -f "$log"
    return 1
  fi
  rm -f "$log"
}
