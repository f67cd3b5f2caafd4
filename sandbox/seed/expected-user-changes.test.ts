import { expect, test } from "bun:test";
import { NOW, TODAY } from "../test/broken-limits.ts";
import { expectedChanges } from "./expected-changes.ts";
import { WorldDraft } from "./world-draft.ts";

const GOVERNMENT = ["12x5 US Citizen Support - 1 Year", "Self-Managed - Ultimate - 1 Year"];

/** A user without organization who is a contact of an account with so many organizations, and one who is nobody's contact. */
function worldOf(organizations: number) {
  const draft = new WorldDraft(7, TODAY, NOW);
  const account = draft.subscriber(GOVERNMENT);
  for (let made = 0; made < organizations; made++)
    draft.existing(account, "us-government", made === 0 ? {} : { name: "Made by hand", external_id: null });
  const [contact, stranger] = [draft.person(account), draft.person(account)];
  draft.contact(account, contact);
  const { id: wanted } = draft.user("us-government", contact, { organization_ids: [] });
  const { id: unwanted } = draft.user("us-government", stranger, { organization_ids: [] });
  return { world: draft.finish(), wanted, unwanted };
}

test("a user whose contact's organization is in conflict is left alone, one who is nobody's contact is marked (U5, U6)", () => {
  const alone = worldOf(1);
  expect(expectedChanges(alone.world).users).toMatchObject({ updates: [alone.wanted], marks: [alone.unwanted] });
  const twins = worldOf(2);
  expect(expectedChanges(twins.world).users).toMatchObject({ creates: [], updates: [], marks: [twins.unwanted] });
});
