import { describe, expect, test } from "bun:test";
import { join } from "node:path";
import {
  ACCOUNT,
  create,
  mark,
  OTHER_ACCOUNT,
  reported,
  reportSource,
  update,
} from "../../test/support/report/report-world.ts";
import { reason } from "../domain/reason.ts";
import type { Result } from "../storage/artifacts/results.ts";
import { renderMarkdown, renderText } from "./render-report.ts";
import { reportModel, withExplanations } from "./report-model.ts";

const TOO_MANY = reason("limit.exceeded", {
  comparison: "global",
  effect: "marks",
  count: 7,
  existing: 100,
  limit: 5,
  percent: 5,
  raised: false,
});
const LOST: Record<string, [unknown, unknown]> = { support_level: ["premium", "expired"], aar: [5000, 0] };

/** A run in which everything happened that a report tells of. */
function eventfulRun() {
  const failed: Result = {
    effect: "update",
    salesforce_id: ACCOUNT,
    id: 2,
    outcome: "failed",
    reason: reason("write.refused", { service: "Zendesk", refusal: "RecordInvalid", fields: ["name"], taken: "" }),
    before: {},
    after: {},
  };
  const applied = (id: number): Result => ({ ...failed, id, outcome: "applied", reason: null });
  const updates = [
    update(1, "Verlierer GmbH", LOST),
    update(2, "Failing <b>Ltd</b>", { support_level: ["gold", "silver"] }),
    update(3, "Held AG", { support_hold: [false, true] }),
    ...Array.from({ length: 1317 }, (_, index) =>
      update(100 + index, `Customer ${index}`, { customer_health: [null, "green"] }),
    ),
  ];
  const one = reported({
    creates: [create("Neu & Söhne")],
    updates,
    marks: [mark(4, "Gone Inc", OTHER_ACCOUNT)],
    notes: [{ rule: "C7", salesforce_id: ACCOUNT, id: 9, reason: reason("organization.account_id_invalid") }],
    contacts: [{ salesforce_id: ACCOUNT, id: null, email: "sue@example.com", name: "Sue" }],
    results: [failed, ...updates.filter(({ id }) => id !== 2).map(({ id }) => applied(id))],
  });
  const counts = { applied: 0, failed: 0, skipped: 0 };
  const results = {
    create: counts,
    update: { applied: 1319, failed: 1, skipped: 0 },
    mark: counts,
    contact: counts,
  };
  const source = reportSource({
    comparisons: [{ ...one, comparison: { ...one.comparison, results } }],
    notes: [
      {
        rule: "E2",
        salesforce_id: OTHER_ACCOUNT,
        id: null,
        reason: reason("charge.unknown", {
          charge_name: "saas - premium",
          unexpired: true,
          nearest: null,
          hurts: true,
        }),
      },
    ],
  });
  return reportModel({ ...source, about: { ...source.about, exit: 3 } });
}

test("the report of an eventful run, as it was looked at", async () => {
  const golden = join(import.meta.dir, "../../test/support/report/eventful-run.md");
  const text = renderMarkdown(eventfulRun());
  if (process.env.UPDATE_GOLDEN) await Bun.write(golden, text);
  expect(text).toBe(await Bun.file(golden).text());
});

describe("the report", () => {
  test("S2: a refusal stands on top, with the one complete way past it", () => {
    const one = reported();
    const model = reportModel(
      reportSource({ comparisons: [{ ...one, comparison: { ...one.comparison, refused: [TOO_MANY] } }] }),
    );
    const text = renderMarkdown(model);
    expect(text).toStartWith("# Refused: 7 marks, limit 5\n");
    expect(text).toContain("> Too many marks: 7 of 100");
    expect(text).toContain("allow it for this run with --allow marks=7");
    expect(text).toContain("| Customers, global REFUSED |");
    expect(text).toContain("| marks, Customers, global | 7 | 5 | EXCEEDED |");
    expect(renderMarkdown(model, { place: "gitlab" })).not.toContain("--allow marks=7");
  });

  test("names no rule of a document that its reader does not have", () => {
    expect(renderMarkdown(eventfulRun())).not.toMatch(/\b[ACEGOPSUY]\d{1,2}\b/);
  });

  test("for a terminal the same, without Markdown's marks", () => {
    const text = renderText(eventfulRun());
    expect(text).toContain(
      "  Failing <b>Ltd</b> (0014M00001kAbCdQAK, global organization 2): support_level: gold → silver",
    );
    expect(text).not.toMatch(/^#|^\|/m);
  });

  test("says of everybody who loses something why, as the page does, and what became of it", () => {
    const lost = reported({
      updates: [update(1, "Loser Ltd", LOST)],
      marks: [mark(2, "Gone Inc")],
      results: [
        {
          effect: "mark",
          salesforce_id: ACCOUNT,
          id: 2,
          outcome: "skipped",
          reason: reason("run.stopped", { cause: "SIGINT" }),
          before: {},
          after: {},
        },
      ],
    });
    const model = withExplanations(reportModel(reportSource({ comparisons: [lost] })), () => ({
      answer: ["What is so.", "Its last charge ended.", "Renew it."].map((text) => ({ depth: 0, spans: [{ text }] })),
      sections: [],
    }));
    const text = renderMarkdown(model);
    expect(text).toMatch(/- Loser Ltd .* → expired · not attempted · Its last charge ended\. Renew it\.\n/);
    expect(text).toMatch(
      /- Gone Inc .*: mark for deletion · not attempted · Its last charge ended\. Renew it\. · The record was/,
    );
    expect(text).not.toContain("What is so.");
  });

  test("says once, with their number, what is the same of several records", () => {
    const left = { rule: "U4", salesforce_id: ACCOUNT, id: null, reason: reason("contact.holder_left_alone") };
    const other = { ...left, reason: reason("contact.address_repeated") };
    const text = renderMarkdown(
      reportModel(reportSource({ comparisons: [reported({ notes: [left, other, left, left] })] })),
    );
    expect(text).toContain("## Skipped, with the reason (4)");
    expect(text.match(/belongs to a user who is skipped/g)).toHaveLength(1);
    expect(text).toMatch(/who is skipped\..*\(3 times\)\n/);
  });

  test("tells many contacts that were added in words, not as changes of a field", () => {
    const contacts = Array.from({ length: 30 }, (_, index) => ({
      salesforce_id: ACCOUNT,
      id: 7,
      email: `a${index}@example.com`,
      name: null,
    }));
    const results = contacts.map(({ email }) => ({
      effect: "contact" as const,
      salesforce_id: ACCOUNT,
      id: 7,
      outcome: "applied" as const,
      reason: reason("contact.created"),
      before: {},
      after: { email },
    }));
    const text = renderMarkdown(reportModel(reportSource({ comparisons: [reported({ contacts, results })] })));
    expect(text).toContain("30 contacts, global: The user was created in the organization · applied.");
    expect(text).not.toContain("only contact");
  });

  test("hostile names make no markup, wherever they stand", () => {
    const name = "<img src=x> [x](https://evil.example) @all #1 ![i](j) |a|\n# Evil\u202e";
    const model = reportModel(
      reportSource({
        comparisons: [
          reported({
            creates: [create(name)],
            updates: [update(1, name, { account_owner: [name, name] })],
            marks: [mark(2, name)],
          }),
        ],
      }),
    );
    const rendered = Bun.markdown.html(renderMarkdown(model), { autolinks: true, tables: true });
    expect(rendered).not.toMatch(/<(?:a|img|script|h3)\b/);
    expect(rendered.match(/<h1>/g)).toHaveLength(1);
    expect(renderMarkdown(model)).not.toContain("\u202e");
  });
});

describe("a report that is too long", () => {
  const updates = Array.from({ length: 3000 }, (_, index) => update(index + 1, `Verlierer ${index} GmbH`, LOST));
  const model = reportModel(
    reportSource({
      comparisons: [
        reported({
          updates: [...updates, update(9001, "Upgraded AG", { support_level: ["silver", "gold"] })],
          marks: [mark(9002, "Gone Inc")],
        }),
      ],
    }),
  );
  const text = renderMarkdown(model);

  test("keeps to 65,000 characters, with whole lines, and counts what it leaves out", () => {
    expect(text.length).toBeLessThanOrEqual(65_000);
    expect(text.length).toBeGreaterThan(60_000);
    const told = text.match(/^- Verlierer \d+ GmbH .*$/gm) ?? [];
    for (const line of told) expect(line).toContain("support_level: premium → expired");
    expect(text).toContain(`- … and ${(3000 - told.length).toLocaleString("en-US")} more, see report.html`);
  });

  test("keeps what matters first, and every heading with its count", () => {
    expect(text).toContain("## Lose support (3,000)");
    expect(text).toContain("## Marked for deletion (1)\n\n- … and 1 more, see report.html");
    expect(text).toContain("## Upgraded (1)\n\n- … and 1 more, see report.html");
  });

  test("names everybody before it gives anybody's reason", () => {
    const reasons = {
      answer: ["It is so.", "y".repeat(300)].map((text) => ({ depth: 0 as const, spans: [{ text }] })),
      sections: [],
    };
    const updates = Array.from({ length: 300 }, (_, index) => update(index + 1, `Loser ${index} Ltd`, LOST));
    const model = withExplanations(reportModel(reportSource({ comparisons: [reported({ updates })] })), () => reasons);
    const text = renderMarkdown(model);
    expect(text.match(/^- Loser/gm)).toHaveLength(300);
    expect(text).not.toContain("yyy");
  });

  test("a short one leaves nothing out", () => {
    expect(renderMarkdown(eventfulRun())).not.toContain("see report.html");
  });
});
