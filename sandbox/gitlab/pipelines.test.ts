import { afterEach, describe, expect, test } from "bun:test";
import { createGitLabService, newGitLabSecrets } from "./service.ts";

const OVERRIDES_TOKEN = "glpat-overrides";
const SYNC = { project: { id: 42, path: "group/runs" }, ref: "main" };

function gitlab() {
  const secrets = newGitLabSecrets();
  const service = createGitLabService({
    overrides: {
      project: { id: 41, path: "group/overrides" },
      token: OVERRIDES_TOKEN,
      file: { path: "overrides.yml", ref: "main", text: "[]\n" },
    },
    sync: SYNC,
    secrets,
    baseUrl: () => "https://gitlab.test",
  });
  service.pipelines.define({
    inputs: {
      "dry-run": { type: "boolean", default: false },
      allow: { type: "string", default: "", regex: "^(?:\\w+=\\d+)?$" },
      instances: { default: "both", options: ["both", "global"] },
    },
    jobs: ({ instances }) =>
      ["gather", ...(instances === "both" ? ["other"] : []), "summary"].map((name) => ({ name })),
  });
  const ask = async (method: string, path: string, { token, body, headers = {} }: Asking = {}) => {
    const response = await service.fetch(
      new Request(`https://gitlab.test/api/v4${path}`, {
        method,
        headers: {
          ...(token === undefined ? {} : { "private-token": token }),
          ...(typeof body === "string" ? { "content-type": "application/x-www-form-urlencoded" } : {}),
          ...(typeof body === "object" ? { "content-type": "application/json" } : {}),
          ...headers,
        },
        ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
      }),
    );
    const text = await response.text();
    return {
      status: response.status,
      headers: response.headers,
      body: text.startsWith("{") || text.startsWith("[") ? JSON.parse(text) : text,
    };
  };
  return { ...service, secrets, ask };
}

interface Asking {
  token?: string;
  body?: string | Record<string, unknown>;
  headers?: Record<string, string>;
}

describe("a trigger token", () => {
  test("starts a pipeline, by number or path, with typed inputs in JSON", async () => {
    const { ask, secrets, pipelines } = gitlab();
    const body = { token: secrets.trigger, ref: "main", inputs: { "dry-run": true, instances: "global" } };
    for (const project of ["42", "group%2Fruns"]) {
      const answer = await ask("POST", `/projects/${project}/trigger/pipeline`, { body });
      expect(answer).toMatchObject({
        status: 201,
        body: {
          source: "trigger",
          status: "created",
          ref: "main",
          project_id: 42,
          user: { username: "zdsync-trigger" },
        },
      });
      expect(answer.body.web_url).toBe(`https://gitlab.test/group/runs/-/pipelines/${answer.body.id}`);
    }
    expect(pipelines.all()[0]?.inputs).toEqual({ "dry-run": true, allow: "", instances: "global" });
    expect(pipelines.all()[0]?.jobs.map(({ name }) => name)).toEqual(["gather", "summary"]);
  });

  test("starts one from a form too, whose values are read by the inputs' types", async () => {
    const { ask, secrets, pipelines } = gitlab();
    const body = `token=${secrets.trigger}&ref=main&inputs[dry-run]=true&inputs[allow]=marks=3&variables[A]=b`;
    expect(await ask("POST", "/projects/42/trigger/pipeline", { body })).toMatchObject({ status: 201 });
    expect(pipelines.all()[0]).toMatchObject({
      inputs: { "dry-run": true, allow: "marks=3" },
      variables: [{ key: "A", value: "b" }],
    });
  });

  const base = (...errors: string[]) => ({ message: { base: errors } });
  test.each([
    ["no body", {}, 400, { error: "ref is missing, ref is empty, token is missing" }],
    ["no ref", { token: "T" }, 400, { error: "ref is missing, ref is empty" }],
    ["wrong token", { token: "wrong", ref: "main" }, 404, { message: "404 Not Found" }],
    [
      "number as variable",
      { token: "T", ref: "main", variables: { a: 1 } },
      400,
      { message: "variables needs to be a map of key-valued strings" },
    ],
    ["unknown ref", { token: "T", ref: "nope" }, 400, base("Reference not found")],
    ["unknown input", { token: "T", ref: "main", inputs: { nope: 1 } }, 400, base("unknown input arguments: nope")],
    [
      "text for a switch",
      { token: "T", ref: "main", inputs: { "dry-run": "true" } },
      400,
      base("`dry-run` input: provided value is not a boolean"),
    ],
    [
      "against the pattern",
      { token: "T", ref: "main", inputs: { allow: "; rm" } },
      400,
      base("`allow` input: provided value does not match required RegEx pattern"),
    ],
    [
      "no option",
      { token: "T", ref: "main", inputs: { instances: "x" } },
      400,
      base("`instances` input: `x` cannot be used because it is not in the list of allowed options"),
    ],
  ])("is refused: %s", async (_what, asked: Record<string, unknown>, status, body) => {
    const { ask, secrets, pipelines } = gitlab();
    const given = asked.token === "T" ? { ...asked, token: secrets.trigger } : asked;
    expect(await ask("POST", "/projects/42/trigger/pipeline", { body: given })).toMatchObject({ status, body });
    expect(pipelines.all()).toEqual([]);
  });

  test("is refused to a pipeline's webhook", async () => {
    const { ask, secrets } = gitlab();
    const asking = { body: { token: secrets.trigger, ref: "main" }, headers: { "x-gitlab-event": "Pipeline Hook" } };
    expect(await ask("POST", "/projects/42/trigger/pipeline", asking)).toMatchObject({ status: 403 });
  });
});

describe("an access token", () => {
  test("with api starts and cancels", async () => {
    const { ask, secrets } = gitlab();
    const made = await ask("POST", "/projects/42/pipeline", { token: secrets.api, body: { ref: "main", inputs: {} } });
    expect(made).toMatchObject({ status: 201, body: { source: "api" } });
    const path = `/projects/42/pipelines/${made.body.id}`;
    expect(await ask("POST", `${path}/cancel`, { token: secrets.read })).toMatchObject({
      status: 403,
      body: { error: "insufficient_scope" },
    });
    expect(await ask("POST", `${path}/cancel`, { token: secrets.api })).toMatchObject({
      status: 200,
      body: { status: "canceled" },
    });
  });

  test.each([
    ["POST", "/projects/42/pipeline", undefined, 401],
    ["POST", "/projects/42/pipeline", "read", 403],
    ["GET", "/projects/42/pipelines", undefined, 404],
    ["GET", "/projects/42/pipelines", "wrong", 401],
    ["GET", "/projects/42/pipelines", OVERRIDES_TOKEN, 403],
    ["GET", "/projects/43/pipelines", "read", 404],
    ["GET", "/projects/42/pipelines/9", "read", 404],
    ["GET", "/projects/42/pipelines?status=done", "read", 400],
    ["GET", "/projects/42/jobs/9/artifacts/data/run.json", "read", 404],
  ] as const)("%s %s with %p is answered %i", async (method, path, token, status) => {
    const { ask, secrets } = gitlab();
    const given = token === "read" ? secrets.read : token;
    const asking = {
      ...(given === undefined ? {} : { token: given }),
      ...(method === "POST" ? { body: { ref: "main" } } : {}),
    };
    expect(await ask(method, path, asking)).toMatchObject({ status });
  });

  test("tells about itself where it may read the API", async () => {
    const { ask, secrets } = gitlab();
    expect(await ask("GET", "/personal_access_tokens/self", { token: secrets.read })).toMatchObject({
      status: 200,
      body: { scopes: ["read_api"], expires_at: expect.stringMatching(/^\d{4}-\d\d-\d\d$/) },
    });
    expect(await ask("GET", "/personal_access_tokens/self", { token: OVERRIDES_TOKEN })).toMatchObject({ status: 403 });
  });
});

describe("what a pipeline tells of itself", () => {
  test("jobs bring about its status; a retried one is hidden unless asked for; artifacts come once it has ended", async () => {
    const { ask, secrets, pipelines } = gitlab();
    const token = secrets.read;
    const { id } = pipelines.start({ source: "schedule" });
    const status = async () => (await ask("GET", `/projects/42/pipelines/${id}`, { token })).body.status;
    const jobs = async (more = "") => (await ask("GET", `/projects/42/pipelines/${id}/jobs${more}`, { token })).body;
    expect(await status()).toBe("created");
    pipelines.advance(id, { jobs: { gather: { status: "running", artifacts: { "data/a.json": "[1]" } } } });
    expect(await status()).toBe("running");
    const job = (await jobs()).find(({ name }: { name: string }) => name === "gather");
    const artifact = `/projects/42/jobs/${job.id}/artifacts/data/a.json`;
    expect(await ask("GET", artifact, { token })).toMatchObject({ status: 404 });
    pipelines.advance(id, {
      jobs: { gather: { status: "failed" }, other: { status: "success" }, summary: { status: "success" } },
    });
    expect(await status()).toBe("failed");
    expect(await ask("GET", artifact, { token })).toMatchObject({ status: 200, body: [1] });
    pipelines.advance(id, { jobs: { gather: { retry: true, status: "success" } } });
    expect(await status()).toBe("success");
    expect((await jobs()).length).toBe(3);
    expect((await jobs("?include_retried=true")).length).toBe(4);
  });

  test("lists are filtered, sorted and paged", async () => {
    const { ask, secrets, pipelines } = gitlab();
    const ids = Array.from({ length: 5 }, (_, index) => pipelines.start({ source: index % 2 ? "web" : "schedule" }).id);
    const list = async (query: string) => ask("GET", `/projects/42/pipelines?${query}`, { token: secrets.read });
    expect((await list("")).body.map(({ id }: { id: number }) => id)).toEqual(ids.toReversed());
    expect((await list("source=web&sort=asc")).body.map(({ id }: { id: number }) => id)).toEqual([ids[1], ids[3]]);
    const page = await list("per_page=2&page=2");
    expect(page.body).toHaveLength(2);
    expect([page.headers.get("x-next-page"), page.headers.get("x-total")]).toEqual(["3", "5"]);
    expect((await list("status=running")).body).toEqual([]);
    expect((await list(`updated_after=${new Date(Date.now() + 60_000).toISOString()}`)).body).toEqual([]);
    expect((await list("ref=other-branch")).body).toEqual([]);
  });
});

describe("webhooks", () => {
  let stop: (() => void) | undefined;
  afterEach(() => stop?.());

  test("are delivered on every change, in order, with the secret; a payload may be delivered again later", async () => {
    const seen: Array<{ token: string | null; event: string | null; status: string }> = [];
    const server = Bun.serve({
      hostname: "127.0.0.1",
      port: 0,
      async fetch(request) {
        const body = (await request.json()) as { object_attributes: { status: string } };
        const { headers } = request;
        seen.push({
          token: headers.get("x-gitlab-token"),
          event: headers.get("x-gitlab-event"),
          status: body.object_attributes.status,
        });
        return new Response(null, { status: 204 });
      },
    });
    stop = () => void server.stop(true);
    const { pipelines } = gitlab();
    const url = `http://127.0.0.1:${server.port}/hooks/gitlab`;
    const end = pipelines.subscribe({ url, secret: "s" });
    const { id } = pipelines.start();
    const early = pipelines.hook(id);
    pipelines.advance(id, { jobs: { gather: { status: "running" } } });
    await end();
    expect(await pipelines.deliver(early, { url, secret: "forged" })).toBe(204);
    expect(seen).toEqual([
      { token: "s", event: "Pipeline Hook", status: "created" },
      { token: "s", event: "Pipeline Hook", status: "running" },
      { token: "forged", event: "Pipeline Hook", status: "created" },
    ]);
    expect(early).toMatchObject({
      object_kind: "pipeline",
      project: { id: 42 },
      builds: [{ name: "gather", status: "created" }, {}, {}],
    });
  });

  test("whoever really runs pipelines is told of each, and cannot change one that was canceled", () => {
    const { pipelines } = gitlab();
    const created: unknown[] = [];
    pipelines.onCreated(({ inputs, advance }) => {
      created.push(inputs);
      advance({
        jobs: { gather: { status: "canceled" }, other: { status: "canceled" }, summary: { status: "canceled" } },
      });
      advance({ status: "running" });
    });
    const { id } = pipelines.start({ inputs: { "dry-run": true } });
    expect(created).toEqual([{ "dry-run": true, allow: "", instances: "both" }]);
    expect(pipelines.all().find((one) => one.id === id)?.status).toBe("canceled");
  });
});
