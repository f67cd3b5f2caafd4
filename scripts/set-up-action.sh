#!/usr/bin/env bash
# First step of every composite action (actions/*/action.yml): makes the pinned Bun and zdsync's dependencies available to the next
# one (scripts/zdsync.sh). Answers within a moment where an earlier action of the job did it already.
# BUN_VERSION is from the generated action.yml, RUNNER_TEMP the runner's. npm and Bun start in this clone: in the workspace they would
# obey its .npmrc, bunfig.toml and .env.
set -euo pipefail
root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
cd "$root"
unset BUN_OPTIONS BUN_INSPECT BUN_INSPECT_PRELOAD NODE_OPTIONS NODE_PATH

place="$RUNNER_TEMP/zdsync"
if [ "$("$place/bun" --version 2>/dev/null || true)" != "$BUN_VERSION" ]; then
  mkdir -p "$place"
  bun="$(command -v bun || true)"
  if [ "$("$bun" --version 2>/dev/null || true)" != "$BUN_VERSION" ]; then
    npm install --silent --ignore-scripts=false --no-audit --no-fund --no-save --prefix "$place" "bun@$BUN_VERSION"
    bun="$place/node_modules/.bin/bun"
  fi
  ln -sf "$(readlink -f "$bun")" "$place/bun"
fi

# The lock file decides what is installed, without the sandbox (a workspace), and no script of a dependency runs.
"$place/bun" install --frozen-lockfile --production --filter zdsync --ignore-scripts --silent
