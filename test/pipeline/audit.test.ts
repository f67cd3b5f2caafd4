import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { auditCommand } from "../../bin/commands/audit-command.ts";
import type { AuditLine } from "../../lib/audit/render-audit.ts";
import { buildWorld } from "../../sandbox/seed/build-world.ts";
import type { InstanceName } from "../../sandbox/types.ts";
import { RUN_TIMEOUT, startWorld, type TestWorld, TODAY } from "./world.ts";

setDefaultTimeout(RUN_TIMEOUT);

/* `zdsync audit` of a preview finds exactly what the sandbox's world has, on the sandbox's own reading of its records. */

const { oddities } = buildWorld({ accounts: 150, seed: 1, today: TODAY });
const accountOf = (name: string) => {
  const id = oddities.find((one) => one.name === name)?.salesforce_id;
  if (!id) throw new Error(`the world has no oddity "${name}"`);
  return id;
};

let world: TestWorld;
let exit: number;
let findings: AuditLine[];
let requestsBefore: number;

async function auditOf(given: Record<string, string>, json = true): Promise<{ exit: number; printed: string }> {
  const lines: string[] = [];
  const output = { out: (text: string) => void lines.push(text), err: () => {}, live: false as const };
  const shell = { env: {}, output, clock: () => new Date() };
  const code = await auditCommand.run({ name: "audit", given: { "data-dir": world.dataDir, ...given }, json, shell });
  return { exit: code, printed: lines.join("\n") };
}

beforeAll(async () => {
  world = await startWorld({ accounts: 150 });
  expect((await world.preview()).exit).toBe(0);
  requestsBefore = world.sandbox.requests.length;
  const done = await auditOf({});
  exit = done.exit;
  findings = JSON.parse(done.printed).findings;
});
afterAll(() => world[Symbol.asyncDispose]());

const line = (code: string, instance?: InstanceName) =>
  findings.find((one) => one.code === `audit.${code}` && (!instance || one.params.instance === instance));
const examples = (code: string, instance?: InstanceName) => line(code, instance)?.examples ?? [];

type Seeded = Record<string, unknown> & { id: number; organization_fields: Record<string, unknown> };
const organizations = (instance: InstanceName) => world.sandbox.zendesk(instance).organizations as Seeded[];
const field = (one: Seeded) => String(one.organization_fields.salesforce_id ?? "");
/** Ids in the examples of a finding, of organizations. */
const idsIn = (texts: readonly string[]) =>
  texts.flatMap((text) => /organizations? ([\d, ]+)/.exec(text)?.[1]?.split(", ").map(Number) ?? []).sort();
const idsWhere = (instance: InstanceName, is: (one: Seeded) => boolean) =>
  organizations(instance)
    .filter(is)
    .map(({ id }) => id)
    .sort();

test("findings are no failure, and no remote is asked", () => {
  expect(exit).toBe(0);
  expect(world.sandbox.requests.length).toBe(requestsBefore);
});

describe.each(["global", "us-government"] as const)("ids of %s", (instance) => {
  test("the field, external_id, both or neither", () => {
    expect(idsIn(examples("external_id_missing", instance))).toEqual(
      idsWhere(instance, (one) => field(one) !== "" && !one.external_id),
    );
    expect(idsIn(examples("account_id_missing", instance))).toEqual(
      idsWhere(instance, (one) => field(one) === "" && Boolean(one.external_id)),
    );
    expect(idsIn(examples("organization_unmanaged", instance))).toEqual(
      idsWhere(instance, (one) => field(one) === "" && !one.external_id),
    );
  });

  test("15 characters, and one account twice", () => {
    expect(idsIn(examples("account_id_short", instance))).toEqual(
      idsWhere(instance, (one) => field(one).length === 15),
    );
    const byAccount = Map.groupBy(organizations(instance), (one) => field(one).slice(0, 15));
    const doubled = [...byAccount].filter(([id, all]) => id !== "" && all.length > 1).flatMap(([, all]) => all);
    expect(idsIn(examples("account_id_shared", instance))).toEqual(doubled.map(({ id }) => id).sort());
    expect(doubled.length).toBe(2);
  });
});

test("accounts in both instances", () => {
  const [global, government] = (["global", "us-government"] as const).map(
    (instance) => new Set(organizations(instance).map((one) => field(one).slice(0, 15))),
  );
  const both = [...(global ?? [])].filter((id) => id !== "" && government?.has(id));
  expect(examples("account_in_both_instances").map((text) => text.slice(0, 15))).toEqual(both.sort());
});

test("names that several want: all and only the oddities made for it", () => {
  const contested = oddities.filter(({ name }) =>
    /^C7 (?:create (?:with the name of another|whose name)|rename to|swapped)/.test(name),
  );
  expect(examples("name_contested", "global").map((text) => text.slice(0, 18))).toEqual(
    contested.map(({ salesforce_id }) => salesforce_id ?? "").sort(),
  );
});

test("overrides that are not applied; one that changes nothing is not in this world", () => {
  const accounts = new Set(examples("override_not_applied").map((text) => text.split(" · ")[1]));
  for (const name of [
    "E8 override ended yesterday",
    "E8 override given twice",
    "E8 override of an unknown subscription type",
    "E8 override without effect: no subscription in that instance",
    "E8 E1 override without effect: account without any subscription",
  ])
    expect(accounts).toContain(accountOf(name));
  expect(accounts).not.toContain(accountOf("E8 override applies, on its last day"));
  expect(line("override_without_change")).toBeUndefined();
});

test("people of us-government: in the wrong organization, in none, and without a usable address", () => {
  const { users } = world.sandbox.zendesk("us-government");
  const userOf = (name: string) => {
    const email = oddities.find((one) => one.name === name)?.expect.users?.[0]?.email;
    return users.find((user) => user.email === email)?.id;
  };
  expect(examples("user_without_organization", "us-government")).toEqual([
    `user ${userOf("U5 user without organization")}`,
  ]);
  const misplaced = [
    "U5 contact of another account than the user",
    "U5 user in two organizations",
    "U2 user of a protected domain",
  ].map((name) => `user ${userOf(name)}`);
  expect(examples("user_in_other_organization", "us-government").map((text) => text.split(/ · |, /)[1])).toEqual(
    expect.arrayContaining(misplaced),
  );
  expect(line("user_in_other_organization", "us-government")?.count).toBe(misplaced.length);
  expect(examples("contact_without_address", "us-government")).toEqual([
    accountOf("U4 contact with an unusable address"),
  ]);
});

test("nothing that is not listed above is found", () => {
  expect(new Set(findings.map(({ code }) => code.replace("audit.", "")))).toEqual(
    new Set([
      "account_id_shared",
      "account_id_short",
      "external_id_missing",
      "account_id_missing",
      "name_contested",
      "organization_unmanaged",
      "account_without_address",
      "account_in_both_instances",
      "user_in_other_organization",
      "user_without_organization",
      "contact_without_address",
      "override_not_applied",
    ]),
  );
});

test("the run's page has the findings, too", async () => {
  const page = await world.text("report.html");
  const [, head = "{}"] = /id="head-data">(.*?)<\/script>/s.exec(page) ?? [];
  const { audit } = JSON.parse(head) as { audit: AuditLine[] };
  expect(audit.map(({ code, count }) => [code, count])).toEqual(findings.map(({ code, count }) => [code, count]));
});

test("people see counts, ids and commands, never a name; --fail-on makes findings a failure", async () => {
  const { printed } = await auditOf({ examples: "2" }, false);
  expect(printed).toContain("Several organizations with the same salesforce_id (global): 1\n");
  expect(printed).toMatch(/\n {4}zdsync explain 0014M/);
  const names = organizations("global").map(({ name }) => String(name));
  expect(names.filter((name) => printed.includes(name))).toEqual([]);
  expect((await auditOf({ "fail-on": "account_id_shared" })).exit).toBe(1);
  expect((await auditOf({ "fail-on": "protected_id_unknown" })).exit).toBe(0);
  expect((await auditOf({ "fail-on": "nonsense" })).exit).toBe(2);
});
