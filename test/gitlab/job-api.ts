import { readFile } from "node:fs/promises";
import { join, normalize } from "node:path";

/** What GitLab's API knows of jobs, tokens and packages. */
export interface JobStore {
  /** Project of each job token that is valid now. */
  tokens: Map<string, number>;
  /** Folder of a finished job's artifacts, by `project/job`. */
  artifacts: Map<string, string>;
  /** Files of the generic package registry, by path below `/projects/`. */
  packages: Map<string, Uint8Array>;
  /** Projects that let no other one in: their job token allowlist is empty. */
  refuses: Set<number>;
  /** Every file of another job that was asked for: by which project, and which. */
  fetched: { by: number; file: string }[];
}

const ARTIFACT = /^\/api\/v4\/projects\/(\d+)\/jobs\/(\d+)\/artifacts\/(.+)$/;
const PACKAGE = /^\/api\/v4\/projects\/((\d+)\/packages\/generic\/[\w.-]+\/[\w.-]+\/[\w.-]+)$/;
const METADATA = /^\/api\/v4\/projects\/(\d+)\/pipelines\/\d+\/metadata$/;

/** Serves the endpoints of GitLab's API v4 that a job token opens, on 127.0.0.1. */
export function serveJobApi(store: JobStore): { url: string; stop(): Promise<void> } {
  const server = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: (request) => answer(store, request) });
  return { url: `http://127.0.0.1:${server.port}/api/v4`, stop: () => server.stop(true) };
}

async function answer(store: JobStore, request: Request): Promise<Response> {
  const { pathname } = new URL(request.url);
  if (pathname.startsWith("/storage/")) return fromStorage(store, request, pathname);
  const project = store.tokens.get(request.headers.get("job-token") ?? "");
  if (project === undefined) return message(401, "Unauthorized");
  const [, artifactProject, job, path] = ARTIFACT.exec(pathname) ?? [];
  if (artifactProject && job && path) {
    if (refused(store, project, Number(artifactProject))) return message(404, "Project Not Found");
    store.fetched.push({ by: project, file: path });
    // Artifacts lie in object storage: GitLab sends the client there, and the token has no business with it.
    return new Response(null, { status: 302, headers: { location: `/storage/${artifactProject}/${job}/${path}` } });
  }
  const [, packagePath, packageProject] = PACKAGE.exec(pathname) ?? [];
  if (packagePath && packageProject) {
    if (refused(store, project, Number(packageProject))) return message(404, "Project Not Found");
    return packages(store, request, packagePath, Number(packageProject) === project);
  }
  if (METADATA.test(pathname) && request.method === "PUT") return Response.json({ name: "renamed" });
  return message(404, "Not Found");
}

function refused({ refuses }: JobStore, from: number, to: number): boolean {
  return from !== to && refuses.has(to);
}

async function packages(store: JobStore, request: Request, path: string, own: boolean): Promise<Response> {
  if (request.method === "PUT") {
    if (!own) return message(403, "Forbidden");
    store.packages.set(path, new Uint8Array(await request.arrayBuffer()));
    return message(201, "Created");
  }
  const bytes = store.packages.get(path);
  return bytes ? new Response(bytes) : message(404, "Not Found");
}

async function fromStorage({ artifacts }: JobStore, request: Request, pathname: string): Promise<Response> {
  if (request.headers.has("job-token")) return new Response("a token has no business here", { status: 400 });
  const [, , project, job, ...path] = pathname.split("/").map(decodeURIComponent);
  const folder = artifacts.get(`${project}/${job}`);
  const file = folder && normalize(join(folder, ...path));
  if (!file?.startsWith(`${folder}/`)) return message(404, "Not Found");
  const bytes = await readFile(file).catch(() => null);
  return bytes ? new Response(new Uint8Array(bytes)) : message(404, "Not Found");
}

function message(status: number, what: string): Response {
  return Response.json({ message: `${status} ${what}` }, { status });
}
