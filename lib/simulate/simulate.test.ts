import { describe, expect, test } from "bun:test";
import { accountId, organization } from "../../test/support/domain/in-sync-world.ts";
import {
  account,
  charge,
  override,
  PLANS,
  PREMIUM,
  process,
  subscription,
  TODAY,
  ULTIMATE,
} from "../../test/support/domain/process-examples.ts";
import { DEFAULT_CONFIG } from "../domain/config.ts";
import type { Organization } from "../domain/organization.ts";
import type { ParsedRules } from "../storage/kept-rules.ts";
import type { GatheredWorld } from "./compare-by-rules.ts";
import { simulate } from "./simulate.ts";
import { exitOfSimulation, simulationModel } from "./simulation-model.ts";
import { NOTE_MARKER, simulationNote } from "./simulation-note.ts";

const RULES: ParsedRules = { plans: PLANS, overrides: [], overrideNotes: [], config: DEFAULT_CONFIG };
/** The plans without a charge: whoever has it loses what it gave. */
function without(name: string): ParsedRules {
  const typeOfCharge = new Map([...PLANS.typeOfCharge].filter(([charged]) => charged !== name));
  return { ...RULES, plans: { ...PLANS, typeOfCharge } };
}

const customer = (n: number, name = PREMIUM) =>
  account({
    salesforce_id: accountId(n),
    name: `Customer ${n}`,
    subs: [subscription({ id: `s${n}`, subscription_id: null })],
    charges: [charge(name, { id: `c${n}`, subscription_id: `s${n}` })],
  });

/** Customers 1…12: of 1 the organization is behind, 2 has none yet, the others are as they should be; 40 is nobody's any more. */
function world(): GatheredWorld {
  const accounts = Array.from({ length: 12 }, (_, index) => customer(index + 1, index === 2 ? ULTIMATE : PREMIUM));
  const wanted = process(accounts).desired.global;
  const organizations = wanted.map((one, index) => organization(index + 1, one));
  const [first] = organizations as [Organization];
  const gone = organization(40, {
    ...(wanted[3] as (typeof wanted)[number]),
    salesforce_id: accountId(40),
    name: "Gone",
  });
  gone.organization_fields.salesforce_id = accountId(40);
  return {
    today: TODAY,
    accounts,
    partners: [],
    merged: [],
    organizations: {
      global: [
        { ...first, organization_fields: { ...first.organization_fields, account_owner: "Somebody Else" } },
        ...organizations.slice(2),
        gone,
      ],
      "us-government": [],
    },
    gathered_at: `${TODAY}T00:00:00Z`,
    addresses: [],
    people: null,
    quarantined: { accounts: [], unidentified: 0 },
  };
}

const changesOf = (simulated: ReturnType<typeof simulate>) =>
  simulated.comparisons.map(({ name, changes }) => [
    name,
    changes.creates.map(({ salesforce_id }) => salesforce_id),
    changes.updates.map(({ salesforce_id }) => salesforce_id),
    changes.marks.map(({ salesforce_id }) => salesforce_id),
  ]);

test("the same rules change nothing, whatever is pending in the world", () => {
  expect(changesOf(simulate(world(), { before: RULES, after: RULES }))).toEqual([
    ["global", [], [], []],
    ["partner", [], [], []],
    ["usgov", [], [], []],
  ]);
});

describe("a charge that nobody maps any more", () => {
  const simulated = simulate(world(), { before: RULES, after: without(ULTIMATE) });
  const model = simulationModel(simulated, world(), {
    command: "zdsync simulate --plans new.yml",
    run_id: "run-1",
    hosts: { salesforce: null, global: "example.zendesk.com", "us-government": null },
    started_at: "2026-11-23T10:00:00Z",
    started_by: null,
  });

  test("takes support from who has it, and from nobody else; new notes are told", () => {
    expect(changesOf(simulated)[0]).toEqual(["global", [], [accountId(3)], []]);
    expect(simulated.notes.map(({ salesforce_id, reason }) => [salesforce_id, reason.code])).toEqual([
      [accountId(3), "charge.unknown"],
    ]);
    expect(model.rows.filter(({ harm }) => harm === "loses support")).toMatchObject([
      { salesforce_id: accountId(3), name: "Customer 3", outcome: "refused", effect: "update" },
    ]);
  });

  test("is held against the limits: one of thirteen is more than 5 %, unless it is allowed", () => {
    expect(exitOfSimulation(simulated)).toBe(4);
    expect(exitOfSimulation(simulate(world(), { before: RULES, after: without(ULTIMATE) }, { downgrades: 1 }))).toBe(0);
  });

  test("the note names ids and counts, no name, no link into Zendesk", () => {
    const note = simulationNote(model, { commit: "abcdef0123456789", page: "https://gitlab.example/-/jobs/1" });
    expect(note).toStartWith(
      `${NOTE_MARKER}\n**zdsync simulate: over the limits** (rules of abcdef01, data of run run-1`,
    );
    expect(note).toContain(`| loses support | 1 | \`${accountId(3)}\` |`);
    expect(note).toContain("| Customers, global: downgrades | 1 | 0 |");
    expect(note).not.toMatch(/Customer 3|zendesk\.com|Example|@/);
  });
});

test("a change cannot raise the limit that it is held against", () => {
  const generous = {
    ...DEFAULT_CONFIG,
    limits: {
      ...DEFAULT_CONFIG.limits,
      global: { ...DEFAULT_CONFIG.limits.global, downgrades: { percent: 100, max: 1000 } },
    },
  };
  const after = { ...without(ULTIMATE), config: generous };
  expect(exitOfSimulation(simulate(world(), { before: RULES, after }))).toBe(4);
});

test("an override and an excluded account: only what they change, also of organizations that are not there yet", () => {
  const promised = override({ salesforce_id: accountId(2) });
  const after = { ...RULES, overrides: [promised] };
  const simulated = simulate(world(), { before: RULES, after });
  expect(changesOf(simulated)[0]).toEqual(["global", [], [accountId(2)], []]);
  const model = simulationModel(simulated, world(), {
    command: "",
    run_id: "run-1",
    hosts: { salesforce: null, global: "example.zendesk.com", "us-government": null },
    started_at: "",
    started_by: null,
  });
  // Its id is invented: nobody can look it up.
  expect(model.rows).toMatchObject([
    { salesforce_id: accountId(2), id: null, harm: "upgraded", links: { zendesk: null } },
  ]);
});

test("a protected id that is not protected any more: its organization is marked", () => {
  const protectedConfig = { ...DEFAULT_CONFIG, protected_ids: [accountId(40)] };
  const simulated = simulate(world(), { before: { ...RULES, config: protectedConfig }, after: RULES });
  expect(changesOf(simulated)[0]).toEqual(["global", [], [], [accountId(40)]]);
});
