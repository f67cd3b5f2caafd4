#!/usr/bin/env bash
# First step of every composite action (actions/*/action.yml): makes the pinned Bun, zdsync's dependencies and its plans
# available to the next step. Answers within a moment where an earlier action of the job did it already.
# BUN_VERSION is from the generated action.yml; RUNNER_TEMP, GITHUB_PATH and GITHUB_ENV are the runner's.
set -euo pipefail
root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"

if [ "$(bun --version 2>/dev/null || true)" != "$BUN_VERSION" ]; then
  folder="$RUNNER_TEMP/zdsync-bun-$BUN_VERSION"
  npm install --silent --ignore-scripts=false --no-audit --no-fund --no-save --prefix "$folder" "bun@$BUN_VERSION"
  echo "$folder/node_modules/.bin" >> "$GITHUB_PATH"
  PATH="$folder/node_modules/.bin:$PATH"
fi

# The lock file decides what is installed, and no script of a dependency runs.
bun install --cwd "$root" --frozen-lockfile --production --ignore-scripts --silent

# Where the workflow has no plans of its own, they are those that came with this version.
if [ -z "${PLANS_FILE:-}" ] && [ ! -e plans.yml ]; then
  echo "PLANS_FILE=$root/plans.yml" >> "$GITHUB_ENV"
fi
