import { describe, expect, test } from "bun:test";
import { chainProjects, STAGE_GRAPH, stageJobs, writingStages } from "./stage-graph.ts";

describe("the jobs of a run", () => {
  const jobs = stageJobs();
  const at = (name: string) => jobs.findIndex((one) => one.name === name);

  test("each stands after those it needs, and is there once", () => {
    for (const { name, needs } of jobs)
      for (const needed of needs)
        expect({ name, needed, earlier: at(needed) }).toSatisfy((one) => one.earlier >= 0 && one.earlier < at(name));
    expect(new Set(jobs.map(({ name }) => name)).size).toBe(jobs.length);
  });

  test("G6: no job of an instance needs one of the other's", () => {
    const instanceOf = (name: string) => jobs.find((one) => one.name === name)?.instance ?? null;
    for (const { instance, needs } of jobs)
      for (const needed of needs) expect([instance, null]).toContain(instanceOf(needed));
  });

  test("whatever writes comes after what compares (S2)", () => {
    for (const { writes, needs } of jobs)
      if (writes) expect(needs.some((name) => name.startsWith("compare-"))).toBe(true);
  });

  test("of one instance only: its own, and those of none", () => {
    expect(stageJobs(["us-government"]).map(({ name }) => name)).toEqual([
      "gather-accounts",
      "gather-orgs-us-government",
      "process-us-government",
      "compare-us-government",
      "sync-us-government",
      "user-sync",
    ]);
  });

  test("global's organizations are gathered after process, which says which addresses are wanted", () => {
    expect(jobs[at("gather-orgs-global")]?.needs).toEqual(["process-global"]);
    expect(jobs[at("gather-orgs-us-government")]?.needs).toEqual([]);
  });
});

test("stages that write, by instance, in their order", () => {
  expect(writingStages("global")).toEqual(["sync", "partner-sync"]);
  expect(writingStages("us-government")).toEqual(["sync", "user-sync"]);
});

test("the chain starts every stage once for every instance, each after what it must have", () => {
  const order: string[] = [];
  const visit = (name: string, before: readonly string[]) => {
    const project = chainProjects().find((one) => one.name === name);
    if (!project) throw new Error(`no project ${name}`);
    order.push(name);
    const done = [...before, project.stage];
    for (const needed of STAGE_GRAPH[project.stage].needs) expect(done).toContain(needed);
    for (const next of project.next) visit(next.name, done);
  };
  visit("gather-accounts", []);
  expect(order.sort()).toEqual(
    chainProjects()
      .map(({ name }) => name)
      .sort(),
  );
});
