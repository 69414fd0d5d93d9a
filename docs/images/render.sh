#!/bin/sh
# Renders docs/images/comment.png: the comment for the slower results of the quickstart.
# Needs chromium, fonts-liberation and fonts-noto-color-emoji (Debian packages).
set -eu

cd "$(dirname "$0")/../.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# A gate that fails exits with 10; anything else is no report of the slowdown.
status=0
cargo run -q -- check --config examples/quickstart/tailguard.toml --format json >"$work/report.json" || status=$?
[ "$status" -eq 10 ] || { echo "render.sh: the quickstart ended with $status, expected 10" >&2; exit 1; }
cargo run -q --example comment_page <"$work/report.json" >"$work/page.html"

browse() {
  timeout 60 chromium --headless --no-sandbox --disable-gpu --hide-scrollbars \
    --user-data-dir="$work/profile" "$@" "file://$work/page.html" 2>"$work/log" ||
    { cat "$work/log" >&2; exit 1; }
}

# A screenshot shows the window, so the window gets the height of the page.
height=$(browse --window-size=1072,800 --dump-dom | sed -n 's/.*data-height="\([0-9]*\)".*/\1/p')
browse --window-size="1072,$height" --force-device-scale-factor=1.5 \
  --screenshot="$work/comment.png"
mv "$work/comment.png" docs/images/comment.png
