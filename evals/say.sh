# shellcheck shell=bash
# What the scripts of this folder say, and how they fail.

fail() {
  printf 'error: %s\n' "$1" >&2
  [ -z "${2:-}" ] || printf 'hint: %s\n' "$2" >&2
  exit 1
}

say() { printf -- '-- %s\n' "$*" >&2; }
