import { describe, expect, test } from "bun:test";
import { reason } from "../../lib/domain/reason.ts";
import type { InstanceStory, OrganizationStory } from "../../lib/report/organization-story.ts";
import { saidLines } from "../render/blocks.ts";
import { type StorySetting, storyLines } from "./render-story.ts";
import type { Story } from "./stories.ts";

const setting: StorySetting = {
  hosts: { salesforce: "example.my.salesforce.com", global: "example.zendesk.com", "us-government": null },
  run: { endedAt: new Date("2026-11-24T10:31:00Z"), url: "https://gitlab.example/pipelines/7" },
  state: null,
};
const run = { missing: [], unreadable: [], runIds: ["run-1"] };

function inInstance(change: Partial<InstanceStory> = {}): InstanceStory {
  return {
    instance: "global",
    organizations: [{ id: 4711, name: "Example GmbH" }],
    inSource: true,
    supportLevel: "premium",
    expirationDate: "2027-03-01",
    marked: false,
    changes: [],
    contacts: [],
    notes: [],
    nothing: null,
    ...change,
  };
}

function story(change: Partial<OrganizationStory> = {}): Story {
  const whole: OrganizationStory = {
    name: "Example GmbH",
    otherNames: [],
    salesforceId: "0014M00001kAbCdQAK",
    source: "A customer account in Salesforce (Customer).",
    notes: [],
    instances: [inInstance()],
    ...change,
  };
  return { told: { is: "story", story: whole }, run };
}

const text = (one: Story, asked = "Example", how = setting) => storyLines(asked, one, how).join("\n");

test("account, links, support level, expiration, what was done field by field, contacts with their reason, and when", () => {
  const told = text(
    story({
      notes: [
        {
          rule: "E2",
          reason: reason("charge.unknown", { charge_name: "New SKU", unexpired: true, nearest: null, hurts: true }),
        },
      ],
      instances: [
        inInstance({
          changes: [
            {
              does: "update",
              values: [{ field: "support_level", before: "premium", after: "ultimate" }],
              outcome: "failed",
              reason: reason("organization.did_not_stick", { fields: ["support_level"] }),
            },
          ],
          contacts: [
            { email: "sue@example.com", outcome: "skipped", reason: reason("contact.suspended", { user_id: 17 }) },
          ],
        }),
        inInstance({ instance: "us-government", organizations: [], nothing: "Nothing of this account counts here." }),
      ],
    }),
  );
  expect(told).toContain("<https://example.my.salesforce.com/0014M00001kAbCdQAK|Salesforce 0014M00001kAbCdQAK>");
  expect(told).toContain("<https://example.zendesk.com/agent/organizations/4711|Zendesk 4711>");
  expect(told).toContain("in the source · support level premium · expires 2027-03-01");
  expect(told).toContain(
    "Update: failed (The organization was written, but Zendesk did not keep it:\u200b support_\u200blevel.)\n• support_\u200blevel: premium → ultimate",
  );
  expect(told).toContain("Contacts tried:\n• sue@example.com: User 17 is suspended and was left alone.");
  expect(told).toContain("• E2 unknown charge name: The account has the unknown charge name");
  expect(told).toContain("*us-government*");
  expect(told).toContain("As of <https://gitlab.example/pipelines/7|the last run>");
  expect(told).toContain("2026-11-24 10:31 UTC");
});

test("what somebody did since in Slack", () => {
  const at = new Date("2026-11-24T11:00:00Z");
  const since = (state: StorySetting["state"]) => text(story(), "x", { ...setting, state });
  expect(since({ is: "handled", by: "U0ANN", at })).toContain("Since then: marked handled by <@U0ANN>");
  expect(since({ is: "contacts added", count: 2, by: "U0ANN", at })).toContain("2 added");
  expect(since({ is: "still nobody", addresses: [], by: "U0ANN", at })).toContain("still nobody");
});

test("several, nobody, files that are missing", () => {
  const hit = (name: string) => ({ names: [name], salesforceId: "0014M00001kAbCdQAK", organizations: [] });
  const several = text({ told: { is: "several", subjects: [hit("One"), hit("Two")], more: 3 }, run });
  expect(several).toContain("5 organizations match “Example”");
  expect(several).toContain("• Two  <https://");
  expect(several).toContain("and 3 more");
  const nobody = text({
    told: { is: "none", nearest: [hit("Exemple")] },
    run: { ...run, missing: ["zendesk_global.json"], unreadable: ["usgov_notes.json"] },
  });
  expect(nobody).toContain("knew nobody called “Example”");
  expect(nobody).toContain("Did you mean:\n• Exemple");
  expect(nobody).toContain("missing, so that not all can be told: zendesk_global.json");
  expect(nobody).toContain("damaged: usgov_notes.json");
});

const said = (text: string) => reason("legacy.text", { text });

describe("hostile text shows as text, and everything fits", () => {
  const hostile = [
    "<!channel>",
    "*bold* _it_ `code` | &amp;",
    ":tada: ",
    "x".repeat(3000),
    "😀".repeat(3000),
    "a\nb\u202e",
  ];

  test.each(hostile)("%s", (name) => {
    const contact = { email: `${name}@example.com`, outcome: "failed" as const, reason: said(name) };
    const value = { field: "name", before: name, after: name };
    const change = {
      does: "update" as const,
      values: Array(60).fill(value),
      outcome: "failed" as const,
      reason: said(name),
    };
    const instance = inInstance({
      supportLevel: name,
      changes: Array(5).fill(change),
      contacts: Array(50).fill(contact),
      notes: Array(30).fill({ rule: "C7", reason: said(name) }),
    });
    const hit = {
      names: [name],
      salesforceId: "0014M00001kAbCdQAK",
      organizations: [{ instance: "global" as const, id: 1 }],
    };
    for (const one of [
      story({ name, otherNames: [name, name], instances: [instance, instance] }),
      { told: { is: "several" as const, subjects: Array(10).fill(hit), more: 90 }, run },
      { told: { is: "none" as const, nearest: [hit] }, run },
    ]) {
      const said = saidLines(storyLines(name, one, setting));
      expect(said.blocks.length).toBeLessThanOrEqual(50);
      expect(JSON.stringify(said.blocks).length).toBeLessThanOrEqual(10_500);
      const shown = JSON.stringify(said.blocks);
      expect(shown).not.toMatch(/<!channel>|<@|:tada:|\*bold\*/);
      for (const block of said.blocks) expect(JSON.stringify(block).length).toBeLessThan(12_000);
    }
  });
});
