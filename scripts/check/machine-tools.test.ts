import { describe, expect, test } from "bun:test";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { type MachineTool, missingLine, missingTools, provideTools, remedyFor } from "./machine-tools.ts";

const TOOLS: Record<string, MachineTool> = {
  rsync: { commands: ["rsync"], debian: ["rsync"], neededFor: "pipelines" },
  browser: { commands: ["chromium", "google-chrome"], debian: ["chromium"], neededFor: "pages" },
};
const machine = (has: string[], isRoot: boolean, isDebian: boolean) => ({
  has: (command: string) => has.includes(command),
  isRoot,
  isDebian,
});

describe("tools of the machine", () => {
  test("any of a tool's commands will do", () => {
    expect(missingTools(TOOLS, machine(["google-chrome"], false, false))).toEqual(["rsync"]);
    expect(missingTools(TOOLS, machine(["rsync", "chromium"], false, false))).toEqual([]);
  });

  test("are installed as root on Debian, and nowhere else unasked", () => {
    const missing = ["rsync", "browser"];
    expect(remedyFor(TOOLS, missing, machine(["apt-get"], true, true))).toEqual({ install: ["rsync", "chromium"] });
    for (const other of [machine(["apt-get"], false, true), machine(["apt-get"], true, false), machine([], true, true)])
      expect(remedyFor(TOOLS, missing, other)).toHaveProperty("say");
  });

  test("elsewhere one line says what is missing, what for, and how to get it", () => {
    expect(missingLine(TOOLS, ["rsync", "browser"], { isDebian: true })).toBe(
      "Not installed: rsync, needed for pipelines; browser, needed for pages. Those tests will fail, everything else is checked. " +
        "Install: sudo apt-get install --no-install-recommends rsync chromium",
    );
    expect(missingLine(TOOLS, ["browser"], { isDebian: false })).toContain("(in Debian: chromium)");
  });

  test("what apt-get did, or why it could not, is the one line that is printed first", () => {
    const installed = new Set(["git", "npm", "chromium", "apt-get"]);
    const debian = { has: (command: string) => installed.has(command), isRoot: true, isDebian: true };
    const failing = provideTools(debian, () => "E: Unable to locate package rsync");
    expect(failing).toMatch(/^Not installed: rsync, .*\(apt-get failed: E: Unable to locate package rsync\)$/);
    const asked: string[] = [];
    const working = provideTools(debian, (packages) => {
      asked.push(...packages);
      installed.add("rsync");
      return null;
    });
    expect({ working, asked }).toEqual({ working: "Installed with apt-get: rsync", asked: ["rsync"] });
    expect(provideTools(debian)).toBeNull();
  });

  test("nothing else sets anything up: .ci/run is the README's second command alone", async () => {
    const root = join(import.meta.dir, "../..");
    const script = await readFile(join(root, ".ci/run"), "utf8");
    const [, command] = /^cd "\$\(dirname "\$0"\)\/\.\." && exec (.*)$/m.exec(script) ?? [];
    expect(script.split("\n").filter((line) => line && !line.startsWith("#"))).toHaveLength(1);
    expect(await readFile(join(root, "README.md"), "utf8")).toContain(`\`${command}\``);
    // npx tells of newer versions of npm when the command is done: after the line with the counts.
    expect(await readFile(join(root, ".npmrc"), "utf8")).toContain("update-notifier=false\n");
  });
});
