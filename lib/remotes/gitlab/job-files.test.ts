import { afterEach, describe, expect, test } from "bun:test";
import { ArtifactError, RefusedError, RemoteError } from "../../errors.ts";
import { sha256Of } from "../../storage/artifacts/store.ts";
import type { CiJob } from "./ci-job.ts";
import { namePipeline, publish, takeOver } from "./job-files.ts";

const TOKEN = "j0b-t0ken-123";
const ACCOUNTS = '[{"salesforce_id":"x"}]\n';
const LIST = JSON.stringify({
  schema: 1,
  stage: "process",
  run_id: "run-1",
  folder: "data",
  files: [{ name: "global_accounts.json", sha256: sha256Of(ACCOUNTS) }],
});
const REFERENCE = { projectId: "3", jobId: "7", sha256: sha256Of(LIST) };

/** One request as the fake GitLab saw it. */
interface Seen {
  method: string;
  path: string;
  token: string | null;
  body: string;
}

type Answer = Response | undefined;
const servers: ReturnType<typeof Bun.serve>[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.stop(true)));
});

/** A GitLab that answers by path, and remembers what it was asked. */
function gitlab(files: Record<string, string>, special: (path: string, asked: number) => Answer = () => undefined) {
  const seen: Seen[] = [];
  const server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    async fetch(request) {
      const path = new URL(request.url).pathname;
      seen.push({ method: request.method, path, token: request.headers.get("job-token"), body: await request.text() });
      const file = files[path];
      return (
        special(path, seen.length) ?? (file === undefined ? new Response("", { status: 404 }) : new Response(file))
      );
    },
  });
  servers.push(server);
  const job: CiJob = {
    apiUrl: `http://127.0.0.1:${server.port}/api/v4`,
    projectId: "9",
    pipelineId: "5",
    jobId: "11",
    jobUrl: "",
    token: TOKEN,
    transport: "artifacts",
    inChain: true,
  };
  return { seen, job, url: `http://127.0.0.1:${server.port}` };
}

const PATH = "/api/v4/projects/3/jobs/7/artifacts";
const FILES: Record<string, string> = {
  [`${PATH}/.zdsync/handover.json`]: LIST,
  [`${PATH}/data/global_accounts.json`]: ACCOUNTS,
};
const PACKAGE = "/api/v4/projects/3/packages/generic/zdsync/0.0.7";
const PACKAGES = { [`${PACKAGE}/handover.json`]: LIST, [`${PACKAGE}/global_accounts.json`]: ACCOUNTS };
const noWait = { sleep: async () => undefined };

async function taken(
  job: CiJob,
  references = [REFERENCE],
  isRead = (_name: string) => true,
): Promise<Record<string, string>> {
  const kept: Record<string, string> = {};
  const keep = async (name: string, bytes: Uint8Array) => {
    kept[name] = new TextDecoder().decode(bytes);
  };
  await takeOver(job, references, { isRead, keep }, noWait);
  return kept;
}

describe("taking over, by exact job id", () => {
  test("artifacts of the job", async () => {
    const { job, seen } = gitlab(FILES);
    expect(await taken(job)).toEqual({ "global_accounts.json": ACCOUNTS });
    expect(seen.map(({ token }) => token)).toEqual([TOKEN, TOKEN]);
  });

  test("B5: only what is read is fetched", async () => {
    const { job, seen } = gitlab(FILES);
    expect(await taken(job, [REFERENCE], (name) => name === "usgov_accounts.json")).toEqual({});
    expect(seen.map(({ path }) => path)).toEqual([`${PATH}/.zdsync/handover.json`]);
  });

  test("packages of the job", async () => {
    const { job } = gitlab(PACKAGES);
    expect(await taken({ ...job, transport: "packages" })).toEqual({ "global_accounts.json": ACCOUNTS });
  });

  test("missing: named with its job, nothing is kept", async () => {
    const { job } = gitlab({});
    await expect(taken(job)).rejects.toThrow(ArtifactError);
    await expect(taken(job)).rejects.toThrow("handover.json of job 7 of project 3 is missing: GitLab answered 404.");
  });

  test("S3: an altered list or file is refused before it is kept", async () => {
    for (const path of Object.keys(FILES)) {
      const { job } = gitlab({ ...FILES, [path]: `${FILES[path]} ` });
      const kept: string[] = [];
      const taking = takeOver(
        job,
        [REFERENCE],
        { isRead: () => true, keep: async (name) => void kept.push(name) },
        noWait,
      );
      await expect(taking).rejects.toThrow(RefusedError);
      expect(kept).toEqual([]);
    }
  });

  test("S3: of another run than another one: nothing is kept", async () => {
    const other = LIST.replace("run-1", "run-2");
    const { job } = gitlab({ ...FILES, "/api/v4/projects/3/jobs/8/artifacts/.zdsync/handover.json": other });
    await expect(taken(job, [REFERENCE, { projectId: "3", jobId: "8", sha256: sha256Of(other) }])).rejects.toThrow(
      "job 8 of project 3 passes on files from run run-2",
    );
  });

  test("S9: object storage that a download is sent on to never sees the token", async () => {
    const storage = gitlab({ "/bucket": ACCOUNTS });
    const { job } = gitlab(FILES, (path) =>
      path.endsWith("global_accounts.json") ? Response.redirect(`${storage.url}/bucket`, 302) : undefined,
    );
    expect(await taken(job)).toEqual({ "global_accounts.json": ACCOUNTS });
    expect(storage.seen.map(({ token }) => token)).toEqual([null]);
  });

  test("a passing failure is tried again, a lasting one told", async () => {
    const passing = gitlab(FILES, (_, asked) => (asked === 1 ? new Response("", { status: 502 }) : undefined));
    expect(await taken(passing.job)).toEqual({ "global_accounts.json": ACCOUNTS });
    const lasting = gitlab(FILES, () => new Response("", { status: 503 }));
    await expect(taken(lasting.job)).rejects.toThrow(RemoteError);
    expect(lasting.seen).toHaveLength(4);
  });

  test("without a token nothing is asked", async () => {
    const { job, seen } = gitlab(FILES);
    await expect(taken({ ...job, token: null })).rejects.toThrow("CI_JOB_TOKEN");
    expect(seen).toEqual([]);
  });
});

describe("publishing", () => {
  const files = [
    { name: "a.json", bytes: Buffer.from("[]\n") },
    { name: "handover.json", bytes: Buffer.from("{}\n") },
  ];

  test("puts every file into a package of this job, in order", async () => {
    const { job, seen } = gitlab({}, () => new Response("", { status: 201 }));
    await publish(job, files, noWait);
    const base = "/api/v4/projects/9/packages/generic/zdsync/0.0.11";
    expect(seen).toEqual([
      { method: "PUT", path: `${base}/a.json`, token: TOKEN, body: "[]\n" },
      { method: "PUT", path: `${base}/handover.json`, token: TOKEN, body: "{}\n" },
    ]);
  });

  test("a refusal names the file", async () => {
    const { job } = gitlab({}, () => new Response("", { status: 403 }));
    await expect(publish(job, files, noWait)).rejects.toThrow("403 to the upload of a.json");
  });
});

test("the pipeline's name", async () => {
  const { job, seen } = gitlab({}, () => Response.json({}));
  expect(await namePipeline(job, 'zdsync: "1"', noWait)).toBe(200);
  expect(seen).toEqual([
    {
      method: "PUT",
      path: "/api/v4/projects/9/pipelines/5/metadata",
      token: TOKEN,
      body: '{"name":"zdsync: \\"1\\""}',
    },
  ]);
});
