import { describe, expect, test } from "bun:test";
import type { Create, Mark, Note, Update } from "../domain/changeset.ts";
import { reason } from "../domain/reason.ts";
import type { UserUpdate } from "../domain/user.ts";
import { changedValues, show } from "./changes.ts";
import { cell, type ReportedComparison, renderMarkdown } from "./markdown.ts";
import { renderText } from "./text.ts";

const TOO_MANY = reason("limit.exceeded", {
  comparison: "global",
  effect: "marks",
  count: 7,
  existing: 100,
  limit: 5,
  percent: 5,
  raised: false,
});

const ACCOUNT = "0014M00001kAbCdQAK";
const HEAD = { run_id: "run-1", today: "2026-11-23", hosts: "Zendesk global example.zendesk.com" };
const HOSTILE = "# Evil\n| <script>alert(1)</script> [x](https://evil.example) **b** `c` @everyone";

function create(name: string): Create {
  return { salesforce_id: ACCOUNT, name, organization_fields: { support_level: "premium" }, sold_tos: [] };
}

function update(name: string, before: string, after: string): Update {
  return {
    id: 5,
    salesforce_id: ACCOUNT,
    name,
    before: { name: before, organization_fields: { support_level: "premium", support_hold: null } },
    change: { name: after, organization_fields: { support_level: "ultimate", support_hold: true } },
  };
}

function mark(name: string, salesforce_id: string | null = ACCOUNT): Mark {
  return { id: 6, salesforce_id, name, before: { mark_for_deletion: null }, change: { mark_for_deletion: true } };
}

function reported(parts: Partial<ReportedComparison> = {}): ReportedComparison {
  return {
    comparison: {
      name: "global",
      digest: "abc123",
      existing: 100,
      planned: { creates: 1, updates: 1, marks: 1, contacts: 2 },
      measures: [
        { effect: "marks", count: 7, of: 100, limit: 5, limitText: "5 % (5)", exceeded: true },
        { effect: "creates", count: 1, of: 100, limit: 500, limitText: "500", exceeded: false },
      ],
    },
    creates: [],
    updates: [],
    marks: [],
    notes: [],
    ...parts,
  };
}

describe("charges that nobody mapped (E2)", () => {
  const charge = {
    charge_name: "saas - premium - 1 year",
    accounts: [ACCOUNT, "0014M00001abcdEQAQ"],
    unexpired_accounts: [ACCOUNT],
    nearest: "SaaS - Premium - 1 Year",
    hurt_accounts: [ACCOUNT],
    names: new Map([[ACCOUNT, "Example | GmbH"]]),
  };

  test("are listed with what they were meant to be, and the customers they hurt now by name", () => {
    const text = renderMarkdown({ ...HEAD, unknownCharges: [charge] }, [], []);
    expect(text).toContain("2 accounts, unexpired of 1. Did you mean SaaS \\- Premium \\- 1 Year?");
    expect(text).toContain("Have less support now for saas \\- premium \\- 1 year (1)");
    expect(text).toContain(`- Example \\| GmbH (${ACCOUNT})`);
    expect(text).not.toContain("0014M00001abcdEQAQ");
    expect(renderText({ ...HEAD, unknownCharges: [charge] }, [], [])).toContain(`Example | GmbH (${ACCOUNT})`);
  });

  test("say that nobody can tell where no known name is near, and nothing where there are none", () => {
    const unclear = renderMarkdown({ ...HEAD, unknownCharges: [{ ...charge, nearest: null }] }, [], []);
    expect(unclear).toContain("May have less support now");
    expect(unclear).not.toContain("Did you mean");
    expect(renderMarkdown({ ...HEAD, unknownCharges: [] }, [], [])).not.toContain("plans.yml");
  });
});

describe("cell: text from outside, made harmless", () => {
  test.each([
    ["line breaks and other control characters", "a\r\nb\tc\u0000d\u2028e\u0085f", "a b c d e f"],
    ["marks that turn the direction of text", "a\u202eb\u2066c\u200fd\u061ce", "a b c d e"],
    ["characters that cannot be seen", "a\u200bb\ufeffc\u00add", "a b c d"],
    ["HTML", "<b>x</b>", "\\<b\\>x\\</b\\>"],
    ["HTML entities", "A &lt; B", "A \\&lt; B"],
    ["a table", "a|b", "a\\|b"],
    ["a heading, a list, a quote", "# a - b + c > d", "\\# a \\- b \\+ c \\> d"],
    ["a numbered list", "1. First GmbH", "1\\. First GmbH"],
    ["emphasis and code", "*a* _b_ `c` ~~d~~", "\\*a\\* \\_b\\_ \\`c\\` \\~\\~d\\~\\~"],
    ["links and images", "![x](y)", "\\!\\[x\\]\\(y\\)"],
    [
      "addresses that become links",
      "https://evil.example www.evil.example",
      "https\\://evil.example www\\.evil.example",
    ],
    ["mentions", "@everyone", "\\@everyone"],
    ["a backslash that would undo an escape", "\\<b>", "\\\\\\<b\\>"],
    ["ordinary names stay readable", "Müller & Söhne, Ltd. 日本", "Müller \\& Söhne, Ltd. 日本"],
  ])("%s", (_, text, expected) => {
    expect(cell(text)).toBe(expected);
  });

  test("very long text is cut, never within a character or an escape", () => {
    expect(cell("😀".repeat(500))).toBe("😀".repeat(400));
    expect(cell("*".repeat(500))).toBe("\\*".repeat(400));
    expect(cell("a\ud800b").isWellFormed()).toBeTrue();
  });
});

describe("the report", () => {
  test("head, totals, limits, records, notes", () => {
    const notes: Note[] = [
      { rule: "C7", salesforce_id: ACCOUNT, id: 9, reason: reason("organization.account_id_invalid") },
    ];
    const contacts = [
      { salesforce_id: ACCOUNT, id: null, email: "sue@example.com", name: "Sue" },
      { salesforce_id: "0014M000004ZYxYQAW", id: 7, email: "tom@example.com", name: "Tom" },
    ];
    const text = renderMarkdown(
      HEAD,
      [
        reported({
          creates: [create("New")],
          updates: [update("Old", "Old", "Newer")],
          marks: [mark("Gone")],
          notes,
          contacts,
        }),
      ],
      [{ rule: "E1", salesforce_id: null, id: null, reason: reason("account.is_partner") }],
    );
    for (const line of [
      "# zdsync run-1",
      "Zendesk global example.zendesk.com · today is 2026-11-23",
      "| Customers, global | 100 | 1 | 1 | 1 | 2 | abc123 |",
      "| marks | 7 | 5 % (5) EXCEEDED |",
      "| creates | 1 | 500 |",
      `- New (${ACCOUNT}): premium`,
      `- New (${ACCOUNT}): 1 contact`,
      "- organization 7 (0014M000004ZYxYQAW): 1 contact",
      `- Old (${ACCOUNT}): name: Old → Newer, support_hold: – → yes, support_level: premium → ultimate`,
      `- Gone (${ACCOUNT})`,
      `- C7 salesforce_id not valid · ${ACCOUNT}, organization or user 9: The organization was left alone: its salesforce\\_id is not a valid Salesforce id. Correct the field in Zendesk.`,
      "### Accounts and overrides (1)",
      "- E1 partner account: The account was skipped: it is a partner. Nothing to do: partner\\-sync keeps partners.",
    ])
      expect(text.split("\n")).toContain(line);
  });

  test("S2: a refusal stands in the totals and, quoted, in its section", () => {
    const one = reported();
    const refused = { ...one, comparison: { ...one.comparison, refused: [TOO_MANY] } };
    const text = renderMarkdown(HEAD, [refused], []);
    expect(text).toContain("| Customers, global REFUSED |");
    expect(text).toContain(
      "> Too many marks: 7 of 100 organizations of customers in global (7 %), limit 5 % (5). Nothing was written.\n> Look at the change files; if they are right, allow it for this run with --allow marks=7.\n",
    );
  });

  test("for a terminal the same, without Markdown's marks and escapes", () => {
    const text = renderText(HEAD, [reported({ creates: [create("Cross-media *AG*\u202e")] })], []);
    expect(text.split("\n")).toContain(`  Cross-media *AG* (${ACCOUNT}): premium`);
    expect(text).toContain("Create (1)");
  });

  test("hostile names stay within their line, whichever record they come in", () => {
    const usual = renderMarkdown(HEAD, [reported(everywhere("Example"))], []).split("\n");
    const hostile = renderMarkdown(HEAD, [reported(everywhere(HOSTILE))], []).split("\n");
    expect(hostile).toHaveLength(usual.length);
    for (const line of hostile) {
      expect(line).not.toMatch(/(?<!\\)<script/);
      expect(line).not.toMatch(/(?<!\\)\]\(/);
      expect(line).not.toContain("https://");
      expect(line).not.toMatch(/(?<!\\)@/);
    }
    expect(hostile.filter((line) => line.includes("Evil"))).toHaveLength(4);
  });

  function everywhere(name: string): Partial<ReportedComparison> {
    const user: UserUpdate = {
      id: 7,
      salesforce_id: ACCOUNT,
      email: "sue@example.com",
      before: { name },
      change: { name: "Sue" },
    };
    return {
      creates: [create(name)],
      updates: [update(name, name, name), user],
      marks: [mark(name, null)],
      notes: [{ rule: "C7", salesforce_id: null, id: null, reason: reason("mark.migrating") }],
    };
  }

  test("users are named by id, never by address", () => {
    const user: UserUpdate = {
      id: 7,
      salesforce_id: ACCOUNT,
      email: "sue@example.com",
      before: { organization_id: null },
      change: { organization_id: 8 },
    };
    const marked = {
      id: 9,
      salesforce_id: null,
      email: "sue@example.com",
      before: { mark_for_deletion: false },
      change: { mark_for_deletion: true as const },
    };
    const text = renderMarkdown(HEAD, [reported({ updates: [user], marks: [marked] })], []);
    expect(text).toContain(`- user 7 (${ACCOUNT}): organization_id: – → 8`);
    expect(text).toContain("- user 9 (no salesforce_id)");
    expect(text).not.toContain("sue");
  });

  test("of many records 200 are shown, the others counted", () => {
    const text = renderMarkdown(HEAD, [reported({ marks: Array.from({ length: 203 }, () => mark("Gone")) })], []);
    expect(text).toContain("### Mark for deletion (203)");
    expect(text.match(/^- Gone/gm)).toHaveLength(200);
    expect(text).toContain("- … and 3 more in the change files");
  });
});

describe("changed values", () => {
  test("the name first, then fields by name", () => {
    const { before, change } = update("n", "a", "b");
    expect(changedValues(before, change)).toEqual([
      { field: "name", before: "a", after: "b" },
      { field: "support_hold", before: "–", after: "yes" },
      { field: "support_level", before: "premium", after: "ultimate" },
    ]);
    expect(changedValues({}, {})).toEqual([]);
  });

  test.each([
    [null, "–"],
    [undefined, "–"],
    ["", "–"],
    [true, "yes"],
    [false, "no"],
    [0, "0"],
    [12.5, "12.5"],
  ])("%p is shown as %p", (value, shown) => {
    expect(show(value)).toBe(shown);
  });
});
