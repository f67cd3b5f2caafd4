#!/bin/sh
# `zdsync` in the image: the bundle, with the plans it was released with where the project has none of its own. A GitHub action starts
# its stage by the same file in the clone that the runner made of this repository: `zdsync.sh STAGE`, inputs in the environment.
#
# In a job, variables may come from earlier jobs and files from the checkout. Bun obeys both: BUN_OPTIONS and BUN_INSPECT_PRELOAD run
# any code, and so do bunfig.toml and tsconfig.json (its `paths` replace imports) where Bun is started; .env sets what is not
# set. So programs are found by fixed paths, variables for Bun, the loader and TLS are cleared, and Bun starts in the bundle's folder;
# zdsync itself goes on in the job's (docs/decisions/0019-jobs-do-not-trust-each-other.md).
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
export PATH
here="$(dirname "$(readlink -f "$0")")"

# Certificates that a project adds as a file variable lie beside the checkout, never in it.
certificates="$(readlink -f "${NODE_EXTRA_CA_CERTS:-/nowhere}")"
case "$certificates" in "$(pwd -P)"/*) certificates=/nowhere ;; esac

for name in $(env | sed -nE 's/^((BUN|NODE|NPM|npm|JSC|LD|DYLD|GLIBC|MALLOC|SSL|OPENSSL|XDG)[A-Za-z0-9_]*)=.*/\1/p'); do
  unset "$name"
done
if [ -f "$certificates" ]; then export NODE_EXTRA_CA_CERTS="$certificates"; fi
# As the base image has it: no code from a cache that others can write.
export BUN_RUNTIME_TRANSPILER_CACHE_PATH=0

if [ -e "$here/set-up-action.sh" ]; then
  program="$here/.." plans="$here/../plans.yml"
  # Put there by set-up-action.sh. RUNNER_TEMP is the runner's: no step of a job can set it for the next.
  if [ -e "$program/actions/$1/main.ts" ]; then
    set -- "$RUNNER_TEMP/zdsync/bun" "actions/$1/main.ts"
  else
    set -- "$RUNNER_TEMP/zdsync/bun" bin/zdsync.ts "$@"
  fi
else
  program="$here/../lib/zdsync" plans="$here/../share/zdsync/plans.yml"
  # In the image for trying, beside the very program that runs against customers.
  case "${1:-}" in demo | sandbox) if [ -e "$program-trying" ]; then program="$program-trying"; fi ;; esac
  set -- "$here/bun" zdsync.js "$@"
fi
if [ -z "${PLANS_FILE:-}" ] && [ ! -e plans.yml ]; then
  export PLANS_FILE="$plans"
fi
ZDSYNC_WORKING_DIRECTORY="$(pwd)"
export ZDSYNC_WORKING_DIRECTORY
cd "$program" || exit 1
exec "$@"
