import { expect, test } from "bun:test";
import { reason } from "../../lib/domain/reason.ts";
import type { RunRecord } from "../../lib/storage/runs/run-record.ts";
import type { RunState } from "../runs/runner.ts";
import { alertPosts } from "./alert-posts.ts";
import { attentionKeys } from "./incidents.ts";

const [ONE, TWO] = ["0014M00001kAbCdQAK", "0014M00001kAbCeQAK"];
const record = {
  failures: [],
  comparisons: [],
  unknown_charges: [
    { charge_name: "New charge", accounts: [ONE], unexpired_accounts: [], nearest: null, hurt_accounts: [] },
  ],
  conflicts: [
    { comparison: "global", salesforce_id: ONE, id: 1, reason: reason("legacy.text", { text: "of global" }) },
    { comparison: "usgov", salesforce_id: TWO, id: 2, reason: reason("legacy.text", { text: "of us-government" }) },
  ],
  merged: [
    {
      comparison: "usgov",
      salesforce_id: TWO,
      id: 3,
      reason: reason("legacy.text", { text: "merged of us-government" }),
    },
  ],
  moved: [
    {
      comparison: "usgov",
      salesforce_id: TWO,
      id: 4,
      reason: reason("legacy.text", { text: "moved to global" }),
    },
  ],
} as unknown as RunRecord;
const run: RunState = {
  id: "run-1",
  url: null,
  status: "ended",
  exit: 0,
  dryRun: false,
  startedBy: "cron",
  startedAt: new Date(0),
  endedAt: new Date(1000),
  parts: [],
  record,
} as unknown as RunState;
const general = { names: new Map([[ONE, "Global One"]]), salesforceHost: null };
const government = { names: new Map([[TWO, "Agency Two"]]), salesforceHost: null };
const attention = { say: "attention", run, keys: attentionKeys(record) } as const;
const text = (post: unknown) => JSON.stringify(post).replaceAll("\u200b", "");

test("B5: without channels of instances' own, one message with everything", () => {
  const posts = alertPosts(attention, { general, own: new Map() });
  expect(posts).toHaveLength(1);
  expect(posts[0]?.instance).toBeUndefined();
  expect(text(posts)).toMatch(/Global One.*of global.*of us-government/s);
});

test("B5: an instance's conflicts are told in its own channel, under a key of their own, and nowhere else", () => {
  const own = new Map([["us-government", government] as const]);
  for (const alert of [attention, { say: "failed", run } as const]) {
    const [first, second, ...others] = alertPosts(alert, { general, own });
    expect(others).toEqual([]);
    expect([first?.instance, second?.instance]).toEqual([undefined, "us-government"]);
    expect(text(first)).toMatch(/New charge.*Global One.*of global/s);
    expect(text(first)).not.toMatch(/Agency|of us-government|moved to/);
    expect(text(second)).toMatch(/Agency Two.*of us-government.*merged of us-government.*moved to global/s);
    expect(text(second)).not.toMatch(/Global One|New charge/);
    expect(second?.key).not.toBe(first?.key);
  }
});

test("B5: where all that is new concerns that instance, the channel of everything hears nothing", () => {
  const keys = attentionKeys(record).filter((key) => /^(conflict|merged|moved) usgov /.test(key));
  const posts = alertPosts({ ...attention, keys }, { general, own: new Map([["us-government", government]]) });
  expect(posts.map(({ instance }) => instance)).toEqual(["us-government"]);
});
