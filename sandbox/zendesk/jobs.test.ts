import { expect, test } from "bun:test";
import { Faults } from "../server/faults.ts";
import { RequestLog } from "../server/request-log.ts";
import { answer } from "../server/serve.ts";
import {
  apiTokenHeader,
  type Body,
  jobResults,
  seedOrganization,
  type TestInstance,
  testInstance,
} from "../test/zendesk.ts";
import type { Fault } from "../types.ts";

const rows = (count: number) => Array.from({ length: count }, (_, place) => ({ name: `Row ${place}` }));

async function submit(instance: TestInstance, count: number): Promise<string> {
  const { body } = await instance.call("POST", "/api/v2/organizations/create_many", { organizations: rows(count) });
  return body.job_status.id;
}

async function statusOf(instance: TestInstance, id: string): Promise<Body["job_status"]> {
  return (await instance.call("GET", `/api/v2/job_statuses/${id}.json`)).body.job_status;
}

test("a job goes from queued over working to completed, and commits row by row", async () => {
  const instance = testInstance({ behaviour: { jobSeconds: { fixed: 2, perRow: 0.5 } } });
  const id = await submit(instance, 10);
  expect(await statusOf(instance, id)).toMatchObject({
    status: "queued",
    progress: null,
    message: null,
    results: null,
  });
  instance.wait(4);
  const message = "Creating organization #4";
  expect(await statusOf(instance, id)).toMatchObject({ status: "working", progress: 4, message, results: null });
  expect(instance.zendesk.state().organizations).toHaveLength(4);
  instance.wait(3);
  const done = await statusOf(instance, id);
  expect(done).toMatchObject({ status: "completed", progress: 10, message: "Completed at 2026-11-23 10:00:07 +0000" });
  expect(done.results).toHaveLength(10);
  expect(Object.keys(done.results?.[0] ?? {})).toEqual(["status", "id"]);
});

test("a job that nobody polls has run as well, at its own times", async () => {
  const instance = testInstance();
  await submit(instance, 100);
  instance.wait(3600);
  const { organizations } = instance.zendesk.state();
  expect(organizations).toHaveLength(100);
  expect(organizations.every(({ created_at }) => String(created_at) < "2026-11-23T10:00:07Z")).toBe(true);
});

test("time compression shortens jobs by its factor", async () => {
  const instance = testInstance({ factor: 60, behaviour: { jobSeconds: { fixed: 2, perRow: 1 } } });
  const id = await submit(instance, 1);
  instance.wait(2.9);
  expect((await statusOf(instance, id)).status).toBe("queued");
  instance.wait(0.1);
  expect((await statusOf(instance, id)).status).toBe("completed");
});

test("inside a batch the first of two equal names wins; the job is completed all the same", async () => {
  const instance = testInstance({ organizations: [seedOrganization(1, "A"), seedOrganization(2, "B")] });
  const body = {
    organizations: [
      { id: 2, name: "Same" },
      { id: "1", name: "same " },
      { id: 77, name: "C" },
    ],
  };
  const results = await jobResults(instance, await instance.call("PUT", "/api/v2/organizations/update_many", body));
  expect(results).toEqual([
    { action: "update", id: 2, status: "Updated", success: true },
    { index: 1, error: "OrganizationUpdateFailed", id: 1, details: "Name:  same has already been taken" },
    { index: 2, error: "OrganizationUpdateFailed", id: 77, details: "Not found" },
  ]);
});

test("two names cannot be swapped, because rows run in order", async () => {
  const instance = testInstance({ organizations: [seedOrganization(1, "A"), seedOrganization(2, "B")] });
  const body = {
    organizations: [
      { id: 1, name: "B" },
      { id: 2, name: "A" },
    ],
  };
  const results = await jobResults(instance, await instance.call("PUT", "/api/v2/organizations/update_many", body));
  expect(results.map(({ error }) => error)).toEqual(["OrganizationUpdateFailed", "OrganizationUpdateFailed"]);
});

test("over the limit of running jobs: TooManyJobs, with the ids of all of them, also of other integrations", async () => {
  const instance = testInstance({ behaviour: { inflightJobs: 3, jobsTakenByOthers: 1 } });
  const own = [await submit(instance, 1), await submit(instance, 0)];
  const refused = await instance.call("POST", "/api/v2/organizations/create_many", { organizations: rows(1) });
  expect(refused.status).toBe(429);
  expect(refused.body.error).toBe("TooManyJobs");
  expect(refused.body.current_job_ids).toHaveLength(3);
  expect(refused.body.current_job_ids).toEqual(expect.arrayContaining(own));
  expect(refused.headers.get("zendesk-ratelimit-inflight-jobs")).toBe("total=3; remaining=0; resets=60");
  instance.wait(60);
  expect((await instance.call("POST", "/api/v2/organizations/create_many", { organizations: [] })).status).toBe(200);
});

test("job statuses are found singly, together, and in a list with the running ones first", async () => {
  const instance = testInstance();
  const early = await submit(instance, 1);
  instance.wait(10);
  const late = await submit(instance, 1);
  const { body: both } = await instance.call("GET", `/api/v2/job_statuses/show_many?ids=${early},unknown,${late}`);
  expect(both.job_statuses.map(({ id }) => id)).toEqual([early, late]);
  const { body: page } = await instance.call("GET", "/api/v2/job_statuses?page[size]=1");
  expect(page.job_statuses.map(({ id }) => id)).toEqual([late]);
  const { body: next } = await instance.call(
    "GET",
    new URL(page.links.next ?? "").pathname + new URL(page.links.next ?? "").search,
  );
  expect(next.job_statuses.map(({ id }) => id)).toEqual([early]);
  expect((await instance.call("GET", "/api/v2/job_statuses/V3-0")).status).toBe(404);
});

test("bulk calls of more than 100 rows are refused at once", async () => {
  const instance = testInstance();
  const tooMany = {
    error: "TooManyValues",
    description: "Parameter  cannot specify more than 100 values",
    max_count: 100,
  };
  const { status, body } = await instance.call("POST", "/api/v2/organizations/create_many", {
    organizations: rows(101),
  });
  expect(status).toBe(400);
  expect(body).toEqual(tooMany as never);
});

/** Sends an update of organizations 1 to 4 with a fault on it, and lets an hour go by. */
async function updateUnder(fault: Fault): Promise<{ job: Body["job_status"]; notes: unknown[] }> {
  const organizations = [1, 2, 3, 4].map((id) => seedOrganization(id, `Organization ${id}`));
  const instance = testInstance({ organizations });
  const faults = new Faults();
  faults.add(fault);
  const request = new Request("https://example.zendesk.com/api/v2/organizations/update_many", {
    method: "PUT",
    headers: { authorization: apiTokenHeader, "content-type": "application/json" },
    body: JSON.stringify({ organizations: organizations.map(({ id }) => ({ id, notes: "new" })) }),
  });
  const served = { service: "zendesk-global" as const, fetch: instance.zendesk.fetch, log: new RequestLog(), faults };
  const { job_status } = (await (await answer(served, request)).json()) as Body;
  instance.wait(3600);
  const notes = instance.zendesk.state().organizations.map((organization) => organization.notes);
  return { job: await statusOf(instance, job_status.id), notes };
}

test("failed rows: the named rows are not written, as if by a database error", async () => {
  const { job, notes } = await updateUnder({ kind: "failed-rows", rows: [1, 3] });
  expect(job.status).toBe("completed");
  expect(job.results?.[1]).toEqual({ index: 1, error: "DatabaseConflict", id: 2, details: "Database collision" });
  expect(notes).toEqual(["new", null, "new", null]);
});

test("a failed or killed job has committed half of its rows and tells no results", async () => {
  const failed = await updateUnder({ kind: "job-failed" });
  expect(failed.job).toMatchObject({ status: "failed", results: null });
  expect(failed.notes).toEqual(["new", "new", null, null]);
  expect((await updateUnder({ kind: "job-killed" })).job.status).toBe("killed");
});
