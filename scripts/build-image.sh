#!/bin/sh
# In CI: makes this commit's image testable as $CI_REGISTRY_IMAGE/test:$CI_COMMIT_SHA, the only repository that pipelines of merge
# requests may push to, and leaves its digest in the file image-digest. On a version's tag it is not built: the released image is
# the one that was built on the default branch; it must hold just the files that this commit's bundle has. The image for trying is
# that image with the sandbox ($CI_REGISTRY_IMAGE/test/trying, trying-digest): components are tested in it.
set -eu
here=$(dirname "$0")
test_image="$CI_REGISTRY_IMAGE/test:$CI_COMMIT_SHA"
trying_image="$CI_REGISTRY_IMAGE/test/trying:$CI_COMMIT_SHA"

if [ -n "${CI_COMMIT_TAG:-}" ]; then
  digest=$(cat released-digest)
  image="$CI_REGISTRY_IMAGE@$digest"
  docker pull --quiet "$image"
  # Sorted: the names of the bundle's parts come from what is in them, and each machine sorts names in its own way.
  ours=$(sha256sum dist/*.js dist/plans.yml scripts/zdsync.sh | cut -d' ' -f1 | sort)
  theirs=$(docker run --rm "$image" sh -c 'sha256sum /usr/local/lib/zdsync/* /usr/local/share/zdsync/plans.yml /usr/local/bin/zdsync' | cut -d' ' -f1 | sort)
  if [ "$ours" != "$theirs" ]; then
    echo "error: released-image.json pins $digest, whose program is not the one of this commit. Pin the image that keep-image kept for the commit before the pin." >&2
    exit 1
  fi
  "$here/copy-image.sh" "$CI_REGISTRY_IMAGE" "$digest" "$test_image"
else
  # What the base image's tag means today is written down in a label, also where it has no digest yet.
  docker pull --quiet "$BUN_IMAGE"
  base=$(docker image inspect --format '{{index .RepoDigests 0}}' "$BUN_IMAGE")
  docker build --build-arg BUN_IMAGE="$base" --label org.opencontainers.image.revision="$CI_COMMIT_SHA" \
    --label org.opencontainers.image.base.digest="${base#*@}" --tag "$test_image" .
  image=$test_image
  docker push --quiet "$test_image"
  digest=$(docker image inspect --format '{{index .RepoDigests 0}}' "$test_image" | cut -d@ -f2)
fi
docker build --target trying --build-arg PROGRAM="$image" --label org.opencontainers.image.base.digest="$digest" \
  --tag "$trying_image" .
docker run --rm "$trying_image" zdsync demo --accounts 150
docker push --quiet "$trying_image"
docker image inspect --format '{{index .RepoDigests 0}}' "$trying_image" | cut -d@ -f2 > trying-digest
echo "$digest" > image-digest
