import type { Problem } from "../../errors.ts";
import type { Environment } from "../../settings/environment.ts";

/** Folder for the files of a job that GitLab itself reads: dotenv, JUnit, annotations, and the list of files handed over. */
export const CI_FOLDER = ".zdsync";

/** Ways to pass files from one project to the next: as artifacts of the job that made them, or through the package registry. */
export const TRANSPORTS = ["artifacts", "packages"] as const;
export type Transport = (typeof TRANSPORTS)[number];

/** Whose orders a job obeys: those of its component's inputs, or also those that come down a chain of projects as variables. */
export const ORDERS = ["own", "chain"] as const;

/** The variable by which the first project of a chain hands down one of its inputs: `at-most` → `ZDSYNC_ORDER_AT_MOST`. */
export function orderVariable(input: string): string {
  return `ZDSYNC_ORDER_${input.toUpperCase().replaceAll("-", "_")}`;
}

/** A GitLab job as described by GitLab's predefined variables. Without a token nothing can be requested of GitLab. */
export interface CiJob {
  /** `https://gitlab.example.com/api/v4` */
  apiUrl: string;
  projectId: string;
  pipelineId: string;
  jobId: string;
  jobUrl: string;
  token: string | null;
  transport: Transport;
  /** True if the job is part of a chain: it obeys the variables handed down, and hands them on. */
  inChain: boolean;
}

/** Reads what GitLab sets in every job, or null outside of one; what is wrong is added to `problems`. */
export function ciJob(env: Environment, problems: Problem[]): CiJob | null {
  if (!env.CI_JOB_ID || !env.CI_PROJECT_ID) return null;
  for (const name of ["CI_JOB_ID", "CI_PROJECT_ID", "CI_PIPELINE_ID"])
    if (!/^\d{1,18}$/.test(env[name] ?? "")) problems.push({ where: name, what: "expected a number" });
  const transport = TRANSPORTS.find((one) => one === (env.ZDSYNC_TRANSPORT || "artifacts"));
  if (!transport) problems.push({ where: "ZDSYNC_TRANSPORT", what: `expected one of ${TRANSPORTS.join(", ")}` });
  return {
    apiUrl: apiUrlIn(env, problems),
    projectId: env.CI_PROJECT_ID,
    pipelineId: env.CI_PIPELINE_ID ?? "",
    jobId: env.CI_JOB_ID,
    jobUrl: env.CI_JOB_URL ?? "",
    token: env.CI_JOB_TOKEN || null,
    transport: transport ?? "artifacts",
    inChain: env.ZDSYNC_ORDERS === "chain",
  };
}

/** The job's token is sent there: over a network never in the clear. */
function apiUrlIn(env: Environment, problems: Problem[]): string {
  const text = (env.CI_API_V4_URL ?? "").replace(/\/+$/, "");
  if (text === "") return "";
  const url = URL.canParse(text) ? new URL(text) : null;
  const local = /^(?:127\.0\.0\.1|localhost|\[::1\])$/.test(url?.hostname ?? "");
  if (url?.protocol === "https:" || (url?.protocol === "http:" && local)) return text;
  problems.push({ where: "CI_API_V4_URL", what: "expected an https:// URL: the job's token is sent there" });
  return "";
}
