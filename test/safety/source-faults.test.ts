import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { EXIT } from "../../lib/errors.ts";
import { to18 } from "../../sandbox/seed/salesforce-ids.ts";
import type { Fault } from "../../sandbox/types.ts";
import { QUICK, RUN_TIMEOUT, startWorld, type TestWorld } from "../pipeline/world.ts";
import { smallWorld } from "./small-world.ts";

setDefaultTimeout(RUN_TIMEOUT);

/* S1, S10: a source that does not answer everything: no artifact, no write, and a message that says what was incomplete. */

/** Pages of an account and a few of its children each: every list of the small world goes on behind a locator. */
const SMALL_PAGES = 3;
/** Faults that pass are tried again; these do not pass. */
const LASTING = 200;

const absent = (world: TestWorld, name: string) =>
  world.text(name).then(
    () => false,
    () => true,
  );

interface SourceFault {
  faults: Fault[];
  /** What the message must say. */
  says: RegExp;
  batch?: number;
}

const ACCOUNTS = { service: "salesforce", path: "query\\?q=.*FROM Account" } as const;
const LATER_PAGES = { service: "salesforce", path: "/query/0r8" } as const;

describe("S1: Salesforce answers less than everything", () => {
  const cases: Record<string, SourceFault> = {
    "a record of the first page is missing: fewer came than were announced": {
      faults: [{ ...ACCOUNTS, kind: "drop-record", times: 1 }],
      says: /accounts: it returned \d+ of \d+ records announced/,
    },
    "a record of a later page is missing": {
      faults: [{ ...LATER_PAGES, kind: "drop-record", times: 1 }],
      says: /(?:it returned \d+ of \d+ records announced|incomplete)/,
    },
    "half of the accounts: a later page answers nothing, and calls that the end": {
      faults: [{ ...LATER_PAGES, kind: "empty", times: LASTING }],
      says: /it returned \d+ of \d+ records announced/,
    },
    "a record twice": {
      faults: [{ ...ACCOUNTS, kind: "duplicate-record", times: LASTING }],
      batch: 2000,
      says: /accounts: record \w{18} was returned twice/,
    },
    "a page cut in the middle, again and again": {
      faults: [{ ...ACCOUNTS, kind: "truncate", times: LASTING }],
      says: /Salesforce.*(?:cut|broke|complete|JSON)/is,
    },
    "a later page cut in the middle": {
      faults: [{ ...LATER_PAGES, kind: "truncate", times: LASTING }],
      says: /Salesforce.*(?:cut|broke|complete|JSON)/is,
    },
    "the session is lost between pages and cannot be renewed": {
      faults: [{ ...LATER_PAGES, kind: "401", times: LASTING }],
      says: /Salesforce.*(?:session|INVALID_SESSION_ID)/is,
    },
  };
  for (const [name, { faults, says, batch = SMALL_PAGES }] of Object.entries(cases)) {
    test(`${name}: no artifact, no write, and it says so`, async () => {
      await using world = await startWorld({ timing: QUICK, world: smallWorld(), salesforceBatch: batch });
      for (const fault of faults) world.sandbox.addFault(fault);
      const { exit, summary } = await world.run();
      expect(exit).toBe(EXIT.failed);
      expect(world.sandbox.requests.some(({ fault }) => fault === faults[0]?.kind)).toBe(true);
      expect(world.sandbox.writes()).toEqual([]);
      expect(await absent(world, "salesforce_accounts.json")).toBe(true);
      expect(await absent(world, "global_creates.json")).toBe(true);
      expect(summary.failures.map(({ where }) => where)).toEqual(["gather-accounts"]);
      expect(summary.failures[0]?.message).toMatch(says);
    });
  }

  test("the children of an account are missing: its list goes on, and what comes is not what was announced", async () => {
    const draft = smallWorld();
    // One account with more charges than a page holds: the rest of its list is behind a locator of its own.
    const charges = draft.salesforce.Zuora__SubscriptionProductCharge__c;
    const [charge] = charges;
    for (let made = 0; made < 8; made++) charges.push({ ...charge, Id: to18(`a0C4M00000Chi${made}0`) });
    await using world = await startWorld({ timing: QUICK, world: draft, salesforceBatch: SMALL_PAGES });
    world.sandbox.addFault({ ...LATER_PAGES, kind: "drop-record", times: LASTING });
    const { exit, summary } = await world.run();
    expect(exit).toBe(EXIT.failed);
    expect(world.sandbox.writes()).toEqual([]);
    expect(await absent(world, "salesforce_accounts.json")).toBe(true);
    expect(summary.failures[0]?.message).toMatch(/Zuora__\w+ of \w{18}: it returned \d+ of \d+ records announced/);
  });

  test("a session lost between pages is renewed once, and the run is complete", async () => {
    await using world = await startWorld({ timing: QUICK, world: smallWorld(), salesforceBatch: SMALL_PAGES });
    world.sandbox.addFault({ ...LATER_PAGES, kind: "401", times: 1 });
    await using calm = await startWorld({ timing: QUICK, world: smallWorld() });
    expect([(await world.run()).exit, (await calm.run()).exit]).toEqual([EXIT.done, EXIT.done]);
    expect(await world.artifact("salesforce_accounts.json")).toEqual(await calm.artifact("salesforce_accounts.json"));
  });

  test("no account at all, well-formed: the limits stop what would be marked, in both instances", async () => {
    await using world = await startWorld({ timing: QUICK });
    world.sandbox.addFault({ ...ACCOUNTS, kind: "empty", times: LASTING });
    const { exit, summary } = await world.run();
    expect(exit).toBe(EXIT.refused);
    expect(world.sandbox.writes()).toEqual([]);
    for (const name of ["global", "usgov"])
      expect(summary.reports.find(({ comparison }) => comparison?.name === name)?.comparison?.refused).toContainEqual(
        expect.objectContaining({ text: expect.stringMatching(/^Too many marks: \d+ of \d+/) }),
      );
  });

  test("contacts are missing: no user is created, changed or marked", async () => {
    for (const [kind, says] of [
      ["drop-record", /contacts: it returned \d+ of \d+ records announced/],
      ["truncate", /Salesforce/],
    ] as const) {
      await using world = await startWorld({ timing: QUICK, world: smallWorld() });
      world.sandbox.addFault({ service: "salesforce", path: "FROM Contact", kind, times: LASTING });
      const { exit, summary } = await world.run({ instance: "us-government" });
      expect({ kind, exit }).toEqual({ kind, exit: EXIT.failed });
      expect(world.sandbox.writes()).toEqual([]);
      expect(await absent(world, "usgov_user_creates.json")).toBe(true);
      expect(summary.failures[0]?.message).toMatch(says);
    }
  });
});

describe("S1: Zendesk answers less than everything", () => {
  const LIST = { service: "zendesk-global", path: "/organizations\\?" } as const;
  const cases: Record<string, SourceFault> = {
    "a page in the middle is lost: it answers nothing, and calls that the end": {
      faults: [{ ...LIST, kind: "empty", after: 1, times: 1 }],
      says: /organizations of Zendesk global ended after 100 records and then continued, so a page may be missing/,
    },
    "all pages after the first are lost": {
      faults: [{ ...LIST, kind: "empty", after: 1, times: LASTING }],
      says: /organizations of Zendesk global ended after 100 records, but its count is \d+/,
    },
    "it answers that it has no organizations": {
      faults: [{ ...LIST, kind: "empty", times: LASTING }],
      says: /organizations of Zendesk global ended after 0 records, but its count is \d+/,
    },
    "an id twice": {
      faults: [{ ...LIST, kind: "duplicate-record" }],
      says: /organizations of Zendesk global contains record \d+ twice/,
    },
    "a page cut in the middle": { faults: [{ ...LIST, kind: "truncate", after: 1, times: LASTING }], says: /Zendesk/ },
    "a page that is not there": { faults: [{ ...LIST, kind: "404", after: 1, times: LASTING }], says: /Zendesk/ },
  };
  for (const [name, { faults, says }] of Object.entries(cases)) {
    test(`${name}: no artifact, no write to it, and it says so; the other instance goes on`, async () => {
      await using world = await startWorld({ timing: QUICK, accounts: 1000 });
      for (const fault of faults) world.sandbox.addFault(fault);
      const { exit, summary } = await world.run({ allow: "creates=1000" });
      expect(exit).toBe(EXIT.failed);
      const writes = world.sandbox.writes();
      expect(writes.filter(({ service }) => service !== "zendesk-us-government")).toEqual([]);
      expect(writes.length).toBeGreaterThan(0);
      for (const file of ["zendesk_global.json", "global_creates.json"]) expect(await absent(world, file)).toBe(true);
      expect(summary.failures.map(({ where }) => where)).toEqual(["global"]);
      expect(summary.failures[0]?.message).toMatch(says);
    });
  }

  for (const [what, list] of Object.entries({
    users: "/users\\?page",
    memberships: "/organization_memberships\\?page",
  })) {
    for (const kind of ["duplicate-record", "truncate"] as const)
      test(`${what} of us-government, ${kind}: no user is written`, async () => {
        await using world = await startWorld({ timing: QUICK, world: smallWorld() });
        world.sandbox.addFault({ service: "zendesk-us-government", path: list, kind, times: LASTING });
        const { exit, summary } = await world.run({ instance: "us-government" });
        expect(exit).toBe(EXIT.failed);
        expect(world.sandbox.writes()).toEqual([]);
        expect(await absent(world, "usgov_user_creates.json")).toBe(true);
        expect(summary.failures[0]?.message).toMatch(/Zendesk/);
      });
  }
});

describe("S10: the wrong instance", () => {
  const swapped = (env: Record<string, string>) => ({
    ...env,
    ...Object.fromEntries(
      ["URL", "CLIENT_ID", "CLIENT_SECRET"].flatMap((name) => [
        [`ZENDESK_GLOBAL_${name}`, env[`ZENDESK_USGOV_${name}`]],
        [`ZENDESK_USGOV_${name}`, env[`ZENDESK_GLOBAL_${name}`]],
      ]),
    ),
  });

  test("swapped settings: nothing is taken, nothing is written, both are named", async () => {
    await using world = await startWorld({ timing: QUICK, world: smallWorld(), env: swapped });
    const { exit, summary } = await world.run();
    expect(exit).toBe(EXIT.failed);
    expect(world.sandbox.writes()).toEqual([]);
    for (const file of ["zendesk_global.json", "zendesk_usgov.json"]) expect(await absent(world, file)).toBe(true);
    expect(JSON.stringify(summary.failures)).toMatch(/ZENDESK_GLOBAL_URL and ZENDESK_USGOV_URL swapped/);
  });

  test("settings swapped between gather and sync are noticed again before the first write", async () => {
    await using world = await startWorld({ timing: QUICK, world: smallWorld() });
    await world.preview();
    await using other = await startWorld({ timing: QUICK, world: smallWorld(), env: swapped });
    for (const [stage, given] of [
      ["sync", { instance: "global" }],
      ["sync", { instance: "us-government" }],
      ["partner-sync", {}],
      ["user-sync", {}],
    ] as const)
      expect((await other.stage(stage, { ...given, "data-dir": world.dataDir })).exit).toBe(EXIT.failed);
    expect(other.printed()).toContain("swapped");
    expect(other.sandbox.writes()).toEqual([]);
  });

  test("another host than the config expects is refused before anything is read", async () => {
    await using world = await startWorld({
      timing: QUICK,
      world: smallWorld(),
      config: (text) => `${text}\nhosts: { global: example.zendesk.com }\n`,
    });
    expect((await world.run()).exit).toBe(EXIT.usage);
    expect(world.printed()).toContain("ZENDESK_GLOBAL_URL");
    expect(world.sandbox.requests).toEqual([]);
  });
});
