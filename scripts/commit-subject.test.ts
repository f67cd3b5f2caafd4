import { describe, expect, test } from "bun:test";
import { problemsOfSubject } from "./commit-subject.ts";

describe("the subject of a commit", () => {
  test.each([
    "Add the charge names of 2027",
    "`explain` names the override's line",
    "Seed the sandbox with merged accounts",
    "Merge branch 'main' into x",
    'Revert "Adding things"',
  ])("%s passes", (subject) => expect(problemsOfSubject(subject)).toEqual([]));

  test.each([
    ["fix", 2],
    ["fix: the lock is taken over", 1],
    ["Added the charge names of 2027", 1],
    ["Fixing the lock", 1],
    ["Add the charge names of 2027.", 1],
    [`Add ${"x".repeat(100)}`, 1],
    ["", 2],
  ])("%s has %d problems", (subject, problems) => expect(problemsOfSubject(subject)).toHaveLength(problems));
});
