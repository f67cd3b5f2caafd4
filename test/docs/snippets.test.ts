import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { parseAllDocuments } from "yaml";
import type { Day } from "../../lib/domain/dates.ts";
import { parseCases } from "../../lib/rule-tests/parse-cases.ts";
import { parseConfig } from "../../lib/settings/files/config.ts";
import { parseOverrides } from "../../lib/settings/files/overrides.ts";
import { parsePlans } from "../../lib/settings/files/plans.ts";
import { inclusionsIn, lintInclusion, parseIncluded, parseSnippet } from "../gitlab/lint.ts";
import { pages } from "./pages.ts";

const plans = await readFile(join(import.meta.dir, "../../plans.yml"), "utf8");

/*
 * Every YAML that a page shows is read as the file it is a part of. Pipelines are in docs/gitlab.md, where each has a name and is run or
 * merged (test/gitlab/docs.test.ts), and in docs/rules.md, where what they include is held against its inputs; the component itself is
 * run by test/gitlab/simulate.test.ts, those pipelines by test/gitlab/rules-docs.test.ts, and the workflows of docs/github.md by
 * test/gitlab/actions.test.ts and simulate-action.test.ts.
 */

const snippets = (await pages()).flatMap(({ name, blocks }) =>
  blocks.filter(({ language }) => language === "yaml").map(({ text }) => ({ page: name, text })),
);

/** Which file a snippet is a part of, by its keys. */
function fileOf(text: string): string {
  const [first] = parseAllDocuments(text).map((document) => document.toJS() as unknown);
  if (Array.isArray(first)) return "overrides.yml";
  const keys = Object.keys((first ?? {}) as object);
  if (keys.includes("jobs") && keys.includes("permissions")) return "workflow";
  if (keys.some((key) => ["include", "spec", "trigger", "sync", "simulate"].includes(key))) return "pipeline";
  if (keys.includes("cases")) return "plans.test.yml";
  if (keys.includes("subscriptions") || keys.includes("ignored_charges")) return "plans.yml";
  return "zdsync.config.yml";
}

/** What is wrong with the inputs that a pipeline gives to the components it includes. */
function mistakesOfInclusions(text: string): string[] {
  return inclusionsIn(parseSnippet(text)).flatMap(({ file, inputs }) =>
    lintInclusion(inputs, parseIncluded(readFileSync(join(import.meta.dir, "../..", file), "utf8"))),
  );
}

/** A part of plans.yml where somebody would put it: under the other types. */
function withShippedPlans(text: string): string {
  const part = text.replace(/^subscriptions:\n/, "");
  return plans.replace(/^subscriptions:\n/m, (head) => `${head}${part}`);
}

describe("YAML that pages show", () => {
  test.each(snippets.map(({ page, text }) => [page, fileOf(text), text] as const))(
    "%s: a part of %s",
    (page, file, text) => {
      if (file === "workflow") expect(page).toBe("docs/github.md");
      else if (file === "pipeline" && page === "docs/rules.md") expect(mistakesOfInclusions(text)).toEqual([]);
      else if (file === "pipeline") expect(page).toBe("docs/gitlab.md");
      else if (file === "overrides.yml") expect(parseOverrides(text, file).notes).toEqual([]);
      else if (file === "plans.test.yml") expect(parseCases(text, file, "2026-11-23" as Day).length).toBeGreaterThan(0);
      else if (file === "plans.yml") parsePlans(withShippedPlans(text), file);
      else parseConfig(text, file);
    },
  );
});
