import { describe, expect, test } from "bun:test";
import { RemoteError } from "../../errors.ts";
import { HttpError } from "../http/http-error.ts";
import type { ZendeskClient } from "./client.ts";
import { JobFollower } from "./jobs.ts";

const notFound = () => {
  throw new HttpError("404", 404, {}, false, { service: "Zendesk", status: 404 });
};
const statuses = (...rows: object[]) => ({ job_statuses: rows });
const completed = (id: string, results: unknown = []) => ({ id, status: "completed", results });

/** A follower whose polls are answered in turn (the last answer stays); `list` answers the list of latest jobs. */
function follower(polls: (() => unknown)[], list: () => unknown = () => statuses()) {
  const asked: string[] = [];
  const slept: number[] = [];
  let count = 0;
  const client = {
    get: async (path: string) => {
      asked.push(path);
      return path.includes("show_many") ? polls[Math.min(count++, polls.length - 1)]?.() : list();
    },
  };
  const sleep = async (milliseconds: number) => {
    slept.push(milliseconds);
  };
  return { jobs: new JobFollower(client as unknown as ZendeskClient, { sleep }), asked, slept };
}

describe("following jobs", () => {
  test("queued, working, completed: the interval grows up to a second", async () => {
    const working = { id: "a", status: "working", progress: 1, results: null };
    const { jobs, slept } = follower([...Array(9).fill(() => statuses(working)), () => statuses(completed("a", [1]))]);
    expect(await jobs.follow("a")).toEqual({ is: "completed", results: [1] });
    expect(slept.slice(0, 4)).toEqual([500, 750, 1000, 1000]);
    expect(slept.at(-1)).toBe(1000);
  });

  test("jobs that have not ended within a minute are asked for every five seconds, until a younger one comes", async () => {
    let polls = 0;
    const { jobs, slept } = follower([
      () => statuses({ id: "a", status: ++polls < 80 ? "working" : "completed", results: [] }, completed("b", [2])),
    ]);
    const old = jobs.follow("a");
    while (slept.at(-1) !== 5_000) await Promise.resolve();
    const before = slept.length;
    expect(await jobs.follow("b")).toEqual({ is: "completed", results: [2] });
    await old;
    expect(slept.slice(2, 61).every((milliseconds) => milliseconds === 1_000)).toBe(true);
    expect(slept.slice(before, before + 2)).toEqual([1_000, 1_500]);
  });

  test("all jobs with one poll, answered in any order", async () => {
    const { jobs, asked } = follower([() => statuses(completed("b", [2]), completed("a", [1]))]);
    expect(await Promise.all([jobs.follow("a"), jobs.follow("b")])).toEqual([
      { is: "completed", results: [1] },
      { is: "completed", results: [2] },
    ]);
    expect(asked).toEqual(["/job_statuses/show_many?ids=a,b"]);
  });

  test("a fresh job that is not found yet, or whose look-up answers 404, is asked for again", async () => {
    const { jobs } = follower([notFound, () => statuses(), () => statuses(completed("a"))]);
    expect(await jobs.follow("a")).toEqual({ is: "completed", results: [] });
  });

  test("a job that only the list knows is found there", async () => {
    const { jobs, asked } = follower([notFound], () => statuses(completed("other"), completed("a", [1])));
    expect(await jobs.follow("a")).toEqual({ is: "completed", results: [1] });
    expect(asked).toHaveLength(2);
  });

  test("S5: missing for a minute: lost, while the others go on", async () => {
    let polls = 0;
    const { jobs, slept } = follower([
      () => statuses({ id: "b", status: ++polls < 90 ? "working" : "completed", results: [2] }),
    ]);
    const [lost, found] = await Promise.all([jobs.follow("a"), jobs.follow("b")]);
    expect(lost).toMatchObject({ is: "lost", reason: { params: { job_id: "a" } } });
    expect(found).toEqual({ is: "completed", results: [2] });
    expect(slept).toHaveLength(90);
  });

  test("a job without end: lost after ten minutes", async () => {
    const { jobs, slept } = follower([() => statuses({ id: "a", status: "queued", results: null })]);
    expect(await jobs.follow("a")).toMatchObject({ is: "lost" });
    const waited = slept.reduce((sum, one) => sum + one, 0);
    expect(waited).toBeGreaterThan(600_000);
    expect(waited).toBeLessThan(610_000);
  });

  for (const status of ["failed", "killed"]) {
    test(`${status}: nobody knows which rows were done`, async () => {
      const { jobs } = follower([() => statuses({ id: "a", status, message: "x", results: null })]);
      expect(await jobs.follow("a")).toMatchObject({ is: "lost" });
    });
  }

  test("results that are no list are none", async () => {
    const { jobs } = follower([() => statuses(completed("a", { success: true }))]);
    expect(await jobs.follow("a")).toEqual({ is: "completed", results: [] });
  });

  test("a look that is refused says nothing about the jobs: they are looked for again, for a minute", async () => {
    const refused = () => {
      throw new HttpError("403", 403, {}, false, { service: "Zendesk", status: 403 });
    };
    const { jobs } = follower([refused, refused, () => statuses(completed("a", [1]))]);
    expect(await jobs.follow("a")).toEqual({ is: "completed", results: [1] });
    const { jobs: others, slept } = follower([refused]);
    expect(await others.follow("a")).toMatchObject({ is: "lost" });
    expect(slept.length).toBeGreaterThan(55);
  });

  test("Zendesk out of reach: lost, and a later job is followed anew", async () => {
    const broken = () => {
      throw new RemoteError("out of reach");
    };
    const { jobs } = follower([broken, () => statuses(completed("b"))]);
    expect(await jobs.follow("a")).toMatchObject({ is: "lost" });
    expect(await jobs.follow("b")).toEqual({ is: "completed", results: [] });
  });
});
