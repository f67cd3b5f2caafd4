import { randomBytes } from "node:crypto";
import { cp } from "node:fs/promises";
import { join } from "node:path";
import { parse } from "yaml";
import { type JobStore, serveJobApi } from "./job-api.ts";
import { type LocalGitLab, LocalProject } from "./local-gitlab.ts";

/** How a pipeline of one project ended. */
export interface PipelineEnd {
  project: string;
  source: string;
  /** Exit codes of jobs by name. A job that starts a project ends with 0 when that project's pipeline passed, else with 1. */
  jobs: Record<string, number>;
  printed: string;
}

interface TriggerJob {
  script?: string[];
  needs?: (string | { job: string })[];
  rules?: { if: string }[];
  variables?: Record<string, string | { value: string }>;
  trigger: {
    project: string;
    strategy?: string;
    forward?: { yaml_variables?: boolean; pipeline_variables?: boolean };
  };
}

/**
 * What gitlab-ci-local leaves out of a chain of projects: jobs that start another project's pipeline and wait for it, and the
 * API by which a job fetches files of another project's job. The jobs themselves are run by gitlab-ci-local.
 */
export class GitLabDriver implements AsyncDisposable {
  private readonly projects = new Map<string, { id: number; project: LocalProject }>();
  private nextId = 100;
  /** Pipelines in the order in which they ended. */
  readonly ended: PipelineEnd[] = [];
  /** Called after a job ended and its artifacts are stored, before anything is started that needs them. */
  afterJob: (job: { project: string; job: string; folder: string }) => Promise<void> = async () => {};

  private constructor(
    private readonly gitlab: LocalGitLab,
    readonly store: JobStore,
    private readonly api: { url: string; stop(): Promise<void> },
  ) {}

  static start(gitlab: LocalGitLab): GitLabDriver {
    const store: JobStore = {
      tokens: new Map(),
      artifacts: new Map(),
      packages: new Map(),
      refuses: new Set(),
      fetched: [],
    };
    return new GitLabDriver(gitlab, store, serveJobApi(store));
  }

  /** Adds a project with its `.gitlab-ci.yml` and its CI/CD variables. */
  async addProject(path: string, configuration: string, variables: Record<string, string>): Promise<void> {
    const files = { ".gitlab-ci.yml": configuration };
    const project = await LocalProject.create(this.gitlab, path, files, variables);
    this.projects.set(path, { id: this.nextId++, project });
  }

  projectId(path: string): number {
    return this.projects.get(path)?.id ?? 0;
  }

  /** Where the artifacts of a job of a project's last pipeline lie. */
  artifacts(path: string, job: string): string {
    return this.projects.get(path)?.project.artifacts(job) ?? "";
  }

  /** What a job of a project's last pipeline handed on: `PROJECT-ID:JOB-ID:SHA-256`. */
  async handOverOf(path: string, job: string): Promise<string> {
    const variables = (await this.projects.get(path)?.project.dotenv(job)) ?? {};
    return Object.entries(variables).find(([name]) => name.endsWith("_HANDOVER"))?.[1] ?? "";
  }

  /** Runs a pipeline and everything it starts, to the end. */
  async run(path: string, source: string, variables: Record<string, string> = {}): Promise<PipelineEnd> {
    const { id, project } = this.projects.get(path) ?? {};
    if (!id || !project) throw new Error(`there is no project ${path} to start`);
    const pipelineId = String(this.nextId++);
    const token = `glcbt-${randomBytes(12).toString("hex")}`;
    this.store.tokens.set(token, id);
    const predefined = {
      CI_PROJECT_ID: String(id),
      CI_PIPELINE_ID: pipelineId,
      CI_API_V4_URL: this.api.url,
      CI_JOB_TOKEN: token,
    };
    const start = { source, variables: { ...variables, ...predefined } };
    const configuration = parse(await project.preview(start)) as Record<string, Partial<TriggerJob>>;
    const { printed, jobs: ran } = await project.run({ ...start, exits: "any" });
    const triggers = Object.entries(configuration).flatMap(([name, job]) =>
      isTrigger(job) && applies(job, source) ? [[name, job] as const] : [],
    );
    // gitlab-ci-local reports jobs that start a project as passed, without doing anything.
    const jobs = Object.fromEntries(Object.entries(ran).filter(([name]) => configuration[name]?.script));
    const end: PipelineEnd = { project: path, source, jobs, printed };
    const dotenv = await this.keepArtifacts(path, project, id, Object.keys(jobs));
    // A token is of one job, and ends with it.
    this.store.tokens.delete(token);
    await Promise.all(
      triggers.map(async ([name, job]) => {
        const needs = (job.needs ?? []).map((need) => (typeof need === "string" ? need : need.job));
        if (!needs.every((need) => passed(jobs[need]))) return;
        const known = { ...predefined, ...Object.assign({}, ...needs.map((need) => dotenv.get(need) ?? {})) };
        jobs[name] = (await this.trigger(job, variables, known)) ? 0 : 1;
      }),
    );
    this.ended.push(end);
    return end;
  }

  private async trigger(
    { trigger, variables = {} }: TriggerJob,
    pipelineVariables: Record<string, string>,
    known: Record<string, string>,
  ): Promise<boolean> {
    const own = Object.entries(variables).map(([name, value]) => [
      name,
      expand(typeof value === "string" ? value : value.value, known),
    ]);
    const down = await this.run(trigger.project, "pipeline", {
      ...(trigger.forward?.pipeline_variables === true ? pipelineVariables : {}),
      ...(trigger.forward?.yaml_variables === false ? {} : Object.fromEntries(own)),
    });
    if (!/^(?:mirror|depend)$/.test(trigger.strategy ?? ""))
      throw new Error("a trigger job without strategy would not wait: the lock of the chain would be released");
    return Object.values(down.jobs).every(passed);
  }

  private async keepArtifacts(path: string, project: LocalProject, id: number, jobs: readonly string[]) {
    const dotenv = new Map<string, Record<string, string>>();
    for (const job of jobs) {
      const variables = await project.dotenv(job);
      dotenv.set(job, variables);
      const [, handOver = ""] = Object.entries(variables).find(([name]) => name.endsWith("_HANDOVER")) ?? [];
      const [, jobId] = handOver.split(":");
      if (!jobId) continue;
      // A folder for each job id: the next pipeline of the project must not replace what this one left.
      const folder = join(this.gitlab.folder, "artifacts", String(id), jobId);
      await cp(project.artifacts(job), folder, { recursive: true });
      await this.afterJob({ project: path, job, folder });
      this.store.artifacts.set(`${id}/${jobId}`, folder);
    }
    return dotenv;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.api.stop();
  }
}

/** The two forms of rule that trigger jobs have here. */
function applies({ rules }: TriggerJob, source: string): boolean {
  return (rules ?? []).some((rule) => {
    const [, equal] = /^\$CI_PIPELINE_SOURCE == "(\w+)"$/.exec(rule.if) ?? [];
    const [, pattern] = /^\$CI_PIPELINE_SOURCE =~ \/(.+)\/$/.exec(rule.if) ?? [];
    if (equal === undefined && pattern === undefined) throw new Error(`cannot judge the rule ${rule.if}`);
    return equal === source || (pattern !== undefined && new RegExp(pattern).test(source));
  });
}

/** As GitLab expands a trigger job's variables before it passes them on: an unknown one is empty. */
function expand(text: string, known: Record<string, string>): string {
  return text.replaceAll(/\$(\w+)/g, (_, name: string) => known[name] ?? "");
}

function isTrigger(job: Partial<TriggerJob>): job is TriggerJob {
  return job.trigger?.project !== undefined;
}

/** Whether what needs a job goes on: 3 is allowed (some records failed). */
function passed(code: number | undefined): boolean {
  return code === 0 || code === 3;
}
