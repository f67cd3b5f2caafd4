import { expect, test } from "bun:test";
import type { JournalEntry } from "../../../sandbox/journal.ts";
import type { LoggedRequest } from "../../../sandbox/types.ts";
import type { HourSeen, RunSeen, StorySeen } from "../story/seen.ts";
import { REPORTED } from "./reported.ts";

const ID = 19442893060884;
const [LIST, LOOK, SEND, STATUS] = [
  { method: "GET", path: "/api/v2/organizations?page[size]=100" },
  { method: "GET", path: `/api/v2/organizations/show_many?ids=${ID}` },
  { method: "PUT", path: "/api/v2/organizations/update_many", body: { organizations: [{ id: ID }] } },
  { method: "GET", path: "/api/v2/job_statuses/show_many?ids=V3-1" },
].map((request) => ({ service: "zendesk-global", status: 200, at: 0, ...request }) as LoggedRequest);
const MARKED = { effect: "mark", salesforce_id: "0014M00000qHYU4QAO", id: ID, before: {} };

interface Told {
  outcome: string;
  code?: string;
  after?: Record<string, unknown>;
}

/** A run that looked at an organization and sent its mark; `told`: what its results say of it. */
function run(firstRequest: number, told: Told[], journal: JournalEntry[] = []): RunSeen {
  const after = { organization_fields: { mark_for_deletion: true } };
  const results = Buffer.from(JSON.stringify(told.map((one) => ({ ...MARKED, after, ...one }))));
  return {
    ...{ command: "run", writes: true, beside: false, exit: 0, undisturbed: false, given: {}, firstRequest, journal },
    json: { run_id: `r${firstRequest}` },
    requests: [LIST, LOOK, SEND, STATUS],
    files: new Map([[`history/r${firstRequest}/global_results.json`, results]]),
  } as unknown as RunSeen;
}

function entry(by: "client" | "person", requests: number, ordered: number, to = true): JournalEntry {
  const organization = (mark: boolean) => ({ fields: { mark_for_deletion: mark } });
  return {
    ...{ by, requests, ordered, kind: "organization", instance: "global", id: ID },
    ...{ before: organization(!to), after: organization(to) },
  } as unknown as JournalEntry;
}

function wrong(runs: RunSeen[], journal: JournalEntry[]): string[] {
  const before = { zendesk: { "us-government": { users: [] } } };
  const hour = { runs, before, sandbox: { journal } } as unknown as HourSeen;
  const checks = REPORTED.filter(({ name }) => name !== "results are of the run itself");
  return checks.flatMap(({ check }) => check(hour, {} as StorySeen));
}

const APPLIED = { outcome: "applied" };
const UNREADABLE = { outcome: "failed", code: "job.status_unreadable" };
const REFUSED = { outcome: "failed", code: "write.refused" };

test("what a job of an earlier run did beside the next is that run's, which has to tell it", () => {
  const late = entry("client", 5, 2);
  expect(wrong([run(0, [UNREADABLE]), run(4, [], [late])], [late])).toEqual([]);
  expect(wrong([run(0, []), run(4, [], [late])], [late])).toEqual([
    `global organization ${ID} was changed, and is not told`,
  ]);
  expect(wrong([run(0, [REFUSED]), run(4, [], [late])], [late])).toHaveLength(1);
});

test("what a run asked for itself has to be told by it, whatever an earlier one left at work", () => {
  const own = entry("client", 7, 6);
  expect(wrong([run(0, [UNREADABLE]), run(4, [], [own])], [own])).toHaveLength(1);
});

test("a mark that an agent set after the run's last look is told as applied", () => {
  const quicker = entry("person", 3, 3);
  expect(wrong([run(0, [APPLIED], [quicker])], [quicker])).toEqual([]);
});

test("no mark is told as applied that nobody set, that an agent took away, or that the run could see", () => {
  const told = `global: mark of ${ID} is told as applied, and was not`;
  expect(wrong([run(0, [APPLIED])], [])).toEqual([told]);
  const [seen, taken] = [entry("person", 1, 1), entry("person", 3, 3, false)];
  expect(wrong([run(0, [APPLIED], [seen])], [seen])).toEqual([told]);
  expect(wrong([run(0, [APPLIED], [taken])], [taken])).toEqual([told]);
});

test("a change that an agent made in full after the run's last look is told as applied, one that they made in part was written", () => {
  const quicker = entry("person", 3, 3);
  const told = (fields: object) => [
    { ...APPLIED, effect: "update", after: { organization_fields: { mark_for_deletion: true, ...fields } } },
  ];
  expect(wrong([run(0, told({ aar: 0 }), [quicker])], [quicker])).toEqual([]);
  expect(wrong([run(0, told({ aar: 5 }), [quicker])], [quicker])).toHaveLength(1);
  expect(wrong([run(0, [{ ...APPLIED, after: { name: "Other" } }], [quicker])], [quicker])).toHaveLength(1);
});
