import { cp, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { stringify } from "yaml";
import packageJson from "../../package.json";
import { bundle, TRYING } from "../../scripts/bundle.ts";
import { requireTool } from "../../scripts/check/machine-tools.ts";
import { PROGRAM } from "../../scripts/job-script.ts";
import { copiedFiles, parseDockerfile, target } from "./dockerfile.ts";
import { type Ended, folderWithBun, MACHINE_PATH, ROOT, runProgram } from "./programs.ts";

const GITLAB_CI_LOCAL = join(ROOT, "node_modules/gitlab-ci-local/dist/index.js");

/** The clone of the components at their tag, as gitlab-ci-local fetches it. */
const INCLUDES = "includes";

/** Set by GitLab in real pipelines, and here by us; without this list gitlab-ci-local prints a page about each. */
const PREDEFINED = [
  "CI_API_V4_URL",
  "CI_COMMIT_SHA",
  "CI_COMMIT_TAG",
  "CI_JOB_TOKEN",
  "CI_PIPELINE_ID",
  "CI_PIPELINE_SOURCE",
  "CI_PROJECT_ID",
  "FF_DISABLE_UMASK_FOR_DOCKER_EXECUTOR",
];

/**
 * What gitlab-ci-local needs to play a GitLab with this repository's components in the project `zdsync/zdsync`, tagged with the
 * present version: the contents of the image on a PATH (the shell executor ignores `image`), and a remote that is a local clone.
 */
export interface LocalGitLab {
  folder: string;
  /** Root of the image, as a folder. */
  image: string;
  /** Environment of gitlab-ci-local itself; jobs inherit it, so it holds nothing else. */
  env: Record<string, string>;
}

/** Makes it in a folder. Reads the working tree, not the last commit. */
export async function localGitLab(folder: string): Promise<LocalGitLab> {
  requireTool("git");
  // gitlab-ci-local copies with it, and ends with exit code 0 and jobs half done where it is missing.
  requireTool("rsync");
  const image = join(folder, "image");
  await bundle(join(folder, "context/dist"));
  await bundle(join(folder, "context/dist", TRYING), { sandbox: true });
  await cp(join(ROOT, "scripts"), join(folder, "context/scripts"), { recursive: true });
  const dockerfile = parseDockerfile(await Bun.file(join(ROOT, "Dockerfile")).text());
  for (const { source, target: place } of copiedFiles(target(dockerfile, "trying"), join(folder, "context")))
    await cp(join(folder, "context", source), join(image, place));
  await folderWithBun(join(image, "usr/local/bin"));
  const components = join(folder, "zdsync");
  await mkdir(components);
  for (const part of ["templates", ".gitlab", "README.md"]) {
    await cp(join(ROOT, part), join(components, part), { recursive: true });
    for (const file of await readdir(join(components, part), { recursive: true }).catch(() => []))
      if (file.endsWith(".yml")) await inImage(join(components, part, file), image);
  }
  const gitConfig = join(folder, "gitconfig");
  // gitlab-ci-local fetches from these addresses; git takes them from the clone.
  const remote = ["https://gitlab.com/zdsync/zdsync", "https://gitlab.com:443/zdsync/zdsync"];
  await writeFile(
    gitConfig,
    [
      "[user]\n\tname = Tester\n\temail = tester@example.com",
      "[init]\n\tdefaultBranch = main",
      `[url "file://${components}"]`,
      ...remote.flatMap((url) => [`\tinsteadOf = ${url}.git`, `\tinsteadOf = ${url}`]),
      "",
    ].join("\n"),
  );
  const env = {
    PATH: [join(image, "usr/local/bin"), MACHINE_PATH].join(":"),
    HOME: folder,
    GIT_CONFIG_GLOBAL: gitConfig,
    GIT_CONFIG_NOSYSTEM: "1",
  };
  await commit(components, env);
  await git(components, env, "tag", packageJson.version);
  await git(folder, env, "clone", "--quiet", "--branch", packageJson.version, `${remote[0]}.git`, INCLUDES);
  return { folder, image, env };
}

/** The shell executor knows no image: the absolute path of the program becomes the one where the image is laid out. */
async function inImage(file: string, image: string): Promise<void> {
  const text = await readFile(file, "utf8");
  await writeFile(file, text.replaceAll(PROGRAM, join(image, PROGRAM)));
}

/** How a pipeline is started. */
export interface PipelineStart {
  /** `CI_PIPELINE_SOURCE` */
  source: string;
  /** Variables of the pipeline, as a trigger or a person gives them. */
  variables?: Record<string, string>;
  /** Inputs of the pipeline (`spec:inputs` of its own file). */
  inputs?: Record<string, string>;
  /** Jobs that end with another code than 0, and with which one. `any`: the caller looks at every job itself. */
  exits?: Record<string, number> | "any";
}

/** How a pipeline ended. gitlab-ci-local itself ends with 0 where a failing job has `allow_failure`, whatever the job's code was. */
export interface PipelineEnded extends Ended {
  /** The exit code of each job that ran. */
  jobs: Record<string, number>;
}

/** A project that includes what this repository offers; a git repository with one commit. */
export class LocalProject {
  private constructor(
    private readonly gitlab: LocalGitLab,
    readonly folder: string,
  ) {}

  /** @param variables the project's CI/CD variables (settings and secrets) */
  static async create(
    gitlab: LocalGitLab,
    path: string,
    files: Readonly<Record<string, string>>,
    variables: Readonly<Record<string, string>>,
  ): Promise<LocalProject> {
    const folder = join(gitlab.folder, "projects", path);
    await mkdir(folder, { recursive: true });
    for (const [name, text] of Object.entries(files)) {
      await mkdir(dirname(join(folder, name)), { recursive: true });
      await writeFile(join(folder, name), text);
      if (name.endsWith(".yml")) await inImage(join(folder, name), gitlab.image);
    }
    await commit(folder, gitlab.env);
    await git(folder, gitlab.env, "remote", "add", "origin", `https://gitlab.com/${path}.git`);
    await git(folder, gitlab.env, "update-ref", "refs/remotes/origin/main", "HEAD");
    await git(folder, gitlab.env, "symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/main");
    await writeFile(join(folder, ".gitlab-ci-local-variables.yml"), stringify(variables));
    // Where two includes are of one project, gitlab-ci-local clones it twice at once, into one folder, and may fail of that.
    const includes = join(folder, ".gitlab-ci-local/includes/gitlab.com/zdsync/zdsync", packageJson.version);
    await cp(join(gitlab.folder, INCLUDES), includes, { recursive: true });
    return new LocalProject(gitlab, folder);
  }

  /** Another project with everything this one has, also what its pipelines left. */
  async copy(path: string): Promise<LocalProject> {
    const folder = join(this.gitlab.folder, "projects", path);
    await cp(this.folder, folder, { recursive: true });
    return new LocalProject(this.gitlab, folder);
  }

  /**
   * Runs a pipeline to its end; or only some of its jobs, each in what earlier runs left. Throws where a job ended otherwise than it
   * should (`exits`, else 0).
   */
  async run(start: PipelineStart, ...names: string[]): Promise<PipelineEnded> {
    const ended = await this.call(start, "--shell-isolation", "--no-artifacts-to-source", ...names);
    const jobs = exitCodesIn(ended.printed);
    const { exits = {} } = start;
    if (exits === "any") return { ...ended, jobs };
    const wrong = Object.entries(jobs).filter(([name, code]) => code !== (exits[name] ?? 0));
    const missing = Object.keys(exits).filter((name) => jobs[name] === undefined);
    if (wrong.length > 0 || missing.length > 0 || Object.keys(jobs).length === 0)
      throw new Error(
        `jobs ended with ${JSON.stringify(Object.fromEntries(wrong))}, missing: ${missing}\n${ended.printed}`,
      );
    return { ...ended, jobs };
  }

  /** The merged configuration, as YAML. Throws what gitlab-ci-local says of one that is wrong. */
  async preview(start: PipelineStart): Promise<string> {
    const { exit, out, printed } = await this.call(start, "--preview");
    if (exit !== 0) throw new Error(printed);
    return out.slice(out.indexOf("---\n"));
  }

  /** The jobs that a pipeline would have, rules applied. */
  async list(start: PipelineStart): Promise<string[]> {
    const { exit, out, printed } = await this.call(start, "--list-json");
    if (exit !== 0) throw new Error(printed);
    const jobs: { name: string; when: string }[] = JSON.parse(out.slice(out.search(/^\[/m)));
    return jobs.flatMap(({ name, when }) => (when === "never" ? [] : [name]));
  }

  /** Where the artifacts of a job lie. */
  artifacts(job: string): string {
    return join(this.folder, ".gitlab-ci-local/artifacts", job);
  }

  /** The dotenv report of a job, as its `needs` see it; empty where it left none. */
  async dotenv(job: string): Promise<Record<string, string>> {
    const file = join(this.artifacts(job), ".gitlab-ci-reports/dotenv/.zdsync/handoff.env");
    const text = await readFile(file, "utf8").catch(() => "");
    return Object.fromEntries(
      text.split("\n").flatMap((line) => {
        const [, name, value] = /^(\w+)=(.*)$/.exec(line) ?? [];
        return name ? [[name, value ?? ""]] : [];
      }),
    );
  }

  private call({ source, variables = {}, inputs = {} }: PipelineStart, ...args: string[]): Promise<Ended> {
    const given = { CI_PIPELINE_SOURCE: source, ...variables };
    return runProgram(
      [
        process.execPath,
        GITLAB_CI_LOCAL,
        "--cwd",
        relative(this.gitlab.folder, this.folder),
        "--force-shell-executor",
        "--no-color",
        ...Object.entries(given).flatMap(([name, value]) => ["--variable", `${name}=${value}`]),
        ...Object.entries(inputs).flatMap(([name, value]) => ["--input", `${name}=${JSON.stringify(value)}`]),
        "--ignore-predefined-vars",
        PREDEFINED.join(","),
        ...args,
      ],
      // Not in the project: its files must not speak to the Bun that gitlab-ci-local runs on.
      { cwd: this.gitlab.folder, env: this.gitlab.env },
    );
  }
}

/** Exit codes of jobs by name: `JOB finished in 5 s`, or `JOB finished in 5 s  FAIL 1`. */
function exitCodesIn(printed: string): Record<string, number> {
  const lines = printed.matchAll(/^(\S+) +finished in [\d.]+ \w+(?: +(?:FAIL|WARN) (\d+))? *$/gm);
  const codes = [...lines].map(([, job = "", code = "0"]) => [job, Number(code)] as const);
  // The last of these lines is about the whole pipeline.
  return Object.fromEntries(codes.filter(([job]) => job !== "pipeline"));
}

async function commit(folder: string, env: Record<string, string>): Promise<void> {
  await git(folder, env, "init", "--quiet");
  await git(folder, env, "add", "--all");
  await git(folder, env, "commit", "--quiet", "--message", "All");
}

async function git(folder: string, env: Record<string, string>, ...args: string[]): Promise<void> {
  const { exit, printed } = await runProgram(["git", ...args], { cwd: folder, env });
  if (exit !== 0) throw new Error(`git ${args[0]} failed: ${printed}`);
}
