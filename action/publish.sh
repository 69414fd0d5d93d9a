#!/usr/bin/env bash
# Publishes a release of the commit GITHUB_SHA: its checksums in a commit on top of it, the tag on that
# commit, the archives beside the tag. Through the API, so that no credentials lie in the checkout.
#
#   GH_TOKEN=… GITHUB_REPOSITORY=… GITHUB_SHA=… action/publish.sh TAG DIST
set -euo pipefail
tag=$1 dist=$2
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
api=repos/$GITHUB_REPOSITORY

archives=("$dist"/*.tar.gz)
if [ ${#archives[@]} != 4 ]; then
  echo "error: $dist holds ${#archives[@]} archives, not one for each of the 4 targets" >&2
  exit 1
fi
lines=$(mktemp)
cp "$here/checksums.txt" "$lines"
bash "$here/release.sh" checksums "$dist" >>"$lines"

tree=$(gh api "$api/git/trees" --jq .sha \
  -f "base_tree=$(gh api "$api/git/commits/$GITHUB_SHA" --jq .tree.sha)" \
  -f 'tree[][path]=action/checksums.txt' -f 'tree[][mode]=100644' -f 'tree[][type]=blob' \
  -F "tree[][content]=@$lines")
commit=$(gh api "$api/git/commits" --jq .sha -f "message=Name the binaries of $tag" \
  -f "tree=$tree" -f "parents[]=$GITHUB_SHA")
# Refused where the tag is there already: a release is never made twice.
gh api "$api/git/refs" --jq .ref -f "ref=refs/tags/$tag" -f "sha=$commit"
gh release create "$tag" "${archives[@]}" --repo "$GITHUB_REPOSITORY" --verify-tag \
  --title "$tag" --generate-notes
echo "use it as: $GITHUB_REPOSITORY@$commit # $tag"
