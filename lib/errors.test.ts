import { describe, expect, test } from "bun:test";
import { reason } from "./domain/reason.ts";
import {
  ArtifactError,
  ConfigurationError,
  EXIT,
  type ExitCode,
  exitCodeOf,
  IncompleteError,
  InternalError,
  messageOf,
  RemoteError,
  StoppedError,
  type ZdsyncError,
} from "./errors.ts";
import { refused } from "./reasons/refused.ts";

describe("our own errors", () => {
  test.each<[string, ZdsyncError, ExitCode]>([
    ["ConfigurationError", new ConfigurationError([]), EXIT.usage],
    ["ArtifactError", new ArtifactError("m"), EXIT.failed],
    ["RemoteError", new RemoteError("m"), EXIT.failed],
    ["IncompleteError", new IncompleteError("m"), EXIT.failed],
    ["RefusedError", refused(reason("lock.contested", { directory: "data" })), EXIT.refused],
    ["StoppedError", new StoppedError("m"), EXIT.stopped],
    ["InternalError", new InternalError("m"), EXIT.failed],
  ])("%s: its exit code, its message as it is, its own name", (name, error, exit) => {
    expect(exitCodeOf(error)).toBe(exit);
    expect(messageOf(error)).toBe(error.message);
    expect(error.name).toBe(name);
  });

  test("exit codes are those of interface.md", () => {
    expect(EXIT).toEqual({ done: 0, failed: 1, usage: 2, someFailed: 3, refused: 4, stopped: 5 });
  });

  test("a configuration error names every problem, a line each", () => {
    const error = new ConfigurationError([
      { where: "plans.yml:12", what: "unknown key" },
      { where: "--today", what: "expected a day" },
    ]);
    expect(messageOf(error)).toBe("plans.yml:12: unknown key\n--today: expected a day");
  });
});

describe("foreign errors", () => {
  test("show kind and first line, never a stack, and say whose fault it is", () => {
    const error = new TypeError("x is not a function\n    at secret (/home/user/file.ts:1:1)");
    const message = messageOf(error);
    expect(message).toStartWith("unexpected error (TypeError: x is not a function); this is a bug in zdsync.");
    expect(message).toContain("ZDSYNC_DEBUG=1");
    expect(message).not.toContain("    at ");
    expect(message).not.toContain("file.ts");
    expect(exitCodeOf(error)).toBe(EXIT.failed);
  });

  test.each([["text"], [{ token: "c0nfidential" }], [null], [undefined], [7]])(
    "thrown %p is not repeated",
    (thrown) => {
      expect(messageOf(thrown)).toContain("a value that is not an Error was thrown");
      expect(messageOf(thrown)).not.toContain("c0nfidential");
      expect(exitCodeOf(thrown)).toBe(EXIT.failed);
    },
  );
});
