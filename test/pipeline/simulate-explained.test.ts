import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import type { Day } from "../../lib/domain/dates.ts";
import type { ExplanationDocument } from "../../lib/explain/document.ts";
import { mattersEnough } from "../../lib/report/report-model.ts";
import type { GatheredWorld } from "../../lib/simulate/compare-by-rules.ts";
import type { NewRules } from "../../lib/simulate/read-rule-files.ts";
import { readGatheredWorld } from "../../lib/simulate/read-world.ts";
import { simulatedReport } from "../../lib/simulate/simulated-report.ts";
import { simulationLines, simulationNote } from "../../lib/simulate/simulation-note.ts";
import { ArtifactStore } from "../../lib/storage/artifacts/store.ts";
import { type RuleTexts, readKeptRules } from "../../lib/storage/kept-rules.ts";
import { RUN_TIMEOUT, startWorld, type TestWorld } from "./world.ts";

setDefaultTimeout(RUN_TIMEOUT);

/* What rows of a simulation say, and what it says of people, on what a preview of the sandbox's world gathered. */

const HOSTS = { salesforce: "example.my.salesforce.com", global: "a.zendesk.com", "us-government": "b.zendesk.com" };
const UNMAPPED = "SaaS - Ultimate - 1 Year";

let testWorld: TestWorld;
let world: GatheredWorld;
let kept: RuleTexts;
beforeAll(async () => {
  testWorld = await startWorld({ accounts: 150 });
  expect((await testWorld.preview()).exit).toBe(0);
  ({ world } = await readGatheredWorld(new ArtifactStore(testWorld.dataDir), "2026-11-23" as Day));
  const found = await readKeptRules(testWorld.dataDir);
  if (found === null) throw new Error("the preview kept no rules");
  kept = found;
});
afterAll(() => testWorld[Symbol.asyncDispose]());

function simulated(changed: NewRules, { namesUsGovernment = true, on = world } = {}) {
  const about = { command: "zdsync simulate", run_id: "run-1", hosts: HOSTS, started_at: "", started_by: null };
  return simulatedReport(on, { before: kept, changed, namesUsGovernment, about });
}

const unmapped = (): NewRules => ({
  plans: { name: "new.yml", text: kept.plans.text.replace(`- ${UNMAPPED}\n`, "- SaaS - Other\n") },
});

/** The configuration with one line, and the list below it, put otherwise. */
function configWith(key: string, value: string): NewRules {
  const text = (kept.config?.text ?? "").replace(new RegExp(`^${key}:.*\\n(?: {2}.*\\n)*`, "m"), `${key}: ${value}\n`);
  expect(text).toContain(`${key}: ${value}\n`);
  return { config: { name: "new-config.yml", text } };
}

function wordsOf({ answer, sections }: ExplanationDocument): { answer: string; old: string; source: string } {
  const text = (lines: ExplanationDocument["answer"]) =>
    lines.map(({ label, spans }) => `${label ?? ""} ${spans.map((one) => one.text).join("")}`).join("\n");
  const [old, basis] = sections;
  expect([old?.title, basis?.title]).toEqual(["Under the old rules", "Based on"]);
  return { answer: text(answer), old: text(old?.lines ?? []), source: text(basis?.lines ?? []) };
}

describe("a row that matters opens to its explanation", () => {
  test("by the new rules, and says what the old ones gave and which run it is of", () => {
    const { shown } = simulated(unmapped());
    const rows = shown.rows.filter(mattersEnough);
    expect(rows.length).toBeGreaterThan(10);
    expect(rows.filter(({ explanation }) => explanation === null)).toEqual([]);
    const lost = rows.filter(({ harm, comparison }) => harm === "loses support" && comparison !== null);
    expect(lost.filter(({ id }) => id !== null).length).toBeGreaterThan(5);
    for (const { explanation, salesforce_id, instance, id } of lost) {
      const { answer, old, source } = wordsOf(explanation as ExplanationDocument);
      expect(answer).toContain(`(${salesforce_id}): ${instance}: expired`);
      expect(answer).not.toContain("next run");
      expect(old).toMatch(new RegExp(`${instance}: ultimate, .*from the charge .*\\(plans\\.yml:\\d+\\)`));
      expect(source).toContain("a simulation of new rules on run run-1");
      if (id !== null) expect(answer).toContain(`Under the new rules, a run would update organization ${id}: `);
    }
  });

  test("an organization that only the old rules would create has none, and no id that nobody could look up", () => {
    const { shown } = simulated(unmapped());
    const pending = shown.rows.filter(
      ({ id, effect, explanation }) => id === null && effect === "update" && explanation,
    );
    expect(pending.length).toBeGreaterThan(0);
    for (const { explanation, links } of pending) {
      const { answer, old } = wordsOf(explanation as ExplanationDocument);
      expect([answer, old].map((text) => text.includes("no organization"))).toEqual([true, true]);
      expect(links.zendesk).toBeNull();
    }
    const invented = Math.max(...(world.organizations.global ?? []).map(({ id }) => id)) + 1;
    expect(JSON.stringify(shown)).not.toContain(String(invented));
  });

  test("B5: without the customers of us-government, nobody of theirs is named, and global's rows keep their explanations", () => {
    const all = simulated(unmapped());
    const { shown, model } = simulated(unmapped(), { namesUsGovernment: false });
    expect(model).toEqual(all.model);
    expect(shown.rows.filter(({ instance }) => instance === "us-government")).toEqual([]);
    expect(shown.rows.filter(mattersEnough).length).toBeGreaterThan(5);
    expect(shown.rows.filter((row) => mattersEnough(row) && row.explanation === null)).toEqual([]);
    const text = JSON.stringify(shown);
    const ofGlobal = new Set((world.organizations.global ?? []).map(({ name }) => name));
    const theirs = (world.organizations["us-government"] ?? []).map(({ name }) => name);
    expect(theirs.filter((name) => !ofGlobal.has(name) && text.includes(JSON.stringify(name).slice(1, -1)))).toEqual(
      [],
    );
    const people = [...(world.people?.users ?? []), ...(world.people?.contacts ?? [])];
    expect(people.flatMap(({ email }) => (email && text.includes(email) ? [email] : []))).toEqual([]);
  });
});

describe("people", () => {
  const countsOf = (changed: NewRules, on = world) => {
    const { comparisons } = simulated(changed, { on }).model;
    return Object.fromEntries(comparisons.map(({ comparison, planned }) => [comparison, planned]));
  };

  test("users of us-government and contacts of global: a domain that is protected no more, and nothing else", () => {
    const counts = countsOf(configWith("protected_email_domains", "[]"));
    expect(counts.usgov_user).toMatchObject({ creates: 0 });
    expect(counts.global?.contacts).toBeGreaterThan(0);
    expect((counts.usgov_user?.updates ?? 0) + (counts.usgov_user?.marks ?? 0)).toBeGreaterThan(0);
    expect(counts.usgov).toEqual({ creates: 0, updates: 0, marks: 0, contacts: 0 });
  });

  test("a row of theirs that matters says of whom it is, and what the old rules decided of the same person", () => {
    const { shown } = simulated(configWith("max_contacts_per_organization", "1"));
    const theirs = shown.rows.filter((row) => row.reason?.code.startsWith("contact."));
    expect(theirs.length).toBeGreaterThan(2);
    for (const { explanation } of theirs) {
      const { answer, old } = wordsOf(explanation as ExplanationDocument);
      expect(answer).toContain("@");
      expect(answer).toMatch(/was skipped|were skipped/);
      expect(old).toContain(answer.split(" of ")[0] ?? "");
    }
  });

  test("the same rules do nothing to them, though much is pending there", () => {
    const counts = countsOf({ plans: { ...kept.plans, name: "same.yml" } });
    expect(counts.usgov_user).toEqual({ creates: 0, updates: 0, marks: 0, contacts: 0 });
    expect(simulated({ plans: kept.plans }).model.head.warnings).toBeUndefined();
  });

  test("what the run's data does not have is said to be left out", () => {
    const others = { ...world, people: null, addresses: null };
    const changed = configWith("alliance_account_id", "0014M00001kAbCdQAK");
    const { model } = simulated(changed, { on: others });
    expect(model.head.warnings?.map(({ code }) => code)).toEqual(
      expect.arrayContaining(["simulation.partners_as_gathered", "simulation.users_not_gathered"]),
    );
    expect(model.comparisons.map(({ comparison }) => comparison)).not.toContain("usgov_user");
    const note = simulationNote(model, { commit: "", page: null });
    for (const text of [note, simulationLines(model).join("\n")]) {
      expect(text).toContain("alliance_account_id differs");
      expect(text).toContain("The users of us-government are left out");
    }
  });
});
