#!/bin/sh
# Gives an image another name in the registry and proves that it is still the same one: copy-image.sh REPOSITORY DIGEST NAME:TAG
set -eu
# Without prefer-index=false an image of one platform would get an index around it, and with it another digest.
docker buildx imagetools create --prefer-index=false --tag "$3" "$1@$2"
now=$(docker buildx imagetools inspect --format '{{.Manifest.Digest}}' "$3")
if [ "$now" != "$2" ]; then
  echo "error: $3 is $now, expected $2" >&2
  exit 1
fi
echo "$3 is $2"
