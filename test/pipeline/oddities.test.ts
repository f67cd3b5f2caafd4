import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { buildWorld } from "../../sandbox/seed/build-world.ts";
import { expectedChanges } from "../../sandbox/seed/expected-changes.ts";
import { expectedContacts } from "../../sandbox/seed/expected-contacts.ts";
import { sameMeaning } from "../../sandbox/seed/meaning.ts";
import type { InstanceName, OrganizationExpectation } from "../../sandbox/types.ts";
import { comparisons, RUN_TIMEOUT, startWorld, type TestWorld, TODAY } from "./world.ts";

setDefaultTimeout(RUN_TIMEOUT);

/* Every oddity of the sandbox's world comes to what the sandbox, on its own reading of the specification, expects. */

const ODDITIES = buildWorld({ accounts: 150, seed: 1, today: TODAY }).oddities;
type Record_ = Record<string, unknown>;

let world: TestWorld;
let before: Record<InstanceName, Record_[]>;
let usersBefore: Record<InstanceName, Record_[]>;
let notes: Record_[];
let summary: Awaited<ReturnType<TestWorld["run"]>>["summary"];

beforeAll(async () => {
  world = await startWorld({ accounts: 150 });
  const { sandbox } = world;
  before = {
    global: sandbox.zendesk("global").organizations,
    "us-government": sandbox.zendesk("us-government").organizations,
  };
  usersBefore = { global: sandbox.zendesk("global").users, "us-government": sandbox.zendesk("us-government").users };
  const run = await world.run();
  expect(run.exit).toBe(0);
  summary = run.summary;
  notes = (
    await Promise.all(
      ["global", "usgov", "partner", "usgov_user", "process_global", "process_usgov"].map((name) =>
        world.artifact(`${name}_notes.json`),
      ),
    )
  ).flat();
});
afterAll(() => world[Symbol.asyncDispose]());

const fieldsOf = (organization: Record_) => organization.organization_fields as Record_;
const idOf = (organization: Record_) => String(fieldsOf(organization).salesforce_id ?? "").slice(0, 15);

/** Organizations of an oddity: by account, or by name where it has none. */
function organizationsOf(
  list: Record_[],
  salesforceId: string | undefined,
  expectation: OrganizationExpectation,
): Record_[] {
  const accountId = salesforceId?.slice(0, 15);
  const byAccount = accountId ? list.filter((organization) => idOf(organization) === accountId) : [];
  return byAccount.length > 0
    ? byAccount
    : list.filter((organization) => !accountId && organization.name === expectation.name);
}

function written(organization: Record_, old: Record_ | undefined): boolean {
  return (
    !old ||
    JSON.stringify([organization.name, organization.organization_fields]) !==
      JSON.stringify([old.name, old.organization_fields])
  );
}

describe("each oddity comes to what is expected of it", () => {
  for (const { name, salesforce_id, expect: expected } of ODDITIES) {
    test(name, () => {
      for (const instance of ["global", "us-government"] as const) {
        const expectation = expected[instance];
        if (expectation) checkOrganization(instance, salesforce_id, expectation);
      }
      for (const user of expected.users ?? []) checkUser(user);
    });
  }
});

function checkOrganization(
  instance: InstanceName,
  salesforceId: string | undefined,
  expectation: OrganizationExpectation,
): void {
  const old = organizationsOf(before[instance], salesforceId, expectation);
  const now = organizationsOf(world.sandbox.zendesk(instance).organizations, salesforceId, expectation);
  const changed = now.filter((organization) =>
    written(
      organization,
      before[instance].find((one) => one.id === organization.id),
    ),
  );
  switch (expectation.is) {
    case "absent":
      expect(now).toEqual([]);
      break;
    case "created":
      expect(now.length).toBe(old.length + 1);
      break;
    case "unchanged":
    case "left alone":
      expect(now.length).toBeGreaterThan(0);
      expect(changed).toEqual([]);
      break;
    case "conflict":
      expect(notes.some((note) => note.rule === "C7" && (!salesforceId || note.salesforce_id === salesforceId))).toBe(
        true,
      );
      break;
    case "marked":
      expect(now.map((organization) => fieldsOf(organization).mark_for_deletion)).toContain(true);
      break;
    default:
      expect(changed.length).toBeGreaterThan(0);
  }
  const subject = changed[0] ?? now[0];
  if (!subject) return;
  if (expectation.name !== undefined && expectation.is !== "absent")
    expect(now.map((organization) => organization.name)).toContain(expectation.name);
  if (expectation.is === "unmarked") expect(fieldsOf(subject).mark_for_deletion).toBe(false);
  const wanted = {
    ...expectation.fields,
    ...(expectation.support_level ? { support_level: expectation.support_level } : {}),
  };
  for (const [key, value] of Object.entries(wanted))
    expect({
      [key]: now.some((organization) => sameMeaning(instance, key, fieldsOf(organization)[key], value)),
    }).toEqual({ [key]: true });
}

function checkUser({
  instance,
  email,
  is,
  organization,
}: NonNullable<(typeof ODDITIES)[number]["expect"]["users"]>[number]): void {
  const find = (list: Record_[]) => list.find((user) => String(user.email ?? "").toLowerCase() === email);
  const old = find(usersBefore[instance]);
  const now = find(world.sandbox.zendesk(instance).users);
  const marked = (now?.user_fields as Record_ | undefined)?.mark_for_deletion;
  const same =
    JSON.stringify([old?.name, old?.organization_id, old?.user_fields]) ===
    JSON.stringify([now?.name, now?.organization_id, now?.user_fields]);
  const outcome = {
    created: !old && now !== undefined,
    absent: now === undefined,
    updated: now !== undefined && !same,
    associated: now !== undefined && old?.organization_id === null && now.organization_id !== null,
    unchanged: same,
    "left alone": same,
    marked: marked === true,
    unmarked: now !== undefined && marked !== true,
  }[is];
  expect({ email, [is]: outcome }).toEqual({ email, [is]: true });
  if (organization === undefined || !now) return;
  const holder = world.sandbox.zendesk(instance).organizations.find((one) => one.id === now.organization_id);
  expect(holder ? String(holder.external_id ?? idOf(holder)).slice(0, 15) : null).toBe(
    organization?.slice(0, 15) ?? null,
  );
}

test("E2: an unknown charge has its nearest known name, and the customers it hurts now are named in the report only", async () => {
  const odd = ODDITIES.find(({ name }) => name.startsWith("E2 charge name in other capitals"));
  const account = world.sandbox.world.salesforce.Account.find(({ Id }) => Id === odd?.salesforce_id);
  const note = notes.find((one) => one.code === "charge.unknown" && one.salesforce_id === odd?.salesforce_id);
  expect(note?.params).toMatchObject({ nearest: "SaaS - Premium - 1 Year", hurts: true });
  const report = await world.text("report.md");
  expect(report).toContain("## Less support because of a charge missing from plans.yml");
  expect(report).toContain(`- ${account?.Name} (${odd?.salesforce_id})`);
  expect(JSON.stringify(notes)).not.toContain(String(account?.Name));
});

test("the run's counts are those the sandbox works out for itself", () => {
  const expected = expectedChanges(world.sandbox.world);
  const planned = comparisons(summary);
  const contacts = expectedContacts(world.sandbox.world, new Date());
  for (const [name, part, planned_contacts] of [
    ["global", expected.global, contacts.length],
    ["usgov", expected["us-government"], 0],
    ["partner", expected.partners, 0],
  ] as const) {
    expect({ name, ...planned[name]?.planned }).toEqual({
      name,
      creates: part.creates.length,
      updates: part.updates.length + part.rewrites.length,
      marks: part.marks.length,
      contacts: planned_contacts,
    });
  }
});
