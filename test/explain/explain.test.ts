import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import type { AccountExplanation } from "../../lib/explain/account-explanation.ts";
import type { ExplanationDocument } from "../../lib/explain/document.ts";
import { EVIDENCE_FILE } from "../../lib/explain/kept-evidence.ts";
import { renderMarkdown, renderTerminal } from "../../lib/explain/render-document.ts";
import type { Result } from "../../lib/storage/artifacts/results.ts";
import { RUN_TIMEOUT, startWorld, type TestWorld } from "../pipeline/world.ts";
import { explainPrinted, linesText } from "./ask.ts";

setDefaultTimeout(RUN_TIMEOUT);

/* `zdsync explain` over two runs: the first changes much, the second nothing. */

let world: TestWorld;
beforeAll(async () => {
  world = await startWorld({ accounts: 150 });
  expect((await world.run({ "run-id": "first" })).exit).toBe(0);
  expect((await world.run({ "run-id": "second" })).exit).toBe(0);
});
afterAll(() => world[Symbol.asyncDispose]());

interface Told {
  exit: number;
  document: ExplanationDocument;
  explanation: AccountExplanation;
  history: { run_id: string }[];
  found: string;
  message: string;
  subjects: { salesforceId: string | null; names: string[] }[];
  problems: { where: string }[];
}

async function explainWith(
  given: Record<string, string>,
  json = true,
): Promise<{ exit: number; told: Told; text: string }> {
  const { exit, out, errors } = await explainPrinted(world, given, json);
  const lines = [...errors.toReversed(), ...out];
  return { exit, told: json ? JSON.parse(lines.at(-1) ?? "{}") : ({} as Told), text: lines.join("\n") };
}

function oddity(name: string) {
  const found = world.sandbox.world.oddities.find((one) => one.name.startsWith(name));
  return { id: found?.salesforce_id ?? "" };
}

describe("who is meant", () => {
  test("15 and 18 characters, the organization's id and the name find the same account", async () => {
    const { id } = oddity("E3 E11");
    const { told } = await explainWith({ what: id });
    const [organization] = told.explanation.instances.flatMap((one) => one.organizations);
    const [name = ""] = told.explanation.names;
    for (const what of [id.slice(0, 15), String(organization?.id), name, name.toUpperCase()])
      expect((await explainWith({ what })).told.explanation.subject.salesforce_id).toBe(id);
  });

  test("several are listed with their ids, and exit 2", async () => {
    const { exit, told } = await explainWith({ what: "Group" });
    expect([exit, told.found]).toEqual([2, "several"]);
    expect(told.subjects.every(({ names }) => names.some((name) => /group/i.test(name)))).toBe(true);
  });

  test("a name with a slip is told the nearest, and exit 2; nobody at all is told what is gathered", async () => {
    const [name = ""] = (await explainWith({ what: oddity("E3 E11").id })).told.explanation.names;
    const slip = await explainWith({ what: name.replace(/e/, "3") });
    expect([slip.exit, slip.told.subjects[0]?.names[0]]).toEqual([2, name]);
    expect((await explainWith({ what: "zzzzzzzzzzzzzzzzzzz" })).told.message).toContain("zdsync gathers customers");
  });

  test("a valid id that nobody knows is explained: it is nowhere, and why that may be", async () => {
    const { exit, told } = await explainWith({ what: "0014M00000zzzzz" });
    expect(exit).toBe(0);
    expect(told.explanation.instances.map(({ unwanted }) => unwanted?.reason?.code)).toEqual([
      "account.not_gathered",
      "account.not_gathered",
    ]);
  });

  test("nothing, two places at once, and a day that is none are wrong usage", async () => {
    expect((await explainWith({})).exit).toBe(2);
    expect((await explainWith({ what: "x", live: "true", run: "first" })).exit).toBe(2);
    expect((await explainWith({ what: "x", when: "2027-02-30" })).exit).toBe(2);
  });
});

describe("another day", () => {
  test("--when decides of the same records on that day, as --json's upcoming changes announced", async () => {
    const { id } = oddity("E3 charge on the 15th");
    const { told } = await explainWith({ what: id });
    const [next] = told.explanation.upcoming;
    expect(next).toMatchObject({ instance: "global", before: "premium", after: "expired" });
    const later = await explainWith({ what: id, when: next?.day ?? "" });
    expect(later.told.explanation.instances[0]?.support?.support_level).toBe("expired");
    expect(linesText(later.told.document.answer)).toMatch(/^On \S+ a run would update organization/m);
  });
});

describe("earlier runs", () => {
  test("the history keeps what a changed account was decided from, owner-only and compressed, and the rules once", async () => {
    const { mode, size } = await stat(join(world.dataDir, "history/first", EVIDENCE_FILE));
    expect(mode & 0o777).toBe(0o600);
    expect(size).toBeLessThan(100_000);
    const { id } = oddity("E3 E11");
    const { told } = await explainWith({ what: id, run: "first" });
    expect(told.explanation.run).toMatchObject({ run_id: "first", source: "history" });
    expect(told.explanation.instances[0]?.did).toMatchObject([{ effect: "update", outcome: "applied" }]);
    expect(linesText(told.document.answer)).toContain("support_level premium → expired");
  });

  test("every oddity of which the first run said something is explained from the history as from its own files", async () => {
    for (const name of [
      "C7 create whose name",
      "C9 merged account, the one that is gone",
      "C4 protected id",
      "E8 override given twice",
    ]) {
      const { id } = oddity(name);
      const kept = linesText((await explainWith({ what: id, run: "first" })).told.document.answer);
      expect(kept).toBe(linesText((await explainWith({ what: id })).told.document.answer));
    }
  });

  test("a user whom the run marked is known by address and by id", async () => {
    const results = JSON.parse(await readFile(join(world.dataDir, "history/first/usgov_user_results.json"), "utf8"));
    const marks = (results as Result[]).filter(({ effect, outcome }) => effect === "mark" && outcome === "applied");
    expect(marks.length).toBeGreaterThan(0);
    for (const { id } of marks) {
      const { email } = world.sandbox.zendesk("us-government").users.find((user) => user.id === id) ?? {};
      for (const what of [String(email), String(id)]) {
        const { told } = await explainWith({ what, run: "first" });
        expect(told.explanation.run).toMatchObject({ run_id: "first", source: "history" });
        expect(told.explanation.people).toMatchObject([{ email, state: "marked" }]);
      }
    }
  });

  test("of an account that the run left as it was nothing is kept: the latest is told instead, and said so", async () => {
    const { id } = oddity("E5 E10");
    const { text, told } = await explainWith({ what: id, run: "first" });
    expect(text).toContain("was not kept. This is the latest run instead");
    expect(told.explanation.run).toMatchObject({ run_id: "second", source: "run" });
  });

  test("a run that is not there is wrong usage, and never a path", async () => {
    for (const run of ["third", "../.."]) expect((await explainWith({ what: "x", run })).exit).toBe(2);
  });

  test("--history names the run that changed something, and why", async () => {
    const { told } = await explainWith({ what: oddity("E3 E11").id, history: "true" });
    expect(told.history.map(({ run_id }) => run_id)).toEqual(["first"]);
    expect(linesText(told.document.sections[0]?.lines ?? [])).toMatch(
      /The run updated organization.*Why: Its support has expired/s,
    );
  });
});

describe("live", () => {
  test("--live reads one account only, writes nothing anywhere, and sees what came after the run", async () => {
    const { id } = oddity("E3 E11");
    const before = world.sandbox.writes().length;
    world.sandbox.clearRequests();
    const { exit, told } = await explainWith({ what: id, live: "true" });
    expect(exit).toBe(0);
    expect(told.explanation.run.source).toBe("live");
    expect(JSON.stringify(told.document)).toContain("An organization linked only by salesforce_id");
    expect(told.explanation.instances[0]?.no_support?.code).toBe("support.expired");
    const paths = world.sandbox.requests.map(({ path }) => path).filter((path) => path.includes("/api/v2/"));
    expect(paths.filter((path) => /organizations\.json|\/users(?:\.json)?\?page/.test(path))).toEqual([]);
    expect(world.sandbox.requests.length).toBeLessThan(25);
    expect(world.sandbox.writes().length).toBeLessThanOrEqual(before);
  });
});

describe("live, of an organization that only its field tells to be the account's", () => {
  test("it is found by what the last run knew, as it is now", async () => {
    const { id } = oddity("E4 account in both");
    const before = await explainWith({ what: id });
    const [own] = before.told.explanation.instances[0]?.organizations ?? [];
    world.sandbox.editOrganization("global", own?.id ?? 0, { name: "Renamed By Somebody", external_id: null });
    const { exit, told } = await explainWith({ what: id, live: "true" });
    expect(exit).toBe(0);
    expect(told.explanation.instances[0]?.organizations).toMatchObject([{ id: own?.id, name: "Renamed By Somebody" }]);
  });
});

describe("how it looks", () => {
  test("eighty columns, the answer first, no colour unless asked for; names cannot break out", async () => {
    const { text } = await explainWith({ what: oddity("E4 account in both").id }, false);
    const lines = text.split("\n");
    // An address is not broken.
    expect(lines.filter((line) => line.length > 80 && !line.includes("<https://"))).toEqual([]);
    expect(text).not.toContain("\u001b");
    for (const part of ["Subscriptions and charges", "plans.yml:", "global: fields", "Upcoming changes"])
      expect(text).toContain(part);
    const hostile: ExplanationDocument = {
      answer: [{ depth: 0, spans: [{ text: "A\u001b[31m\n::add-mask::x <script> [a](b)", tone: "bad" }] }],
      sections: [],
    };
    for (const harmful of ["\u001b", "\n"]) expect(renderTerminal(hostile, false)).not.toContain(harmful);
    expect(renderMarkdown(hostile)).not.toMatch(/<script>|\[a\]\(b\)/);
  });

  test("Markdown has the same, with ordinary names as they are", async () => {
    const { id } = oddity("E3 E11");
    const { told } = await explainWith({ what: id });
    const { text } = await explainWith({ what: id, markdown: "true" }, false);
    expect(text).toContain(told.explanation.names[0] ?? "?");
    expect(text).toContain("### global: fields");
  });
});
