import { describe, expect, test } from "bun:test";
import type { ExplanationDocument, Line } from "../../lib/explain/document.ts";
import type { ExplainedSubject } from "../../lib/explain/explain-subjects.ts";
import { ArtifactStore } from "../../lib/storage/artifacts/store.ts";
import { ANN, buttons, Told } from "../../test/support/bot/flow-world.ts";
import { openDatabase } from "../database.ts";
import { ACTION, type AuditEntry } from "../ports.ts";
import { RunnerError } from "../runs/runner.ts";
import { createExplainer, type ExplainerDeps } from "./explainer.ts";
import { OrganizationStates } from "./organization-states.ts";

const NOW = new Date("2026-11-24T10:31:00Z");
const ACCOUNT = "0014M00001kAbCdQAK";
const plain = (text: string, depth: Line["depth"] = 0): Line => ({ depth, spans: [{ text }] });

const DOCUMENT: ExplanationDocument = {
  answer: [
    { depth: 0, spans: [{ text: "Acme <GmbH> *", tone: "strong" }, { text: ` (${ACCOUNT}): premium.` }] },
    plain("Support level premium, from a charge."),
  ],
  sections: [
    {
      title: "Subscriptions",
      lines: [
        {
          depth: 0,
          label: "organization",
          spans: [{ text: "Acme", href: "https://example.zendesk.com/agent/organizations/11" }],
        },
        plain("charge", 1),
      ],
    },
  ],
};

function explained(document = DOCUMENT): ExplainedSubject {
  const subject = { salesforce_id: ACCOUNT, organizations: [], email: null };
  return { is: "explained", subject, organizations: [11], document, source: "run" };
}

function start(answer: ExplainedSubject = explained(), change: Partial<ExplainerDeps> = {}) {
  const audit: AuditEntry[] = [];
  const asked: string[] = [];
  const database = openDatabase(":memory:");
  const explainer = createExplainer({
    hosts: { salesforce: "example.my.salesforce.com", global: "example.zendesk.com", "us-government": null },
    lastRun: async () => ({ store: new ArtifactStore("/nowhere"), endedAt: NOW, url: null }),
    database,
    audit: { record: (entry) => void audit.push(entry), latest: () => audit },
    clock: () => NOW,
    warn: () => {},
    usGovernment: "names",
    explanations: async (_, one) => {
      asked.push(one);
      return answer;
    },
    ...change,
  });
  const click = (value: string) => ({ by: ANN, action: ACTION.explainWhole, value, message: null });
  return { explainer, audit, asked, database, click };
}

const results = (audit: readonly AuditEntry[]) => audit.map(({ what, result }) => `${what}: ${result}`);

describe("explain", () => {
  test("only whoever asked sees it: the lines that answer, since when, and a button for the whole; audited without a name", async () => {
    const { explainer, audit } = start();
    const told = new Told();
    await explainer.explain("Acme", ANN, told);
    expect(told.texts).toEqual([
      `privately: *Acme &lt;GmbH&gt; ** (${ACCOUNT}): premium.\nSupport level premium, from a charge.\nAs of the last run, <!date^1795516260^{date_short_pretty} {time}|2026-11-24 10:31 UTC>.`,
    ]);
    expect(buttons(told.last)).toMatchObject([{ action_id: ACTION.explainWhole, value: ACCOUNT }]);
    expect(results(audit)).toEqual([`explain: explained ${ACCOUNT}`]);
    expect(JSON.stringify(audit)).not.toContain("Acme");
  });

  test("what people did about it in Slack since then is told, too", async () => {
    const { explainer, database } = start();
    new OrganizationStates(database).keep("1.1", 11, { is: "handled", by: "U0BOB", at: NOW });
    const told = new Told();
    await explainer.explain("11", ANN, told);
    expect(told.texts[0]).toContain("Since then: marked handled by <@U0BOB>");
  });

  test("the button tells everything, asked for anew by the id alone; what else it says is not trusted", async () => {
    const { explainer, asked, audit, click } = start();
    const told = new Told();
    await explainer.whole(click(ACCOUNT), told);
    expect(told.texts.join()).toContain(
      "*Subscriptions*\n• organization: <https://example.zendesk.com/agent/organizations/11|Acme>\n    ◦ charge",
    );
    await explainer.whole(click("../../etc/passwd"), told);
    expect(asked).toEqual([ACCOUNT, ""]);
    expect(results(audit)[0]).toBe(`explain everything: explained ${ACCOUNT}`);
  });

  test("more than Slack takes is several messages, four at most, and the last says how to see the rest", async () => {
    const lines = Array.from({ length: 600 }, (_, index) => plain(`line ${index} ${"<&>".repeat(40)}`));
    const { explainer, click } = start(explained({ ...DOCUMENT, sections: [{ title: "Long", lines }] }));
    const told = new Told();
    await explainer.whole(click(ACCOUNT), told);
    expect(told.said).toHaveLength(4);
    for (const { said } of told.said) {
      expect(JSON.stringify(said.blocks).length).toBeLessThan(13_000);
      for (const block of said.blocks ?? [])
        expect((block as { text?: { text: string } }).text?.text.length ?? 0).toBeLessThanOrEqual(3_000);
    }
    expect(told.texts[3]).toContain(`\`zdsync explain ${ACCOUNT}\` in a terminal`);
  });

  test("a line of a hundred long words is cut, never refused by Slack", async () => {
    const spans = Array.from({ length: 100 }, () => ({ text: `${"<".repeat(500)} ` }));
    const { explainer } = start(explained({ answer: [{ depth: 0, spans }], sections: [] }));
    const told = new Told();
    await explainer.explain("x", ANN, told);
    const [block] = told.last?.blocks ?? [];
    expect((block as { text?: { text: string } } | undefined)?.text?.text.length).toBeLessThanOrEqual(3_000);
  });

  test("several, none, no run, files that cannot explain: each in words", async () => {
    const hit = {
      salesforceId: ACCOUNT,
      names: ["Acme <x>"],
      organizations: [{ instance: "global" as const, id: 11 }],
    };
    const several = start({ is: "several", subjects: [hit], more: 3 });
    const told = new Told();
    await several.explainer.explain("acme", ANN, told);
    expect(told.texts[0]).toContain("4 match “acme”. Use one of their ids:\n• Acme &lt;x&gt;");
    expect(told.texts[0]).toContain("and 3 more");
    expect(buttons(told.last)).toEqual([]);
    await start({ is: "none", nearest: [hit] }).explainer.explain("<!channel>", ANN, told);
    expect(told.texts[1]).toMatch(/has no record with that id, name or address: “&lt;!channel&gt;”.*Did you mean:/s);
    await start(explained(), { lastRun: async () => null }).explainer.explain("x", ANN, told);
    expect(told.texts[2]).toContain("No run of the last week");
    const broken = () => Promise.reject(new RunnerError("It kept no rules."));
    await start(explained(), { explanations: broken }).explainer.explain("x", ANN, told);
    expect(told.texts[3]).toContain("It kept no rules. If a run is in progress, ask again when it has ended.");
    await start(explained(), { explanations: () => Promise.reject(new Error("secret")) }).explainer.explain(
      "x",
      ANN,
      told,
    );
    expect(told.texts[4]).toContain("An unexpected error occurred in the bot");
    expect(results(several.audit)).toEqual(["explain: several"]);
  });
});
