import { expect, test } from "bun:test";
import type { AuditEntry } from "../ports.ts";
import { auditLines } from "./last.ts";

const by = { team: "T0SANDBOX1", channel: "C0SANDBOX1", user: "U0ANN" };
const at = new Date("2026-11-24T10:00:00Z");
const shown = (what: string, result: string): string => {
  const entries: AuditEntry[] = [{ at, by, what, result }];
  // Without what keeps `:word:` from being an emoji.
  return (auditLines({ latest: () => entries }).at(-1) ?? "").replaceAll("\u200b", "");
};

test("A14: who did what is told in words, as the offer said it; no --at-most text", () => {
  const counts =
    "global.creates=41 global.updates=0 global.marks=0 global.downgrades=0 usgov.creates=0 usgov.updates=3 usgov.marks=1 usgov.downgrades=2";
  expect(shown(`confirm ${counts}`, "started run 1")).toContain(
    "<@U0ANN>: confirm 41 to create, 3 to update (2 get less support), 1 to mark for deletion: started run 1",
  );
  expect(shown("run global --dry-run", `a run would change ${counts}`)).toEndWith(
    "run global --dry-run: a run would change 41 to create, 3 to update (2 get less support), 1 to mark for deletion",
  );
  expect(shown("dismiss global.creates=0", "taken back")).toEndWith("dismiss nothing: taken back");
});

test("anything else of an entry stays as it is", () => {
  expect(shown("retry contacts of organization 11", "1 created")).toEndWith("organization 11: 1 created");
  expect(shown("confirm other.creates=1", "x")).toContain("other.creates=1");
});
