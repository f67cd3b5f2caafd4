import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { mrkdwnAddress, mrkdwnLink, mrkdwnText } from "./mrkdwn.ts";
import type { NoticeOrganization } from "./notice.ts";
import type { Block } from "./ports.ts";
import { renderNotices } from "./render-notices.ts";

const RUN = { runId: "20261123T100000Z-abc123", dryRun: false };

function organization(id: number, change: Partial<NoticeOrganization> = {}): NoticeOrganization {
  return {
    id,
    salesforce_id: "0014M00001kAbCdQAK",
    name: `Example ${id} GmbH`,
    zendeskUrl: `https://example.zendesk.com/agent/organizations/${id}`,
    salesforceUrl: "https://example.my.salesforce.com/0014M00001kAbCdQAK",
    created_at: "2026-11-23T10:00:00Z",
    addresses: [{ email: "sue@example.com", reason: "user 17 is suspended" }],
    createdByThisRun: true,
    ...change,
  };
}

const many = (count: number, change: Partial<NoticeOrganization> = {}) =>
  Array.from({ length: count }, (_, index) => organization(19_442_893_058_196 + index, change));

function sectionText(block: Block | undefined): string {
  return (block?.text as { text: string } | undefined)?.text ?? "";
}

function textOf(change: Partial<NoticeOrganization>): string {
  const [reply] = renderNotices(RUN, [organization(1, change)]).replies;
  return sectionText(reply?.blocks[0]);
}

describe("messages", () => {
  test("a parent for the run and the organizations in its thread", () => {
    const { parent, replies } = renderNotices(RUN, [organization(11), organization(12)]);
    expect(parent.text).toBe("2 organizations created without support contacts");
    expect(JSON.stringify(parent.blocks)).toContain(RUN.runId);
    expect(parent.metadata).toEqual({
      event_type: "zdsync_organizations_without_contacts",
      event_payload: { run_id: RUN.runId, organization_ids: "" },
    });
    expect(replies).toHaveLength(1);
    expect(replies[0]?.text).toBe("Without support contacts: 2 organizations (11, 12)");
    expect(replies[0]?.metadata.event_payload).toEqual({ run_id: RUN.runId, organization_ids: "11,12" });
    expect(replies[0]?.organizationIds).toEqual([11, 12]);
  });

  test("each organization: name, links, addresses with the reason in words", () => {
    expect(textOf({}).split("\n")).toEqual([
      "*Example 1 GmbH*  <https://example.zendesk.com/agent/organizations/1|Zendesk 1> · <https://example.my.salesforce.com/0014M00001kAbCdQAK|Salesforce 0014M00001kAbCdQAK>",
      "• sue@example.com: user 17 is suspended",
    ]);
    expect(textOf({ addresses: [] })).toEndWith("\nNo sold-to address in Salesforce.");
  });

  test("addresses that do not fit are counted", () => {
    const addresses = Array.from({ length: 20 }, (_, index) => ({
      email: `a${index}@example.com`,
      reason: "not usable",
    }));
    const lines = textOf({ addresses }).split("\n");
    expect(lines).toHaveLength(1 + 8 + 1);
    expect(lines.at(-1)).toBe("and 12 more addresses");
  });

  test("a dry run says so", () => {
    expect(JSON.stringify(renderNotices({ ...RUN, dryRun: true }, many(1)).parent.blocks)).toContain("dry run");
  });
});

describe("limits", () => {
  const hostile = {
    name: '&<>*_~`:|"\\\u0007😀'.repeat(300),
    addresses: Array.from({ length: 50 }, () => ({ email: `${"&".repeat(300)}@example.com`, reason: "<".repeat(300) })),
  };

  test.each([
    ["ordinary", {}],
    ["hostile", hostile],
  ])("500 %s organizations are fewer than 60 messages, none too large", (_, change) => {
    const { replies } = renderNotices(RUN, many(500, change));
    expect(replies.length + 1).toBeLessThanOrEqual(60);
    expect(replies.flatMap((one) => one.organizationIds)).toEqual(many(500).map((one) => one.id));
    for (const reply of replies) {
      expect(reply.blocks.length).toBeLessThanOrEqual(45);
      expect(JSON.stringify(reply.blocks).length).toBeLessThanOrEqual(10_000);
      for (const block of reply.blocks) expect(sectionText(block).length).toBeLessThanOrEqual(3000);
    }
  });

  test("small ones are packed by blocks, not only by characters", () => {
    const small = many(100, { name: "A", zendeskUrl: "https://a.b/1", salesforceUrl: "https://a.b/2", addresses: [] });
    expect(Math.max(...renderNotices(RUN, small).replies.map((one) => one.blocks.length))).toBe(45);
  });
});

describe("text from outside shows as itself", () => {
  test.each([
    ["<!channel>", "&lt;!channel&gt;"],
    ["<@U123> & <https://evil.example.com|Click>", "&lt;@U123&gt; &amp; &lt;https:\u200b//evil.example.com|Click&gt;"],
    ["*bold* _it_ ~no~ `code`", "*\u200bbold*\u200b _\u200bit_\u200b ~\u200bno~\u200b `\u200bcode`\u200b"],
    [":tada: 🎉", ":\u200btada:\u200b 🎉"],
    ["one\ntwo\u2028three\u0000\u202efour", "one two three four"],
    ["&lt;", "&amp;lt;"],
    ["\ud83d", "\ufffd"],
  ])("%j", (text, shown) => {
    expect(mrkdwnText(text, 100)).toBe(shown);
  });

  test("clipped by character before it is escaped", () => {
    expect(mrkdwnText("&&&&", 3)).toBe("&amp;&amp;…");
    expect(mrkdwnText("😀😀😀", 2)).toBe("😀…");
    expect(mrkdwnText("abc", 3)).toBe("abc");
  });

  test("links go to http only, and keep their two parts apart", () => {
    expect(mrkdwnLink("https://a.example/x|y>z", "A|B")).toBe("<https://a.example/x%7Cy%3Ez|A/B>");
    expect(mrkdwnLink("https://a.example/?a=1&b=2", "A")).toBe("<https://a.example/?a=1&amp;b=2|A>");
    for (const url of ["javascript:alert(1)", "nothing", ""]) expect(mrkdwnLink(url, "A")).toBe("A");
  });

  test("ordinary addresses can be copied, others are neutralized", () => {
    expect(mrkdwnAddress("ann_b.c+d@mail-1.example.com", 80)).toBe("ann_b.c+d@mail-1.example.com");
    expect(mrkdwnAddress("_ann_@example.com", 80)).toBe("_\u200bann_\u200b@example.com");
    expect(mrkdwnAddress("<!here>@example.com", 80)).toBe("&lt;!here&gt;@example.com");
  });

  test("an organization without a name has one to click at", () => {
    expect(textOf({ name: " \u0000 " })).toStartWith("*(no name)*");
  });

  test("no text ever gives a mention, a link or a line of its own", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 200 }), (name) => {
        const [title = ""] = textOf({ name, addresses: [] }).split("\n");
        expect(title.match(/<[^>]*>/g)).toHaveLength(2);
        expect(textOf({ name, addresses: [] }).split("\n")).toHaveLength(2);
      }),
    );
  });
});
