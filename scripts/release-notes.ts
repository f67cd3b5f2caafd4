/** Prints the notes of one released version from `CHANGELOG.md`: `bun scripts/release-notes.ts 1.2.3`. */
import { join } from "node:path";

const VERSION = /^\d+\.\d+\.\d+$/;
const HEADING = /^## \[([^\]]+)\](?: - (\d{4}-\d{2}-\d{2}))?\s*$/;

/**
 * The section of a version in a changelog, without its heading. Throws an `Error` that says what to do where the version is
 * not one, is not the program's, or has no dated section with text: such a release would be wrong, so there is none.
 */
export function releaseNotes(changelog: string, version: string, programVersion: string): string {
  if (!VERSION.test(version)) throw new Error(`"${version}" is not a version. Tag releases like 1.2.3, without a v.`);
  if (version !== programVersion) {
    throw new Error(
      `The tag is ${version}, package.json says ${programVersion}. Set the version in package.json, run bun run generate, and tag that commit.`,
    );
  }
  const lines = changelog.split(/\r?\n/);
  const start = lines.findIndex((line) => HEADING.exec(line)?.[1] === version);
  const [, , day] = HEADING.exec(lines[start] ?? "") ?? [];
  if (start === -1 || day === undefined)
    throw new Error(`CHANGELOG.md has no section "## [${version}] - YYYY-MM-DD". Write it before tagging.`);
  const length = lines.slice(start + 1).findIndex((line) => line.startsWith("## "));
  const notes = lines
    .slice(start + 1, length === -1 ? undefined : start + 1 + length)
    .join("\n")
    .trim();
  if (notes === "") throw new Error(`The section of ${version} in CHANGELOG.md is empty. Say what changed.`);
  return notes;
}

if (import.meta.main) {
  const root = join(import.meta.dir, "..");
  const { version } = await Bun.file(join(root, "package.json")).json();
  try {
    console.log(releaseNotes(await Bun.file(join(root, "CHANGELOG.md")).text(), process.argv[2] ?? "", version));
  } catch (error) {
    console.error(`error: ${error instanceof Error ? error.message : error}`);
    process.exitCode = 1;
  }
}
