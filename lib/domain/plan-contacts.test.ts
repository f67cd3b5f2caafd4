import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { accountId } from "../../test/support/domain/in-sync-world.ts";
import type { SoldTo } from "./contact-address.ts";
import {
  type AddressState,
  addressIn,
  addressStates,
  type ContactsInput,
  type KnownAddresses,
  planContacts,
} from "./plan-contacts.ts";
import { reason } from "./reason.ts";
import type { DueOrganization } from "./recent-organizations.ts";

const [A, B, C] = [accountId(1), accountId(2), accountId(3)].sort() as [string, string, string];
const THERE: AddressState = { is: "there" };
const FREE: AddressState = { is: "free" };
const ELSEWHERE: AddressState = {
  is: "left",
  reason: reason("contact.in_other_organization", { user_id: 7, organization_ids: [8] }),
};

const soldTos = (...emails: string[]): SoldTo[] => emails.map((email) => ({ name: null, email }));
const create = (salesforce_id: string, ...emails: string[]) => ({ salesforce_id, sold_tos: soldTos(...emails) });
const due = (id: number, salesforce_id: string, ...emails: string[]): DueOrganization => ({
  id,
  salesforce_id,
  name: `Organization ${id}`,
  created_at: "2026-11-20T00:00:00Z",
  sold_tos: soldTos(...emails),
});
const known = (...states: [number, string, AddressState][]): KnownAddresses =>
  new Map(states.map(([id, email, state]) => [addressIn(id, email), state]));

function plan(input: Partial<ContactsInput>) {
  return planContacts({
    creates: [],
    due: [],
    known: new Map(),
    protectedAddresses: { domains: new Set(["protected.example"]), addresses: new Set(["vip@example.com"]) },
    maximum: 30,
    ...input,
  });
}

const planned = (input: Partial<ContactsInput>) =>
  plan(input).contacts.map(({ salesforce_id, id, email }) => [salesforce_id, id, email]);
const codes = (input: Partial<ContactsInput>) => plan(input).notes.map(({ reason: { code } }) => code);

describe("C10: what is planned", () => {
  test("every address of an organization that is to be created, without having asked who has it", () => {
    expect(planned({ creates: [create(A, "b@example.com", "a@example.com")] })).toEqual([
      [A, null, "a@example.com"],
      [A, null, "b@example.com"],
    ]);
  });

  test("of a recent organization what is free; not what is in place or somebody else's", () => {
    const input = {
      due: [due(5, A, "free@example.com", "there@example.com", "else@example.com")],
      known: known([5, "free@example.com", FREE], [5, "there@example.com", THERE], [5, "else@example.com", ELSEWHERE]),
    };
    expect(planned(input)).toEqual([[A, 5, "free@example.com"]]);
    expect(plan(input).notes).toEqual([
      {
        rule: "Y2",
        salesforce_id: A,
        id: 5,
        reason: ELSEWHERE.is === "left" ? ELSEWHERE.reason : reason("job.unnamed"),
      },
    ]);
  });

  test("what nobody knows anything about is not planned, and named as not verified yet", () => {
    const input = { due: [due(5, A, "a@example.com")] };
    expect(planned(input)).toEqual([]);
    expect(codes(input)).toEqual(["contact.not_verified"]);
  });

  test("once everything is in place, nothing is planned and nothing is said", () => {
    const input = { due: [due(5, A, "a@example.com")], known: known([5, "a@example.com", THERE]) };
    expect(plan(input)).toMatchObject({ contacts: [], notes: [] });
  });

  test("protected and unusable addresses are left out, with or without an organization, and need no look-up", () => {
    const input = {
      creates: [create(A, "vip@example.com", "x@sub.protected.example", "nobody", "a@example.com")],
      due: [due(5, B, "VIP@example.com")],
    };
    expect(planned(input)).toEqual([[A, null, "a@example.com"]]);
    expect(codes(input).sort()).toEqual([
      "contact.address_unusable",
      "contact.protected_address",
      "contact.protected_address",
      "contact.protected_address",
    ]);
  });

  test("addresses are compared without case and blanks, and planned once, with the name that is known", () => {
    const sold_tos = [
      { name: null, email: " Sue@Example.com" },
      { name: " Sue Buyer ", email: "sue@example.com" },
    ];
    expect(plan({ creates: [{ salesforce_id: A.slice(0, 15), sold_tos }] }).contacts).toEqual([
      { salesforce_id: A, id: null, email: "sue@example.com", name: "Sue Buyer" },
    ]);
  });

  test("no note names an address or a person", () => {
    const input = { creates: [create(A, "vip@example.com")], due: [due(5, B, "sue@example.com")], maximum: 0 };
    expect(JSON.stringify(plan(input).notes)).not.toMatch(/@|sue|vip/);
  });
});

describe("Y2: an address wanted by several new organizations", () => {
  test("goes to the lower salesforce_id, whichever exists already", () => {
    const input = {
      creates: [create(B, "a@example.com")],
      due: [due(5, C, "a@example.com"), due(6, A, "a@example.com")],
      known: known([5, "a@example.com", FREE], [6, "a@example.com", FREE]),
    };
    expect(planned(input)).toEqual([[A, 6, "a@example.com"]]);
    expect(plan(input).notes.map(({ salesforce_id, reason: why }) => [salesforce_id, why])).toEqual([
      [B, reason("contact.promised", { account: A })],
      [C, reason("contact.promised", { account: A })],
    ]);
  });

  test("stays where it is in place", () => {
    const input = {
      creates: [create(A, "a@example.com")],
      due: [due(5, B, "a@example.com")],
      known: known([5, "a@example.com", THERE]),
    };
    expect(planned(input)).toEqual([]);
  });

  test("is not given to the next one while it is not known whether the first one has it", () => {
    const input = {
      due: [due(5, A, "a@example.com"), due(6, B, "a@example.com")],
      known: known([6, "a@example.com", FREE]),
    };
    expect(planned(input)).toEqual([]);
  });

  test("one that is left alone for the first one may be the next one's", () => {
    const input = {
      due: [due(5, A, "a@example.com"), due(6, B, "a@example.com")],
      known: known([5, "a@example.com", ELSEWHERE], [6, "a@example.com", FREE]),
    };
    expect(planned(input)).toEqual([[B, 6, "a@example.com"]]);
  });
});

describe("at most so many contacts for an organization", () => {
  const emails = Array.from({ length: 5 }, (_, index) => `${index}@example.com`);

  test("those already there first, then by address; the rest is reported", () => {
    const input = {
      due: [due(5, A, ...emails.toReversed())],
      known: known(
        ...emails.map((email, index): [number, string, AddressState] => [5, email, index < 4 ? FREE : THERE]),
      ),
      maximum: 3,
    };
    expect(planned(input)).toEqual([
      [A, 5, "0@example.com"],
      [A, 5, "1@example.com"],
    ]);
    expect(codes(input)).toEqual(["contact.over_maximum", "contact.over_maximum"]);
  });

  test("one that may be there already keeps its place", () => {
    const input = {
      due: [due(5, A, ...emails)],
      known: known([5, "3@example.com", FREE], [5, "4@example.com", FREE]),
      maximum: 4,
    };
    expect(planned(input)).toEqual([[A, 5, "3@example.com"]]);
  });

  test("more there than allowed: nobody is added, and nothing is said of them", () => {
    const input = {
      due: [due(5, A, ...emails)],
      known: known(...emails.map((email): [number, string, AddressState] => [5, email, THERE])),
      maximum: 3,
    };
    expect(plan(input)).toMatchObject({ contacts: [], notes: [] });
  });

  test("each organization has its own", () => {
    expect(planned({ creates: [create(A, ...emails), create(B, "z@example.com")], maximum: 2 })).toHaveLength(3);
  });
});

test("C8: the same in any order, byte by byte", () => {
  const addresses = fc.uniqueArray(fc.constantFrom("a@example.com", "b@example.com", "B@Example.com", "c@example.com"));
  const state = fc.constantFrom<AddressState>(THERE, FREE, ELSEWHERE);
  fc.assert(
    fc.property(
      fc.tuple(addresses, addresses, addresses),
      fc.array(fc.tuple(fc.constantFrom(5, 6), fc.constantFrom("a@example.com", "b@example.com"), state)),
      fc.integer({ min: 0, max: 3 }),
      ([one, two, three], states, maximum) => {
        const input = {
          creates: [create(A, ...one)],
          due: [due(5, B, ...two), due(6, C, ...three)],
          known: known(...states),
          maximum,
        };
        const turned = {
          ...input,
          creates: [create(A, ...one.toReversed())],
          due: [due(6, C, ...three.toReversed()), due(5, B, ...two.toReversed())],
        };
        expect(JSON.stringify(plan(turned))).toBe(JSON.stringify(plan(input)));
        const emails = plan(input).contacts.map(({ email }) => email);
        expect(new Set(emails).size).toBe(emails.length);
      },
    ),
  );
});

test("known addresses are found by organization and address", () => {
  const states = addressStates([{ salesforce_id: A, id: 5, email: "a@example.com", state: THERE }]);
  expect(states.get(addressIn(5, "A@example.com "))).toEqual(THERE);
  expect(states.get(addressIn(6, "a@example.com"))).toBeUndefined();
});
