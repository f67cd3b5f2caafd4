import { expect, test } from "bun:test";
import type { World } from "../../../sandbox/types.ts";
import type { RunSeen } from "../story/seen.ts";
import { leftForTheNextRun } from "./left-for-the-next-run.ts";

const NOTE = { rule: "C7", salesforce_id: "001A", code: "create.name_contested" };
const CONTACTS = [
  { AccountId: "001A", Email: " Ann@One.example" },
  { AccountId: "001B", Email: "ben@two.example" },
];

function leftIn(notes: Record<string, unknown[]>): Set<string> {
  const files = new Map(Object.entries(notes).map(([path, list]) => [path, Buffer.from(JSON.stringify(list))]));
  const after = { salesforce: { Contact: CONTACTS } } as unknown as World;
  return leftForTheNextRun({ after, runs: [{ command: "run", files } as unknown as RunSeen] });
}

test("a user waits with the organization of the contact's account, where its name is not free yet", () => {
  expect(leftIn({ "usgov_notes.json": [NOTE] })).toEqual(new Set(["001A", "user ann@one.example"]));
});

test("nobody waits for an organization of global, nor for one that exists", () => {
  expect(leftIn({ "global_notes.json": [NOTE] })).toEqual(new Set(["001A"]));
  const renamed = { ...NOTE, code: "rename.name_contested" };
  expect(leftIn({ "usgov_notes.json": [renamed] })).toEqual(new Set(["001A"]));
});
