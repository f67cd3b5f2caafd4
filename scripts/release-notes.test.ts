import { describe, expect, test } from "bun:test";
import packageJson from "../package.json";
import { releaseNotes } from "./release-notes.ts";

const CHANGELOG = `# Changelog

## [Unreleased]

- not yet

## [1.2.0] - 2026-11-23

### Added

- one
- [two](https://example.com)

## [1.1.10] - 2026-10-01

- ten

## [1.1.1]

- nobody said when

## [1.0.0] - 2026-01-01

`;

describe("release notes", () => {
  test("are the section of the version, without heading and neighbours", () => {
    expect(releaseNotes(CHANGELOG, "1.2.0", "1.2.0")).toBe("### Added\n\n- one\n- [two](https://example.com)");
    expect(releaseNotes(CHANGELOG, "1.1.10", "1.1.10")).toBe("- ten");
    expect(releaseNotes(CHANGELOG.replaceAll("\n", "\r\n"), "1.1.10", "1.1.10")).toBe("- ten");
  });

  for (const [what, version, program, message] of [
    ["a version without section", "9.9.9", "9.9.9", 'no section "## [9.9.9] - YYYY-MM-DD"'],
    ["a section without day", "1.1.1", "1.1.1", "no section"],
    ["an empty section", "1.0.0", "1.0.0", "is empty"],
    ["a tag that is not the program's version", "1.2.0", "1.1.10", "package.json says 1.1.10"],
    ["a tag with v", "v1.2.0", "1.2.0", "without a v"],
    ["nothing", "", "1.2.0", "is not a version"],
  ] as const) {
    test(`there are none for ${what}`, () => {
      expect(() => releaseNotes(CHANGELOG, version, program)).toThrow(message);
    });
  }

  test("the version in package.json has a section: it could be tagged now", async () => {
    const changelog = await Bun.file(`${import.meta.dir}/../CHANGELOG.md`).text();
    expect(releaseNotes(changelog, packageJson.version, packageJson.version).length).toBeGreaterThan(20);
  });
});
