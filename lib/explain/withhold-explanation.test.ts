import { expect, test } from "bun:test";
import { reason } from "../domain/reason.ts";
import type { AccountExplanation, InstanceExplanation } from "./account-explanation.ts";
import { WITHHELD, withoutUsGovernmentNames } from "./withhold-explanation.ts";

const remote = reason("legacy.text", { text: "Zendesk refused secret@agency.example" });

function instance(name: InstanceExplanation["instance"], organization: string): InstanceExplanation {
  return {
    ...{ instance: name, keeper: name === "global" ? "global" : "usgov", support: null, unwanted: null },
    ...{
      no_support: null,
      partner: null,
      lowered: null,
      losses: [],
      held_up: null,
      gates: [{ gate: "differs", passed: false, reason: remote }],
    },
    organizations: [
      {
        id: 11,
        name: organization,
        marked: false,
        created_by_run: false,
        holds: { support_level: null, expiration_date: null, seats: null, is_partner: false },
      },
    ],
    fields: [
      { key: "account_owner", desired: "Secret Sue", held: "Secret Sam", same: false, before_run: undefined },
      { key: "support_level", desired: "premium", held: "premium", same: true, before_run: undefined },
      { key: "number_of_seats", desired: 5, held: 5, same: true, before_run: undefined },
    ],
    next: [
      { effect: "update", id: 11, changes: [{ field: "account_owner", before: "Secret Sam", after: "Secret Sue" }] },
    ],
    ...{ did: [], findings: [remote] },
    contacts: [
      {
        ...{ instance: name, email: `secret@${organization}`, name: "Secret Sid", state: "there" as const },
        ...{ organization_id: 11, reason: null, did: [] },
      },
    ],
  };
}

const explanation = {
  names: ["Secret Agency", "global.example"],
  account: {
    salesforce_id: "0014M00001kAbCdQAK",
    name: "Secret Agency",
    arr: 5,
    sold_to: { email: "secret@a.example" },
  },
  subscriptions: [{ id: "a01", name: "Secret subscription", charges: [] }],
  overrides: [{ where: "overrides.yml:3", written_for: "Secret Sue asked", instance: "us-government", why: remote }],
  findings: [remote],
  instances: [instance("global", "global.example"), instance("us-government", "agency.example")],
  people: [],
} as unknown as AccountExplanation;

test("who global does not know: no name, no address, no word of a field; ids, numbers, levels and codes stay", () => {
  const shown = JSON.stringify(withoutUsGovernmentNames(explanation, false));
  expect(shown).not.toMatch(/Secret|secret|agency\.example|global\.example/);
  for (const kept of ["0014M00001kAbCdQAK", '"premium"', "overrides.yml:3", WITHHELD, '"desired":5'])
    expect(shown).toContain(kept);
});

test("who global knows keeps the address that its organization in global has, and subscriptions that count there", () => {
  const [global] = explanation.instances;
  const [contact] = global?.contacts ?? [];
  const both = {
    ...explanation,
    account: { ...explanation.account, sold_to: { email: contact?.email.toUpperCase() } },
    subscriptions: ["global", "us-government"].map((name) => ({
      id: name,
      name: `of ${name}`,
      instance: name,
      charges: [],
    })),
  } as unknown as AccountExplanation;
  const { account, subscriptions } = withoutUsGovernmentNames(both, true);
  expect(account).toEqual(both.account);
  expect(subscriptions.map(({ name }) => name)).toEqual(["of global", null]);
});

test("who global knows keeps what global has, and nothing of us-government", () => {
  const { names, account, instances, overrides } = withoutUsGovernmentNames(explanation, true);
  expect(names).toEqual(["Secret Agency", "global.example"]);
  expect(account).toEqual({ ...explanation.account, sold_to: WITHHELD } as unknown as typeof account);
  expect(instances[0]).toEqual(explanation.instances[0] as InstanceExplanation);
  expect(JSON.stringify([instances[1], overrides])).not.toMatch(/Secret|secret|agency\.example/);
});
