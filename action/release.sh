#!/usr/bin/env bash
# Packs a release as `run.sh` expects to find it.
#
#   action/release.sh version                   Cargo.toml's
#   action/release.sh pack TARGET BINARY DIST   DIST/tailguard-VERSION-TARGET.tar.gz, of Cargo.toml's version
#   action/release.sh checksums DIST            the lines of checksums.txt, for all archives there
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

version() {
  sed -n 's/^version = "\(.*\)"$/\1/p' "$root/Cargo.toml" | head -n 1
}

case ${1:-} in
  version) version ;;
  pack)
    target=$2 binary=$3 dist=$4
    folder=$(mktemp -d)
    trap 'rm -rf "$folder"' EXIT
    cp "$binary" "$folder/tailguard"
    chmod 755 "$folder/tailguard"
    cp "$root/README.md" "$root/LICENSE-MIT" "$root/LICENSE-APACHE" "$folder"
    mkdir -p "$dist"
    tar -czf "$dist/tailguard-$(version)-$target.tar.gz" -C "$folder" \
      tailguard README.md LICENSE-MIT LICENSE-APACHE
    ;;
  checksums)
    cd "$2"
    if command -v sha256sum >/dev/null; then
      sha256sum -- *.tar.gz
    else
      shasum -a 256 -- *.tar.gz
    fi
    ;;
  *)
    echo "usage: release.sh version | pack TARGET BINARY DIST | checksums DIST" >&2
    exit 2
    ;;
esac
