import { describe, expect, test } from "bun:test";
import { accountId, desiredOrganization, inSyncWorld, organization } from "../../test/support/domain/in-sync-world.ts";
import {
  ACCOUNT,
  account,
  charge,
  override,
  PLANS,
  PREMIUM,
  TODAY,
} from "../../test/support/domain/process-examples.ts";
import type { Account } from "../domain/account.ts";
import { DEFAULT_CONFIG } from "../domain/config.ts";
import type { DesiredOrganization, Organization, PartnerAccount } from "../domain/organization.ts";
import { AUDIT_REASONS } from "../domain/reasons/auditing.ts";
import type { User } from "../domain/user.ts";
import { type AuditSources, audit } from "./audit.ts";
import { auditOfGlobal } from "./audit-of-global.ts";
import { auditedAccount, auditedDesired, auditedOrganization } from "./audited-records.ts";
import { type AuditCode, type AuditFinding, example, findingIn } from "./finding.ts";
import { namesOf } from "./names.ts";
import { commandFor, exampleText } from "./remedies.ts";
import { auditLines, type NameOf, renderAudit } from "./render-audit.ts";

const SOLD_TO = [{ name: null, email: "buyer@example.com" }];

/** Three customers of each instance, all as they should be; nothing is found. */
function inOrder(): Gathered & { instances: Record<"global" | "us-government", Sides> } {
  const sides = (instance: "global" | "us-government", from: number): Sides => {
    const desired = [0, 1, 2].map((n) => ({ ...desiredOrganization(from + n, instance), sold_tos: SOLD_TO }));
    return { desired, organizations: desired.map((one, index) => organization(from + index, one)) };
  };
  return {
    today: TODAY,
    accounts: [],
    partners: [],
    instances: { global: sides("global", 1), "us-government": sides("us-government", 11) },
    people: { users: [], contacts: [], notes: [] },
    rules: { plans: PLANS, overrides: [], overrideNotes: [], config: DEFAULT_CONFIG },
  };
}
interface Sides {
  desired: DesiredOrganization[];
  organizations: Organization[];
}
/** What an audit looks at, as whole records. */
interface Gathered extends Omit<AuditSources, "accounts" | "overridden" | "partners" | "instances"> {
  accounts: Account[];
  partners: PartnerAccount[];
  instances: Partial<Record<"global" | "us-government", Sides>>;
}

/** As it is read out of a run's artifacts. */
function asRead({ accounts, partners, instances, ...rest }: Gathered): AuditSources {
  return {
    ...rest,
    accounts: accounts.map(auditedAccount),
    overridden: accounts,
    partners: partners.map(auditedAccount),
    instances: Object.fromEntries(
      Object.entries(instances).map(([instance, { desired, organizations }]) => [
        instance,
        { desired: desired.map(auditedDesired), organizations: organizations.map(auditedOrganization) },
      ]),
    ),
  };
}

/** Code → examples as text. */
function found(sources: Gathered): Record<string, string[]> {
  return asText(audit(asRead(sources)));
}

function asText(findings: readonly AuditFinding[]): Record<string, string[]> {
  return Object.fromEntries(
    findings.map(({ reason, examples }) => [reason.code.replace("audit.", ""), examples.map(exampleText)]),
  );
}

function user(changes: Partial<User>): User {
  const base = { id: 900, name: "N", email: "a@example.com", organization_id: 11, role: "end-user" };
  return { ...base, suspended: false, marked: false, memberships: 1, ...changes };
}

test("where everything is in order, nothing is found", () => {
  expect(audit(asRead(inOrder()))).toEqual([]);
  expect(renderAudit([], [])).toBe("audit: nothing found. Nothing was read from any remote, and nothing was changed.");
});

/** Changes one organization of global, the first one, and says what is found. */
function withOrganization(changes: (first: Organization) => Partial<Organization>): Record<string, string[]> {
  const sources = inOrder();
  const [first, ...others] = sources.instances.global.organizations as [Organization, ...Organization[]];
  return found({
    ...sources,
    instances: {
      ...sources.instances,
      global: { ...sources.instances.global, organizations: [{ ...first, ...changes(first) }, ...others] },
    },
  });
}

describe("ids of organizations", () => {
  const [one, two] = [accountId(1), accountId(2)];
  const id = (salesforce_id: string | null) => (first: Organization) => ({
    organization_fields: { ...first.organization_fields, salesforce_id },
  });

  test("two organizations of one account, in one of its ids or in both", () => {
    expect(withOrganization((first) => ({ ...id(two)(first), external_id: null }))).toEqual({
      account_id_shared: [`${two} · organizations 1, 2`],
      external_id_missing: [`${two} · organization 1`],
      name_contested: expect.anything(),
    });
    expect(withOrganization(() => ({ external_id: two.slice(0, 15) }))).toEqual({
      external_id_shared: [`${two} · organizations 1, 2`],
      external_id_short: [`${one} · organization 1`],
      ids_differ: [`${one} · organization 1`],
    });
  });

  test("15 characters, the wrong case, or no id at all", () => {
    for (const spelled of [one.slice(0, 15), one.toUpperCase()])
      expect(withOrganization(id(spelled))).toEqual({ account_id_short: [`${one} · organization 1`] });
    expect(withOrganization(id("see CRM")).account_id_invalid).toEqual([`${one} · organization 1`]);
  });

  test("in the field but not in external_id, and the reverse; in neither", () => {
    expect(withOrganization(() => ({ external_id: null }))).toEqual({
      external_id_missing: [`${one} · organization 1`],
    });
    expect(withOrganization(id(null))).toEqual({ account_id_missing: [`${one} · organization 1`] });
    expect(withOrganization((first) => ({ ...id("")(first), external_id: null })).organization_unmanaged).toEqual([
      "organization 1",
    ]);
  });

  test("in both instances", () => {
    const sources = inOrder();
    const stray = organization(99, desiredOrganization(1, "us-government"));
    const government = sources.instances["us-government"];
    expect(
      found({
        ...sources,
        instances: {
          ...sources.instances,
          "us-government": { ...government, organizations: [...government.organizations, stray] },
        },
      }),
    ).toEqual({ account_in_both_instances: [`${one} · organizations 1, 99`] });
  });
});

test("names that two want, and customers whom nobody could ask for", () => {
  const sources = inOrder();
  const { global } = sources.instances;
  const newcomer = { ...desiredOrganization(7), name: " CUSTOMER 2", sold_tos: [] };
  const expired = { ...desiredOrganization(8), name: "Customer 3", sold_tos: [] };
  expired.organization_fields.support_level = "expired";
  expect(
    found({
      ...sources,
      instances: { global: { ...global, desired: [...global.desired, newcomer, expired] } },
    }),
  ).toEqual({
    name_contested: [`${accountId(7)} · organization 2`],
    account_without_address: [accountId(7)],
  });
});

test("partners' organizations in us-government are kept by nobody", () => {
  const { instance: _, ...world } = inSyncWorld("us-government");
  const [first] = world.organizations;
  const sources = { ...inOrder(), instances: { "us-government": { ...world, desired: [] } } };
  expect(found({ ...sources, partners: [{ salesforce_id: accountId(1), name: "P", account_type: null }] })).toEqual({
    organization_of_partner: [`${accountId(1)} · organization ${first?.id}`],
  });
});

test("people: agents among customers, users elsewhere than their contact, users nowhere, contacts without address", () => {
  const contact = (email: string, organization_id: number) => ({
    salesforce_id: accountId(organization_id),
    name: "N",
    email,
    organization_id,
  });
  const home = accountId(11);
  const people = {
    users: [
      user({ id: 1, role: "agent" }),
      user({ id: 2, role: "agent", organization_id: null }),
      user({ id: 3, email: "moved@example.com" }),
      user({ id: 4, email: "both@example.com" }),
      user({ id: 5, email: "nowhere@example.com", organization_id: null }),
      user({ id: 6, email: "moved@example.com", suspended: true }),
      user({ id: 7, email: null }),
    ],
    contacts: [
      contact("moved@example.com", 12),
      contact("both@example.com", 12),
      contact("both@example.com", 11),
      contact("nowhere@example.com", 13),
    ],
    notes: [
      { rule: "U4", salesforce_id: home, id: null, reason: { code: "contact.address_unusable", params: {} } },
    ] as const,
  };
  expect(found({ ...inOrder(), people })).toEqual({
    agent_in_customers_organization: [`${home} · user 1, organization 11`],
    user_in_other_organization: [`${home} · user 3, organization 11`],
    user_without_organization: ["user 5"],
    contact_without_address: [home],
  });
});

describe("rules that nothing answers to", () => {
  const rules = (changes: Partial<NonNullable<AuditSources["rules"]>>): Gathered => ({
    ...inOrder(),
    accounts: [account({ salesforce_id: ACCOUNT, charges: [charge(PREMIUM)] })],
    rules: { plans: PLANS, overrides: [], overrideNotes: [], config: DEFAULT_CONFIG, ...changes },
  });

  test("an override that sets what Salesforce says anyway changes nothing any more", () => {
    const same = override({ subscriptions: new Map([["sub_dotcom_premium", true]]), where: "overrides.yml:4" });
    expect(found(rules({ overrides: [same] }))).toEqual({
      override_without_change: [`overrides.yml:4 · ${ACCOUNT}`],
    });
    expect(found(rules({ overrides: [override()] }))).toEqual({});
  });

  test("an override that has ended is not applied, and not said to change nothing as well", () => {
    expect(found(rules({ overrides: [override({ ends_on: "2026-11-22", where: "overrides.yml:9" })] }))).toEqual({
      override_not_applied: [`overrides.yml:9 · ${ACCOUNT}`],
    });
  });

  test("protected and excluded ids that neither an account nor an organization has", () => {
    const [ofOrganization, ofNobody] = [accountId(1), accountId(99)];
    const config = {
      ...DEFAULT_CONFIG,
      protected_ids: [ACCOUNT, ofOrganization, ofNobody],
      excluded_account_ids: [ACCOUNT, ofNobody],
    };
    expect(found(rules({ config }))).toEqual({
      protected_id_unknown: [`protected_ids · ${ofNobody}`],
      excluded_id_unknown: [`excluded_account_ids · ${ofNobody}`],
    });
  });
});

test("protected, but marked: to be taken back by hand, unless the next run does it", () => {
  const sources = inOrder();
  const { global } = sources.instances;
  const organizations = global.organizations.map((one) => ({
    ...one,
    organization_fields: { ...one.organization_fields, mark_for_deletion: true },
  }));
  const config = { ...DEFAULT_CONFIG, protected_ids: [accountId(1), accountId(2)] };
  const marked = (desired: DesiredOrganization[]) =>
    found({
      ...sources,
      instances: { global: { organizations, desired } },
      rules: { plans: PLANS, overrides: [], overrideNotes: [], config },
    }).protected_but_marked;
  expect(marked(global.desired)).toBeUndefined();
  expect(marked(global.desired.slice(1))).toEqual([`${accountId(1)} · organization 1`]);
  expect(marked([])).toEqual([1, 2].map((n) => `${accountId(n)} · organization ${n}`));
});

const ONE = example({ salesforce_id: accountId(1), organization_ids: [1], user_ids: [9] });

test("a command that is offered to be copied only looks: none writes to a remote", () => {
  for (const code of Object.keys(AUDIT_REASONS) as AuditCode[]) {
    const command = commandFor({
      reason: { code, params: { instance: "global", count: 1 } } as never,
      examples: [ONE],
    });
    expect(command).toMatch(/^zdsync (?:explain|preview) /);
  }
});

test("what somebody has to look at stands first, what needs nobody last", () => {
  const findings = [
    ...findingIn("audit.external_id_missing", "global", [ONE, ONE]),
    ...findingIn("audit.account_id_short", "global", [ONE]),
    ...findingIn("audit.ids_differ", "global", [ONE]),
  ];
  const lines = auditLines(findings, 5);
  expect(lines.map(({ code, needs_somebody }) => [code, needs_somebody])).toEqual([
    ["audit.ids_differ", true],
    ["audit.external_id_missing", false],
    ["audit.account_id_short", false],
  ]);
  for (const { remedy, needs_somebody } of lines) expect(remedy.startsWith("Nothing to do")).toBe(!needs_somebody);
});

test("examples are named for a page: the account as Salesforce has it, else its organization, of shown instances only", () => {
  const sources = asRead({ ...inOrder(), accounts: [account({ salesforce_id: accountId(1), name: "Acme" })] });
  const ofOrganization = example({ organization_ids: [2] });
  const [finding] = findingIn("audit.ids_differ", "global", [ONE, ofOrganization]);
  const [ofGovernment] = findingIn("audit.ids_differ", "us-government", [
    { ...ofOrganization, organization_ids: [12] },
  ]);
  const examplesOf = (nameOf?: NameOf) =>
    auditLines(
      [finding, ofGovernment].filter((one) => one !== undefined),
      5,
      nameOf,
    ).flatMap((line) => line.examples);
  const plain = ["organization 2", `${accountId(1)} · user 9, organization 1`, "organization 12"];
  expect(examplesOf().toSorted()).toEqual(plain.toSorted());
  expect(examplesOf(namesOf(sources, ["global"])).toSorted()).toEqual(
    ["Customer 2 · organization 2", `Acme · ${accountId(1)} · user 9, organization 1`, "organization 12"].toSorted(),
  );
  expect(examplesOf(namesOf(sources, ["global", "us-government"]))).toContain("Customer 12 · organization 12");
});

test("each finding names the command that mends or explains it, and lists no more examples than asked for", () => {
  const sources = inOrder();
  const { global } = sources.instances;
  const organizations = global.organizations.map((one) => ({ ...one, external_id: null }));
  const findings = audit(asRead({ ...sources, instances: { global: { ...global, organizations } } }));
  expect(findings.map(commandFor)).toEqual([`zdsync explain ${accountId(1)}`]);
  const [line] = auditLines(findings, 2);
  expect(line).toMatchObject({ code: "audit.external_id_missing", count: 3, params: { instance: "global", count: 3 } });
  expect(line?.examples).toHaveLength(2);
  expect(renderAudit(auditLines(findings, 2), ["usgov_users.json"])).toContain("… and 1 more (--examples 0 lists all)");
});

test("where us-government's customers are not named, the audit is global's alone", () => {
  const sources = inOrder();
  const { global, "us-government": government } = sources.instances;
  const [known, other, stray] = [
    accountId(1),
    accountId(11),
    organization(99, desiredOrganization(1, "us-government")),
  ];
  const withShortIds = (sides: Sides) => ({
    ...sides,
    organizations: sides.organizations.map((one) => ({ ...one, external_id: null })),
  });
  const audited = asRead({
    ...sources,
    accounts: [known, known, other, other].map((salesforce_id) => account({ salesforce_id })),
    instances: {
      global: withShortIds(global),
      "us-government": withShortIds({ ...government, organizations: [...government.organizations, stray] }),
    },
  });
  const all = audit(audited);
  expect(asText(all).account_gathered_twice).toEqual([known, other]);
  expect(asText(all).account_in_both_instances).toEqual([`${known} · organizations 1, 99`]);
  expect(asText(auditOfGlobal(all, audited))).toEqual({
    account_gathered_twice: [known],
    external_id_missing: [1, 2, 3].map((n) => `${accountId(n)} · organization ${n}`),
  });
});
