import { expect, test } from "bun:test";
import type { RequestHook, RequestVerdict } from "../types.ts";
import { Faults } from "./faults.ts";
import { RequestLog } from "./request-log.ts";
import { serveApp } from "./serve.ts";

/** A service that counts what it did, and the phases its hook saw. */
async function served(verdict: RequestVerdict) {
  const seen: string[] = [];
  const log = new RequestLog();
  let done = 0;
  const onRequest: RequestHook = ({ method, path }, phase) => {
    seen.push(`${phase} ${method} ${path}, ${done} done`);
    return verdict;
  };
  const fetch = () => Response.json({ done: ++done });
  const { url, stop } = await serveApp({ service: "zendesk-global", fetch, log, faults: new Faults(), onRequest });
  return { url, seen, log, done: () => done, [Symbol.asyncDispose]: stop };
}

test("a hook sees a request before it is handled, when it is committed and when it is answered", async () => {
  await using service = await served(undefined);
  expect(await (await fetch(`${service.url}/a`, { method: "PUT" })).json()).toEqual({ done: 1 });
  expect(service.seen).toEqual(["before PUT /a, 0 done", "committed PUT /a, 1 done", "answered PUT /a, 1 done"]);
});

test("drop: nothing is done, nothing logged, and the connection is cut", async () => {
  await using service = await served("drop");
  await expect(fetch(service.url, { method: "POST" })).rejects.toMatchObject({ code: "ECONNRESET" });
  expect(service.done()).toBe(0);
  expect(service.log.entries).toEqual([]);
});

test("a fault is played on just this request", async () => {
  await using service = await served({ kind: "too-many-jobs" });
  const response = await fetch(service.url, { method: "POST" });
  expect(response.status).toBe(429);
  expect(await response.json()).toMatchObject({ error: "TooManyJobs", current_job_ids: { length: 30 } });
  expect(service.log.entries).toMatchObject([{ status: 429, fault: "too-many-jobs" }]);
});
