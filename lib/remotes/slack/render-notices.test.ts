import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { reason } from "../../domain/reason.ts";
import { mrkdwnAddress, mrkdwnLink, mrkdwnText } from "../../text/mrkdwn.ts";
import { ACTION } from "./actions.ts";
import type { NoticeOrganization } from "./notice.ts";
import type { Block } from "./ports.ts";
import { type OrganizationState, renderNotices, withOrganizationState } from "./render-notices.ts";

const said = (text: string) => reason("legacy.text", { text });

const RUN = { runId: "20261123T100000Z-abc123", dryRun: false };

function organization(id: number, change: Partial<NoticeOrganization> = {}): NoticeOrganization {
  return {
    id,
    salesforce_id: "0014M00001kAbCdQAK",
    name: `Example ${id} GmbH`,
    zendeskUrl: `https://example.zendesk.com/agent/organizations/${id}`,
    salesforceUrl: "https://example.my.salesforce.com/0014M00001kAbCdQAK",
    created_at: "2026-11-23T10:00:00Z",
    addresses: [{ email: "sue@example.com", reason: reason("contact.suspended", { user_id: 17 }) }],
    createdByThisRun: true,
    ...change,
  };
}

const many = (count: number, change: Partial<NoticeOrganization> = {}) =>
  Array.from({ length: count }, (_, index) => organization(19_442_893_058_196 + index, change));

function sectionText(block: Block | undefined): string {
  return (block?.text as { text: string } | undefined)?.text ?? "";
}

/** What Slack would refuse a message for. */
function slackTakes({ blocks }: { blocks: Block[] }): string[] {
  const texts = blocks.filter(({ type }) => type === "section").map(sectionText);
  return [
    ...(blocks.length > 50 ? ["too many blocks"] : []),
    ...(JSON.stringify(blocks).length > 10_000 ? ["too large"] : []),
    ...(texts.some((text) => text === "" || text.length > 3000) ? ["a section is empty or too long"] : []),
  ];
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
      "• sue@example.com: User 17 is suspended and was skipped.",
    ]);
    expect(textOf({ addresses: [] })).toEndWith("\nNo sold-to address in Salesforce.");
  });

  test("addresses that do not fit are counted", () => {
    const addresses = Array.from({ length: 20 }, (_, index) => ({
      email: `a${index}@example.com`,
      reason: reason("contact.address_unusable"),
    }));
    const lines = textOf({ addresses }).split("\n");
    expect(lines).toHaveLength(1 + 8 + 1);
    expect(lines.at(-1)).toBe("and 12 more addresses");
  });

  test("the parent counts addresses by the code of their reason; an id makes no other reason of it", () => {
    const suspended = (id: number) => ({
      email: "a@example.com",
      reason: reason("contact.suspended", { user_id: id }),
    });
    const { parent } = renderNotices(RUN, [
      organization(1, {
        addresses: [suspended(1), suspended(2), { email: "b", reason: reason("contact.address_unusable") }],
      }),
      organization(2, { addresses: [] }),
      organization(3, {
        addresses: [{ email: "c", reason: reason("contact.promised", { account: "0014M00001kAbCdQAK" }) }],
      }),
    ]);
    expect(sectionText(parent.blocks[2]).split("\n")).toEqual([
      "• 2 addresses: suspended user",
      "• 1 address: address not usable",
      "• 1 address: address of another account",
      "• 1 organization: no sold-to address in Salesforce",
    ]);
  });

  test("a dry run says so", () => {
    expect(JSON.stringify(renderNotices({ ...RUN, dryRun: true }, many(1)).parent.blocks)).toContain("dry run");
  });
});

describe("limits", () => {
  const hostile = {
    name: '&<>*_~`:|"\\\u0007😀'.repeat(20),
    addresses: Array.from({ length: 10 }, () => ({
      email: `${"&".repeat(100)}@example.com`,
      reason: said("<".repeat(200)),
    })),
  };

  test.each([
    ["ordinary", {}],
    ["hostile", hostile],
  ])("500 %s organizations are fewer than 60 messages, none too large", (_, change) => {
    const { replies } = renderNotices(RUN, many(500, change));
    expect(replies.length + 1).toBeLessThanOrEqual(60);
    expect(replies.flatMap((one) => one.organizationIds)).toEqual(many(500).map((one) => one.id));
    for (const reply of replies) {
      expect(reply.blocks.length).toBeLessThanOrEqual(50);
      expect(JSON.stringify(reply.blocks).length).toBeLessThanOrEqual(10_000);
      for (const block of reply.blocks) expect(sectionText(block).length).toBeLessThanOrEqual(3000);
    }
  });

  const nasty = fc.oneof(
    fc.constantFrom("<!channel>", "*", "|", "&".repeat(300), "x".repeat(300), "😀".repeat(200), "\u202eabc\u200f", ""),
    fc.string({ unit: "binary", maxLength: 60 }),
  );
  const anyOrganization = fc.record({
    name: nasty,
    addresses: fc.array(fc.record({ email: nasty, reason: nasty.map(said) }), { maxLength: 9 }),
  });

  // Beyond 200 organizations each has less room; a few cases of those are enough, and all that a busy machine has time for.
  test.each([
    ["few", null, 30],
    ["hundreds", 201, 5],
  ] as const)("whatever is said of %s, none is lost, and Slack takes every message", (_, hundreds, numRuns) => {
    fc.assert(
      fc.property(fc.array(anyOrganization, { minLength: 1, maxLength: 20 }), (some) => {
        const count = hundreds ?? some.length;
        const all = many(count).map((one, index) => ({ ...one, ...some[index % some.length] }));
        const { parent, replies } = renderNotices(RUN, all);
        expect(replies.length + 1).toBeLessThanOrEqual(60);
        expect(replies.flatMap((one) => one.organizationIds)).toEqual(all.map(({ id }) => id));
        expect(replies.flatMap(({ blocks }) => blocks.map((block) => block.block_id))).toEqual(
          all.flatMap(({ id }) => [`about:${id}`, `organization:${id}`]),
        );
        for (const message of [parent, ...replies]) expect(slackTakes(message)).toEqual([]);
      }),
      { numRuns },
    );
  });

  test("500 with eight long addresses each are at most 60 messages; few organizations show all eight", () => {
    const addresses = Array.from({ length: 8 }, (_, index) => ({
      email: `${"long.".repeat(11)}${index}@customer-with-a-long-name.example.com`,
      reason: reason("contact.in_other_organization", {
        user_id: 19_442_893_058_196,
        organization_ids: [19_442_893_058_197, 19_442_893_058_198],
      }),
    }));
    expect(renderNotices(RUN, many(500, { addresses })).replies.length + 1).toBeLessThanOrEqual(60);
    const [reply] = renderNotices(RUN, many(200, { addresses })).replies;
    expect(sectionText(reply?.blocks[0]).split("\n")).toHaveLength(1 + 8);
    expect(renderNotices(RUN, many(200, { addresses })).replies.length + 1).toBeLessThanOrEqual(60);
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

describe("buttons", () => {
  const at = new Date("2026-11-23T10:31:59Z");
  const blocksOf = (count: number) => renderNotices(RUN, many(count)).replies[0]?.blocks ?? [];
  const [first, second] = many(2).map(({ id }) => id) as [number, number];

  test("each organization has two, with its id and nothing else", () => {
    expect(blocksOf(1)[1]).toEqual({
      type: "actions",
      block_id: `organization:${first}`,
      elements: [
        {
          type: "button",
          action_id: ACTION.retryContacts,
          text: { type: "plain_text", text: "Retry contacts" },
          value: String(first),
        },
        {
          type: "button",
          action_id: ACTION.markHandled,
          text: { type: "plain_text", text: "Mark handled" },
          value: String(first),
        },
      ],
    });
  });

  test.each<[OrganizationState, string]>([
    [{ is: "handled", by: "U0ANN", at }, "Handled by <@U0ANN> 10:31 UTC"],
    [{ is: "contacts added", count: 2, by: "U0ANN", at }, "2 contacts added by <@U0ANN> 10:31 UTC"],
    [{ is: "contacts added", count: 1, by: "<!here>", at }, "1 contact added by &lt;!here&gt; 10:31 UTC"],
    [{ is: "other", mrkdwn: "Deleted in Zendesk" }, "Deleted in Zendesk"],
  ])("%j stands in their place, the others keep theirs", (state, text) => {
    const before = blocksOf(2);
    const after = withOrganizationState(before, second, state);
    expect(after.slice(0, 3)).toEqual(before.slice(0, 3));
    expect(after[3]).toEqual({
      type: "context",
      block_id: `organization:${second}`,
      elements: [{ type: "mrkdwn", text, verbatim: true }],
    });
    expect(withOrganizationState(after, second, state)).toEqual(after);
    expect(withOrganizationState(before, 999, state)).toEqual(before);
    expect(withOrganizationState(after, second, { is: "handled", by: "U0BOB", at })).not.toEqual(after);
  });

  test("after a retry that found nobody they stay, and the newest try is said", () => {
    const before = blocksOf(2);
    const once = withOrganizationState(before, first, { is: "still nobody", by: "U0BOB", at });
    const twice = withOrganizationState(once, first, { is: "still nobody", by: "U0ANN", at });
    expect(sectionText(twice[0])).toBe(
      `${sectionText(before[0])}\n↳ Still without contacts: retried by <@U0ANN> 10:31 UTC`,
    );
    expect(twice.slice(1)).toEqual(before.slice(1));
  });
});
