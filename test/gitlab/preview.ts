import { cp, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stringify } from "yaml";
import { requireTool } from "../../scripts/check/machine-tools.ts";
import { type Ended, MACHINE_PATH, ROOT, runProgram } from "./programs.ts";

const GITLAB_CI_LOCAL = join(ROOT, "node_modules/gitlab-ci-local/dist/index.js");

/** A checkout with the files that others include, in which gitlab-ci-local reads configurations without running a job. */
export interface PreviewFolder extends AsyncDisposable {
  path: string;
  /** Merges a configuration and holds it against GitLab's CI schema; exit 1 where either finds something. */
  preview(config: unknown): Promise<Ended>;
}

/** Lays the files out and makes them a repository: gitlab-ci-local wants a commit. */
export async function previewFolder(): Promise<PreviewFolder> {
  requireTool("git");
  const path = await mkdtemp(join(tmpdir(), "zdsync-preview-"));
  await cp(join(ROOT, "templates"), join(path, "templates"), { recursive: true });
  await cp(join(ROOT, ".gitlab"), join(path, ".gitlab"), { recursive: true });
  const env = { PATH: MACHINE_PATH, HOME: path };
  const git = (...args: string[]) =>
    runProgram(["git", "-c", "user.name=test", "-c", "user.email=test@example.com", ...args], { cwd: path, env });
  await git("init", "--quiet");
  await git("add", "--all");
  const { exit, printed } = await git("commit", "--quiet", "--message", "files");
  if (exit !== 0) throw new Error(printed);
  return {
    path,
    async preview(config) {
      await writeFile(join(path, ".gitlab-ci.yml"), stringify(config));
      const flags = ["--preview", "--variable", "CI_PIPELINE_SOURCE=schedule", "--no-color"];
      const ignored = ["--ignore-predefined-vars", "CI_PIPELINE_SOURCE,FF_DISABLE_UMASK_FOR_DOCKER_EXECUTOR"];
      return runProgram([process.execPath, GITLAB_CI_LOCAL, ...flags, ...ignored], { cwd: path, env });
    },
    [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }),
  };
}
