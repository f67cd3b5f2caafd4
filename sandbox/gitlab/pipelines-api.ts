import { decoded, insufficientScope, json, message, modelErrors, parameterError, revokedToken } from "./answers.ts";
import { type InputValues, inputsOfForm } from "./pipeline-inputs.ts";
import { chosen, paged } from "./pipeline-lists.ts";
import type { GitLabUser, PipelineState, PipelineStore, Source } from "./pipeline-store.ts";
import { jobEntity, pipelineEntity, pipelineRow, type Whereabouts } from "./pipeline-wire.ts";
import { type AccessToken, callerOf, tokenEntity } from "./tokens.ts";

/** A private project with pipelines. */
export interface PipelineProject {
  project: { id: number; path: string };
  /** Branches that exist. */
  refs: string[];
  tokens: AccessToken[];
  /** Can start pipelines, and nothing else, as its owner. */
  trigger: { token: string; owner: GitLabUser };
  store: PipelineStore;
  baseUrl: () => string;
}

const PROJECT_ROUTE = /^\/api\/v4\/projects\/([^/]+)\/(.+)$/;

/** Answers what belongs to pipelines, or null where the request is about something else. */
export async function answerPipelines(api: PipelineProject, request: Request): Promise<Response | null> {
  const url = new URL(request.url);
  if (url.pathname === "/api/v4/personal_access_tokens/self") return self(api, request);
  const [, project, rest] = PROJECT_ROUTE.exec(url.pathname) ?? [];
  if (project === undefined || rest === undefined) return null;
  const route = `${request.method === "HEAD" ? "GET" : request.method} ${rest}`;
  if (!/^(?:GET|POST) (?:trigger\/pipeline|pipelines?(?:\/|$)|jobs\/)/.test(route)) return null;
  const asked = decoded(project);
  const known = asked === String(api.project.id) || asked.toLowerCase() === api.project.path.toLowerCase();
  if (route === "POST trigger/pipeline") return known ? trigger(api, request) : message(404, "Not Found");
  return guarded(api, request, known, () => dispatch(api, request, route, url));
}

function self({ tokens }: PipelineProject, { headers, method }: Request): Response {
  const caller = callerOf(headers, tokens);
  if (method !== "GET" || caller.is !== "known") return message(401, "Unauthorized");
  const reads = caller.token.scopes.some((scope) => scope === "api" || scope === "read_api");
  return reads ? json(200, tokenEntity(caller.token)) : insufficientScope("api read_api");
}

/** What GitLab answers instead, in the order in which it looks at things: token, scope, project. */
async function guarded(
  api: PipelineProject,
  request: Request,
  known: boolean,
  answer: () => Promise<Response> | Response,
): Promise<Response> {
  const caller = callerOf(request.headers, api.tokens);
  const writes = request.method === "POST";
  if (caller.is === "stranger") return caller.bearer ? revokedToken() : message(401, "Unauthorized");
  if (caller.is === "anonymous") return writes ? message(401, "Unauthorized") : message(404, "Project Not Found");
  const { scopes, projects } = caller.token;
  if (!scopes.includes("api") && (writes || !scopes.includes("read_api")))
    return insufficientScope(writes ? "api" : "api read_api");
  if (!known || !projects.includes(api.project.id)) return message(404, "Project Not Found");
  return answer();
}

async function dispatch(api: PipelineProject, request: Request, route: string, url: URL): Promise<Response> {
  const where: Whereabouts = { baseUrl: api.baseUrl(), project: api.project };
  if (route === "POST pipeline") return createByApi(api, request);
  if (route === "GET pipelines") {
    const found = chosen(api.store.all(), url.searchParams);
    return found instanceof Response
      ? found
      : paged(
          found.map((one) => pipelineRow(one, where)),
          url,
        );
  }
  const [, jobId, path] = /^GET jobs\/(\d+)\/artifacts\/(.+)$/.exec(route) ?? [];
  if (jobId !== undefined && path !== undefined) return artifact(api, Number(jobId), path);
  const [, method, id, what = ""] = /^(GET|POST) pipelines\/(\d+)(?:\/(\w+))?$/.exec(route) ?? [];
  const pipeline = id === undefined ? undefined : api.store.find(Number(id));
  if (!pipeline) return message(404, "Not Found");
  if (method === "GET" && what === "") return json(200, pipelineEntity(pipeline, where));
  if (method === "GET" && what === "jobs") return jobs(pipeline, url, where);
  if (method === "GET" && what === "bridges") return paged([], url);
  if (method === "POST" && what === "cancel") {
    api.store.cancel(pipeline);
    return json(200, pipelineEntity(pipeline, where));
  }
  return message(404, "Not Found");
}

function jobs(pipeline: PipelineState, url: URL, where: Whereabouts): Response {
  const all = url.searchParams.get("include_retried") === "true";
  const rows = pipeline.jobs.filter((job) => all || !job.retried).sort((one, other) => other.id - one.id);
  return paged(
    rows.map((job) => jobEntity(job, pipeline, where)),
    url,
  );
}

/** There are artifacts once the job has ended: they are uploaded after its script. */
function artifact({ store }: PipelineProject, jobId: number, path: string): Response {
  const job = store.job(jobId);
  const bytes = job?.finishedAt ? job.artifacts.get(decoded(path)) : undefined;
  if (!bytes) return message(404, "Not Found");
  const type = path.endsWith(".json") ? "application/json" : "text/plain";
  return new Response(bytes, { headers: { "content-type": type, "content-length": String(bytes.length) } });
}

/** With a trigger token in the body, never in the address; whoever has none is told that there is nothing. */
async function trigger(api: PipelineProject, request: Request): Promise<Response> {
  // GitLab's guard against a pipeline whose webhook starts a pipeline.
  if (request.headers.get("x-gitlab-event") === "Pipeline Hook") return message(403, "Forbidden");
  const body = await bodyOf(api, request);
  if (!body) return parameterError("ref is missing", "ref is empty", "token is missing");
  const problems = [...presence("ref", body.ref), ...(body.token === undefined ? ["token is missing"] : [])];
  if (problems.length > 0) return parameterError(...problems);
  if (!Object.values(body.variables).every((value) => typeof value === "string"))
    return json(400, { message: "variables needs to be a map of key-valued strings" });
  if (body.token !== api.trigger.token) return message(404, "Not Found");
  const variables = Object.entries(body.variables).map(([key, value]) => ({ key, value: String(value) }));
  return create(api, { ...body, variables, source: "trigger", user: api.trigger.owner });
}

async function createByApi(api: PipelineProject, request: Request): Promise<Response> {
  const caller = callerOf(request.headers, api.tokens);
  const body = await bodyOf(api, request);
  const problems = presence("ref", body?.ref);
  if (!body || problems.length > 0 || caller.is !== "known") return parameterError(...problems);
  return create(api, { ...body, variables: [], source: "api", user: caller.token.user });
}

function presence(name: string, value: unknown): string[] {
  if (value === undefined) return [`${name} is missing`, `${name} is empty`];
  return value === "" ? [`${name} is empty`] : [];
}

function create(
  api: PipelineProject,
  asked: {
    ref?: unknown;
    inputs: InputValues;
    variables: { key: string; value: string }[];
    source: Source;
    user: GitLabUser;
  },
): Response {
  const ref = String(asked.ref);
  if (!api.refs.includes(ref)) return modelErrors(["Reference not found"]);
  const made = api.store.create({ ...asked, ref });
  if ("errors" in made) return modelErrors(made.errors);
  return json(201, pipelineEntity(made, { baseUrl: api.baseUrl(), project: api.project }));
}

interface PipelineBody {
  ref?: unknown;
  token?: unknown;
  inputs: InputValues;
  variables: Record<string, unknown>;
}

/** JSON, or a form with `inputs[name]` and `variables[KEY]`; null where it is neither. */
async function bodyOf({ store }: PipelineProject, request: Request): Promise<PipelineBody | null> {
  const type = request.headers.get("content-type") ?? "";
  if (/^application\/json\b/i.test(type)) {
    const body = objectOf(parsed(await request.text()));
    return body && { ...body, inputs: objectOf(body.inputs) ?? {}, variables: objectOf(body.variables) ?? {} };
  }
  const form = /^multipart\/form-data\b/i.test(type)
    ? [...(await request.formData())].map(([name, value]): [string, string] => [name, String(value)])
    : [...new URLSearchParams(await request.text())];
  const map = (name: string) =>
    Object.fromEntries(
      form.flatMap(([key, value]) => {
        const [, inner] = new RegExp(`^${name}\\[([^\\]]+)\\]$`).exec(key) ?? [];
        return inner === undefined ? [] : [[inner, value]];
      }),
    );
  const plain = Object.fromEntries(form);
  return {
    ...(plain.ref === undefined ? {} : { ref: plain.ref }),
    ...(plain.token === undefined ? {} : { token: plain.token }),
    inputs: inputsOfForm(store.definition.inputs, map("inputs")),
    variables: map("variables"),
  };
}

function objectOf(value: unknown): Record<string, unknown> | null {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : null;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
