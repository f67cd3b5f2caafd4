# What the jobs of the GitLab components run in: Bun and the bundle, nothing else of ours and no node_modules.
#   bun run bundle && docker build -t zdsync .
# Debian slim, not distroless: GitLab's runners need a shell in a job's image. The release adds the digest to the tag:
#   docker build --build-arg BUN_IMAGE=oven/bun:1.4.5-slim@sha256:… .
ARG BUN_IMAGE=oven/bun:1.4.5-slim
FROM ${BUN_IMAGE}

COPY --chmod=0555 dist/zdsync.js /usr/local/bin/zdsync
COPY --chmod=0444 dist/plans.yml /usr/local/share/zdsync/plans.yml

# The plans that zdsync was released with. A project with plans of its own sets PLANS_FILE: a CI variable wins over this one.
ENV PLANS_FILE=/usr/local/share/zdsync/plans.yml

# Uid 1000, made by the base image.
USER bun
WORKDIR /home/bun

# The base image's entry stays: it runs any command that is on the PATH, also the shell that a GitLab runner starts.
CMD ["zdsync", "--help"]
