import { describe, expect, test } from "bun:test";
import { accountId } from "../../test/support/domain/in-sync-world.ts";
import type { UserChangeset } from "./compare-users.ts";
import { reason } from "./reason.ts";
import { upToMaximum, withoutTakenAddresses } from "./settle-user-contacts.ts";
import type { Contact, User, UserUpdate } from "./user.ts";

const ACCOUNT = accountId(1);
const HERE = 5;

const contact = (letter: string, organization_id = HERE): Contact => ({
  salesforce_id: ACCOUNT,
  name: letter,
  email: `${letter}@example.com`,
  organization_id,
});
const user = (letter: string, organization_id: number | null): User => ({
  id: letter.charCodeAt(0),
  name: letter,
  email: `${letter}@example.com`,
  organization_id,
  role: "end-user",
  suspended: false,
  marked: false,
  memberships: 1,
});
const update = (letter: string, change: UserUpdate["change"], before: UserUpdate["before"] = {}): UserUpdate => ({
  id: letter.charCodeAt(0),
  salesforce_id: ACCOUNT,
  email: `${letter}@example.com`,
  before,
  change,
});
const changeset = (parts: Partial<UserChangeset>): UserChangeset => ({
  contacts: [],
  creates: [],
  updates: [],
  marks: [],
  notes: [],
  existing: 100,
  marked: 0,
  ...parts,
});

describe("a contact whose address is somebody's second one", () => {
  const compared = changeset({ contacts: [contact("a"), contact("b")], creates: [contact("a"), contact("b")] });

  test("is not planned, but noted with whose it is", () => {
    const settled = withoutTakenAddresses(compared, new Map([["a@example.com", [7]]]));
    expect(settled.creates).toEqual([contact("b")]);
    expect(settled.notes).toEqual([
      { rule: "U5", salesforce_id: ACCOUNT, id: null, reason: reason("user.address_taken", { user_ids: [7] }) },
    ]);
    expect(settled.contacts).toEqual(compared.contacts);
  });

  test("where nobody has any of them, nothing changes", () => {
    expect(withoutTakenAddresses(compared, new Map())).toBe(compared);
  });
});

describe("at most so many contacts for an organization", () => {
  test("those already there first, then by address; what else changes of a user stays, and nobody is marked", () => {
    const compared = changeset({
      contacts: [contact("a"), contact("b"), contact("c"), contact("d"), contact("z")],
      creates: [contact("a"), contact("c")],
      updates: [
        update("b", { organization_id: HERE }, { organization_id: 6 }),
        update("d", { organization_id: HERE, name: "d" }, { organization_id: 6, name: "D" }),
      ],
    });
    const settled = upToMaximum(compared, [user("b", 6), user("d", 6), user("z", HERE)], 3);
    expect(settled.creates).toEqual([contact("a")]);
    expect(settled.updates).toEqual([
      update("b", { organization_id: HERE }, { organization_id: 6 }),
      update("d", { name: "d" }, { name: "D" }),
    ]);
    expect(settled.marks).toEqual([]);
    expect(settled.notes.map(({ id, reason: why }) => [id, why])).toEqual([
      [HERE, reason("contact.over_maximum", { maximum: 3 })],
      [HERE, reason("contact.over_maximum", { maximum: 3 })],
    ]);
  });

  test("a move into a full organization that changes nothing else is left out altogether", () => {
    const compared = changeset({
      contacts: [contact("a"), contact("b")],
      updates: [update("b", { organization_id: HERE }, { organization_id: 6 })],
    });
    expect(upToMaximum(compared, [user("a", HERE), user("b", 6)], 1).updates).toEqual([]);
  });

  test("more there than allowed: nobody comes, nobody goes; other organizations have their own", () => {
    const compared = changeset({
      contacts: [contact("a"), contact("b"), contact("c"), contact("d", 9)],
      creates: [contact("c"), contact("d", 9)],
    });
    expect(upToMaximum(compared, [user("a", HERE), user("b", HERE)], 1).creates).toEqual([contact("d", 9)]);
  });

  test("within the maximum nothing changes", () => {
    const compared = changeset({ contacts: [contact("a")], creates: [contact("a")] });
    expect(upToMaximum(compared, [], 1)).toBe(compared);
  });
});
