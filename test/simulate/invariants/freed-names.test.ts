import { describe, expect, test } from "bun:test";
import type { JournalEntry } from "../../../sandbox/journal.ts";
import { WorldDraft } from "../../../sandbox/seed/world-draft.ts";
import { NOW, TODAY } from "../../../sandbox/test/broken-limits.ts";
import type { World } from "../../../sandbox/types.ts";
import type { RunSeen } from "../story/seen.ts";
import { differencesIn } from "./differences.ts";
import { doesWhatWaited, waitingForFreedNames } from "./freed-names.ts";

const PREMIUM = ["SaaS - Premium - 1 Year"];

/** A world in which the organization `late` does not have its account's name, and who lost that name in the hour. */
function worldOf(fields: Record<string, string> = {}) {
  const draft = new WorldDraft(7, TODAY, NOW);
  const [late, other, created] = [PREMIUM, PREMIUM, PREMIUM].map((charges) => draft.subscriber(charges));
  if (!late || !other || !created) throw new Error("there are three");
  const { id } = draft.existing(late, "global", { name: "Former Name", fields });
  const { id: freer } = draft.existing(other, "global");
  const world = draft.finish();
  const rename = (from: string, instance: "global" | "us-government" = "global") =>
    entryOf(world, freer, from, instance);
  return { world, id, freer, name: late.account.Name, created: created.account, rename };
}

function entryOf(world: World, id: number, from: string, instance: "global" | "us-government"): JournalEntry {
  const one = world.zendesk.global.organizations.find((organization) => organization.id === id);
  if (!one) throw new Error("the organization is there");
  const { organization_fields: fields, ...rest } = one;
  const after = { ...rest, fields } as unknown as NonNullable<Extract<JournalEntry, { kind: "organization" }>["after"]>;
  const before = { ...after, name: from };
  return { kind: "organization", id, instance, before, after, at: NOW, by: "client", requests: 0, ordered: 0 };
}

const hourOf = (...journal: JournalEntry[]) => ({ runs: [{ journal } as unknown as RunSeen] });

function waitingOf(journal: JournalEntry[], world: World) {
  const differences = differencesIn(world, NOW, ["global", "us-government"]);
  return waitingForFreedNames(hourOf(...journal), world, differences).map(({ effect, id }) => ({ effect, id }));
}

describe("a difference waits for the next run", () => {
  test("where the hour's run freed the name of a rename or a create, spelling apart", () => {
    const { world, id, name, created, rename } = worldOf();
    expect(waitingOf([rename(` ${name.toUpperCase()}`)], world)).toEqual([{ effect: "update", id }]);
    expect(waitingOf([rename(created.Name)], world)).toEqual([{ effect: "create", id: null }]);
  });

  test("not where nobody freed it, a person did, or another instance's organization had it", () => {
    const { world, name, rename } = worldOf();
    expect(waitingOf([], world)).toEqual([]);
    expect(waitingOf([{ ...rename(name), by: "person" }], world)).toEqual([]);
    expect(waitingOf([rename(name, "us-government")], world)).toEqual([]);
    expect(waitingOf([rename("Some Other Name")], world)).toEqual([]);
  });

  test("not where another field of the organization is wrong, too", () => {
    const { world, name, rename } = worldOf({ support_level: "ultimate" });
    expect(waitingOf([rename(name)], world)).toEqual([]);
  });
});

test("of a run after it, that rename alone is what waited", () => {
  const { world, id, freer, name, rename } = worldOf();
  const waiting = waitingForFreedNames(hourOf(rename(name)), world, differencesIn(world, NOW, ["global"]));
  const renamed = { ...rename("Former Name"), id } as JournalEntry;
  expect(doesWhatWaited(renamed, waiting, [])).toBe(true);
  expect(doesWhatWaited({ ...renamed, id: freer } as JournalEntry, waiting, [])).toBe(false);
  if (renamed.kind !== "organization" || !renamed.after) throw new Error("it is an organization");
  const more = { ...renamed, after: { ...renamed.after, fields: { ...renamed.after.fields, support_level: "gold" } } };
  expect(doesWhatWaited(more, waiting, [])).toBe(false);
});
