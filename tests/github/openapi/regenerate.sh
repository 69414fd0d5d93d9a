#!/usr/bin/env bash
# Makes api.json anew from npm's @octokit/openapi. It is large (385 MB), so it goes into a cache:
# $TAILGUARD_CACHE, or tailguard/ in the user's cache directory.
set -euo pipefail
cd "$(dirname "$0")"

version=23.0.2
cache=${TAILGUARD_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/tailguard}
package=$cache/node_modules/@octokit/openapi

if ! grep -qs "\"version\": \"$version\"" "$package/package.json"; then
  mkdir -p "$cache"
  npm install --prefix "$cache" --no-save --no-audit --no-fund --ignore-scripts "@octokit/openapi@$version"
fi
node slim.mjs "$package/generated/api.github.com.json" keep.json api.json
{
  echo "api.json is cut from the description of GitHub's REST API in npm's @octokit/openapi $version,"
  echo "which is under this licence:"
  echo
  cat "$package/LICENSE"
} > LICENSE
