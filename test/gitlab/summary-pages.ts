import { expect } from "bun:test";
import { join } from "node:path";
import { answerOf, openedPage } from "../explain/opened-page.ts";
import type { LocalProject } from "./local-gitlab.ts";

const pageOf = (project: LocalProject, job: string, name = "report.html") =>
  openedPage(join(project.artifacts(job), "data", name));

/** By default the summary explains rows of global, and audits global; a job without the evidence names the command. */
export async function expectSummaryOfGlobal(project: LocalProject): Promise<void> {
  const { head, rows } = await pageOf(project, "zdsync-summary");
  const explained = rows.filter(({ explanation }) => explanation !== null);
  expect(explained.length).toBeGreaterThan(20);
  expect(new Set(explained.map(({ instance }) => instance))).toEqual(new Set(["global", null]));
  expect(explained.map(answerOf).join("\n")).toContain("The run updated organization");
  expect(head.audit.length).toBeGreaterThan(3);
  expect(JSON.stringify(head.audit)).not.toContain("us-government");
  const ofSync = await pageOf(project, "zdsync-sync-global", "global_report.html");
  expect(ofSync.rows.filter(({ explanation }) => explanation !== null)).toEqual([]);
  expect(ofSync.head.about.explain).toMatch(/^--pipeline \d+$/);
  expect(ofSync.head.about.explain).toBe(head.about.explain);
}

/** Where us-government's customers are named, their rows open, too, and the audit has both instances. */
export async function expectSummaryOfBoth(project: LocalProject): Promise<void> {
  const { head, rows } = await pageOf(project, "zdsync-summary");
  const explained = rows.filter(({ explanation, instance }) => explanation !== null && instance === "us-government");
  expect(explained.length).toBeGreaterThan(2);
  expect(explained.map(answerOf).join("\n")).toContain("us-government: ");
  expect(JSON.stringify(head.audit)).toContain("us-government");
}

interface SummaryJob {
  needs: { job: string }[];
  rules: { needs?: { job: string }[] }[];
}

/** What was read from Zendesk us-government gets to the summary only where its customers are named. */
export function expectLeastNeeds(body: Record<string, unknown>): void {
  const { needs, rules } = body["$[[ inputs.job-prefix ]]summary"] as SummaryJob;
  const gathers = (all: SummaryJob["needs"]) => all.filter(({ job }) => job.endsWith("gather-orgs-us-government"));
  expect(gathers(needs)).toEqual([]);
  expect(rules.map((rule) => rule.needs && gathers(rule.needs).length)).toEqual([1, undefined]);
}
