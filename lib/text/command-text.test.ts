import { expect, test } from "bun:test";
import { applyCommand, commandText } from "./command-text.ts";

test("a command is told as a person types it, in words that a shell keeps apart", () => {
  expect(commandText("run", { instance: "global", "dry-run": "true", yes: "false", today: undefined })).toBe(
    "zdsync run --instance global --dry-run",
  );
  expect(commandText("run", { allow: "marks=1 creates=2", "data-dir": "it's; rm" })).toBe(
    "zdsync run --allow marks=1 --allow creates=2 --data-dir 'it'\\''s; rm'",
  );
});

test("what applies a preview has its flags and its digest, and is no dry run of the same id", () => {
  expect(applyCommand({ instance: "global", "dry-run": "true", "run-id": "x", allow: "marks=9" }, "aa")).toBe(
    "zdsync run --instance global --allow marks=9 --expect aa",
  );
});

test("an input that is a word without a flag is told as that, before the flags", () => {
  expect(commandText("undo", { "data-dir": "data", run: "20261123T210303Z-4f3a9c" }, "run")).toBe(
    "zdsync undo 20261123T210303Z-4f3a9c --data-dir data",
  );
  expect(commandText("undo", { results: "a.json", run: "" }, "run")).toBe("zdsync undo --results a.json");
});
