import { afterEach, describe, expect, test } from "bun:test";
import { AmbiguousWriteError } from "../http/http-error.ts";
import type { PipelineSettings } from "./pipeline-settings.ts";
import { pipelineReader, pipelineStarter } from "./pipelines.ts";

let stop = () => {};
afterEach(() => stop());

interface Seen {
  path: string;
  token: string | null;
}

/** A server that answers what a test wants, and remembers who asked for what. */
function gitlab(answer: (request: Request, url: URL) => Response) {
  const seen: Seen[] = [];
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    fetch(request) {
      const url = new URL(request.url);
      seen.push({ path: url.pathname + url.search, token: request.headers.get("private-token") });
      return answer(request, url);
    },
  });
  stop = () => void server.stop(true);
  const settings: PipelineSettings = {
    url: `http://127.0.0.1:${server.port}`,
    project: "group/runs",
    ref: "main",
    triggerToken: "glptt-secret",
    apiToken: null,
    readToken: "glpat-secret",
    webhookSecret: null,
  };
  return { seen, settings };
}

const TIMING = { sleep: async () => {} };
const elsewhere = (location: string) => new Response(null, { status: 302, headers: { location } });
const failed = async (asked: Promise<unknown> | undefined) =>
  (await asked?.then(
    () => new Error("it was answered"),
    (error: unknown) => error,
  )) as Error;

const row = (id: number) => ({
  id,
  ref: "main",
  status: "success",
  source: "schedule",
  created_at: "2026-11-24T10:00:00.000Z",
  web_url: "https://gitlab.test/p/1",
});

describe("tokens", () => {
  test("do not go where GitLab sends a reader on", async () => {
    const { seen, settings } = gitlab((_, { pathname }) =>
      pathname === "/elsewhere" ? Response.json(row(1)) : elsewhere("/elsewhere"),
    );
    const error = await failed(pipelineReader(settings, TIMING)?.pipeline(1));
    expect(error.message).toContain("redirects to another address");
    expect(seen.map(({ path }) => path)).toEqual(["/api/v4/projects/group%2Fruns/pipelines/1"]);
  });

  test("do not go to the storage that a download is sent on to, which is asked without", async () => {
    const { seen, settings } = gitlab((_, { pathname }) =>
      pathname === "/storage" ? new Response("[]") : elsewhere("/storage"),
    );
    const bytes = await pipelineReader(settings, TIMING)?.artifact(5, "data/a b.json");
    expect(new TextDecoder().decode(bytes ?? undefined)).toBe("[]");
    expect(seen).toEqual([
      { path: "/api/v4/projects/group%2Fruns/jobs/5/artifacts/data/a%20b.json", token: "glpat-secret" },
      { path: "/storage", token: null },
    ]);
  });
});

describe("answers", () => {
  test("that are no GitLab's are named", async () => {
    const { settings } = gitlab(() => Response.json({ id: "x" }));
    expect((await failed(pipelineReader(settings, TIMING)?.pipeline(1))).message).toContain(
      "Check that GITLAB_URL points at GitLab itself",
    );
  });

  test("in pages are read until as many are there as are wanted", async () => {
    const { seen, settings } = gitlab((_, { searchParams }) => {
      const page = Number(searchParams.get("page"));
      return Response.json(Array.from({ length: page < 3 ? 100 : 20 }, (_, index) => row(1000 - page * 100 - index)));
    });
    const reader = pipelineReader(settings, TIMING);
    expect(await reader?.newest({ most: 1000 })).toHaveLength(220);
    expect(seen).toHaveLength(3);
    expect(await reader?.newest({ most: 1 })).toHaveLength(1);
    expect(seen).toHaveLength(4);
  });

  test("a download that breaks off is asked for again, one that is gone is not", async () => {
    let count = 0;
    const { seen, settings } = gitlab((_, { pathname }) => {
      if (pathname.endsWith("gone.json")) return new Response("{}", { status: 404 });
      return ++count === 1 ? new Response("no", { status: 503 }) : new Response("whole");
    });
    const reader = pipelineReader(settings, TIMING);
    expect(new TextDecoder().decode((await reader?.artifact(1, "a.json")) ?? undefined)).toBe("whole");
    expect(await reader?.artifact(1, "gone.json")).toBeNull();
    expect(seen).toHaveLength(3);
  });

  test("to a start that cannot be read leave it open whether there is a pipeline, and it is not sent again", async () => {
    const { seen, settings } = gitlab(() => Response.json({ hello: "world" }, { status: 201 }));
    expect(await failed(pipelineStarter(settings, TIMING)?.create({}))).toBeInstanceOf(AmbiguousWriteError);
    expect(seen).toEqual([{ path: "/api/v4/projects/group%2Fruns/trigger/pipeline", token: null }]);
  });
});
