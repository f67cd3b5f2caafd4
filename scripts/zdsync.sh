#!/bin/sh
# `zdsync` in the image: the bundle, with the plans it was released with where the project has none of its own.
here="$(dirname "$(readlink -f "$0")")"
if [ -z "${PLANS_FILE:-}" ] && [ ! -e plans.yml ]; then
  export PLANS_FILE="$here/../share/zdsync/plans.yml"
fi
exec bun "$here/../lib/zdsync/zdsync.js" "$@"
