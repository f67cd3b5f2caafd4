# What the jobs of the GitLab components run in: Bun and the bundle, nothing else of ours and no node_modules.
#   bun run bundle && docker build -t zdsync .
# With the sandbox, for `zdsync demo`, `zdsync sandbox` and the tests of the components:
#   bun run bundle && docker build --target trying -t zdsync:trying .
# Debian slim, not distroless: GitLab's runners need a shell in a job's image. The release adds the digest to the tag:
#   docker build --build-arg BUN_IMAGE=oven/bun:1.4.5-slim@sha256:… .
ARG BUN_IMAGE=oven/bun:1.4.5-slim
# The image that the one for trying adds the sandbox to: another one (a released one) instead of what is built here.
ARG PROGRAM=program
FROM ${BUN_IMAGE} AS program

COPY --chmod=0444 dist/*.js /usr/local/lib/zdsync/
COPY --chmod=0444 dist/plans.yml /usr/local/share/zdsync/plans.yml
# Takes the plans above where neither PLANS_FILE is set nor the project has a plans.yml.
COPY --chmod=0555 scripts/zdsync.sh /usr/local/bin/zdsync

# Uid 1000, made by the base image.
USER bun
WORKDIR /home/bun

# The base image's entry stays: it runs any command that is on the PATH, also the shell that a GitLab runner starts.
CMD ["zdsync", "--help"]

FROM ${PROGRAM} AS trying
COPY --chmod=0444 dist/trying/*.js /usr/local/lib/zdsync-trying/

# Last, so that it is what is built where no target is named. It carries no sandbox.
FROM program AS zdsync
