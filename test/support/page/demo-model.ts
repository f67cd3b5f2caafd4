import { reason } from "../../../lib/domain/reason.ts";
import type { ExplanationDocument, Line } from "../../../lib/explain/document.ts";
import type { FoldedRows, Harm, LimitBar, ReportModel, Row, RunTrend } from "../../../lib/report/model.ts";

const FIRST =
  "Aurora Birch Cobalt Delta Ember Fjord Granite Harbor Iris Juniper Kestrel Lumen Meridian Nimbus Orchid Pioneer".split(
    " ",
  );
const SECOND =
  "Analytics Biotech Capital Dynamics Energy Foods Group Health Industries Logistics Media Networks Robotics Systems".split(
    " ",
  );
const FORM = ["Inc.", "GmbH", "Ltd", "SA", "AB", "LLC", "KK"];

/** A name that a company might have, the same for the same number. */
export function companyName(n: number): string {
  return `${FIRST[n % FIRST.length]} ${SECOND[(n * 5 + Math.floor(n / 16)) % SECOND.length]} ${FORM[(n * 3) % FORM.length]}`;
}

/** A Salesforce id of 18 characters, the same for the same number. */
export function salesforceId(n: number): string {
  return `0014M000${String(n).padStart(7, "0")}QAQ`;
}

/** A row that means `harm`, as a run makes it; `part` replaces what a test is about. */
export function row(n: number, harm: Harm, part: Partial<Row> = {}): Row {
  const name = companyName(n);
  const id = 360_000_000_000 + n * 7919;
  return {
    comparison: "global",
    instance: "global",
    effect: "update",
    harm,
    salesforce_id: salesforceId(n),
    id,
    id_of: "organization",
    name,
    domains: [`${name.split(" ").slice(0, 2).join("-").toLowerCase()}.example`],
    changes: [{ field: "account_owner", before: "Dana Whitfield", after: "Priya Raman" }],
    outcome: "applied",
    reason: null,
    weight: { level: "premium", arr: 12_000 + ((n * 977) % 400_000), seats: 10 + ((n * 31) % 900) },
    links: {
      salesforce: `https://example.my.salesforce.com/${salesforceId(n)}`,
      zendesk: `https://example.zendesk.com/agent/organizations/${id}`,
    },
    explanation: null,
    ...part,
  };
}

const line = (
  text: string,
  tone?: "good" | "warning" | "bad" | "muted" | "strong",
  label?: string,
  depth: 0 | 1 | 2 = 0,
): Line => ({
  depth,
  ...(label === undefined ? {} : { label }),
  spans: [tone === undefined ? { text } : { text, tone }],
});

/** What `explain` says about an account that lost its support. */
export function explanation(n: number): ExplanationDocument {
  return {
    answer: [
      line(`${companyName(n)} lost premium support in global on 2026-11-27.`, "strong"),
      line("Its last charge, Premium Support, ended on 2026-11-11; its 15 days of grace are over."),
      line("To keep it: renew the charge in Salesforce, or add an override that names a reason and a day."),
    ],
    sections: [
      {
        title: "Subscriptions and charges",
        lines: [
          line("A-S000183, 2025-11-12 to 2026-11-11, global", undefined),
          line("Premium Support × 250", "bad", "expired", 1),
          line("matches plans.yml line 41: premium", "muted", undefined, 2),
          line("Community Add-on × 1", "good", "active", 1),
          line("matches plans.yml line 77: community, until 2027-03-31", "muted", undefined, 2),
        ],
      },
      { title: "Override", lines: [line("none", "muted")] },
      {
        title: "Organization fields",
        lines: [
          line("expired (Zendesk holds premium)", "bad", "support_level"),
          line("2026-11-11", undefined, "expiration_date"),
          line("false (Zendesk holds true)", undefined, "sub_premium"),
        ],
      },
      { title: "Last run", lines: [line("updated at 2026-11-27 02:03 UTC", "good", "outcome")] },
    ],
  };
}

const level = (before: string, after: string) => ({ field: "support_level", before, after });

function harmfulRows(): Row[] {
  const lost = [3, 17, 21, 40].map((n) =>
    row(n, "loses support", {
      changes: [
        level("premium", "expired"),
        { field: "sub_premium", before: "true", after: "false" },
        { field: "expiration_date", before: "2027-11-11", after: "2026-11-11" },
      ],
      explanation: explanation(n),
    }),
  );
  const downgraded = [52, 61, 75].map((n) =>
    row(n, "downgraded", {
      changes: [level("ultimate", "premium"), { field: "seats", before: "500", after: "120" }],
      explanation: explanation(n),
    }),
  );
  const held = [81, 92].map((n) =>
    row(n, "put on hold", { changes: [{ field: "support_hold", before: "false", after: "true" }] }),
  );
  const marked = Array.from({ length: 19 }, (_, n) =>
    row(100 + n, "marked", {
      effect: "mark",
      changes: [{ field: "mark_for_deletion", before: "false", after: "true" }],
      reason: n % 3 === 0 ? reason("organization.of_partner") : reason("organization.without_account"),
    }),
  );
  const failed = [201, 202].map((n) =>
    row(n, "failed", {
      effect: "create",
      id: null,
      outcome: "failed",
      reason: reason("write.refused", {
        service: "Zendesk",
        refusal: "DuplicateValue",
        fields: ["name"],
        taken: "name",
      }),
      changes: createdFields("gold"),
      weight: { level: null, arr: 84_000, seats: 40 },
    }),
  );
  return [...held, ...lost, ...downgraded, ...marked, ...failed];
}

const createdFields = (supportLevel: string) => [
  { field: "support_level", before: "", after: supportLevel },
  { field: "account_type", before: "", after: "Customer" },
  { field: "expiration_date", before: "", after: "2027-11-26" },
  { field: "account_owner", before: "", after: "Priya Raman" },
  { field: "solutions_architect", before: "", after: "Jonas Lind" },
];

function otherRows(): Row[] {
  const none = { effect: "none", changes: [] as Row["changes"], outcome: null } as const;
  return [
    row(301, "conflict", {
      ...none,
      reason: reason("create.name_taken", { organization_ids: [360_002_383_619, 360_002_391_538] }),
    }),
    row(302, "conflict", {
      ...none,
      comparison: "usgov",
      instance: "us-government",
      reason: reason("create.account_unclear"),
    }),
    row(311, "unknown charge", {
      ...none,
      reason: reason("charge.unknown", {
        charge_name: "Premium Suport (12 mo)",
        unexpired: true,
        nearest: "Premium Support",
        hurts: true,
      }),
    }),
    row(312, "unknown charge", {
      ...none,
      reason: reason("charge.unknown", {
        charge_name: "Sovereign Cloud Uplift",
        unexpired: true,
        nearest: null,
        hurts: false,
      }),
    }),
    ...[321, 322, 323, 324].map((n) =>
      row(n, "skipped", { ...none, outcome: "skipped", reason: reason("mark.ignore_deletion") }),
    ),
    ...[401, 402, 403, 404, 405].map((n) => row(n, "upgraded", { changes: [level("silver", "premium")] })),
    ...Array.from({ length: 39 }, (_, n) =>
      row(500 + n, "gains", {
        effect: "create",
        changes: createdFields(n % 4 === 0 ? "ultimate" : "premium"),
        ...(n % 9 === 0 ? { comparison: "usgov", instance: "us-government" } : {}),
      }),
    ),
    ...Array.from({ length: 58 }, (_, n) => row(600 + n, "cosmetic")),
  ];
}

/** Rows that say the same: `count` organizations get their `customer_health`. */
export function folded(count: number, part: Partial<FoldedRows> = {}): FoldedRows {
  return {
    comparison: "global",
    instance: "global",
    effect: "update",
    harm: "cosmetic",
    outcome: "applied",
    code: null,
    reason: null,
    fields: ["customer_health"],
    changes: [{ field: "customer_health", before: "", after: "green" }],
    count,
    members: Array.from({ length: count }, (_, n) => ({
      salesforce_id: salesforceId(10_000 + n),
      id: 370_000_000_000 + n,
      name: companyName(10_000 + n),
    })),
    ...part,
  };
}

/** A limit as the config has it by default. */
function limit(
  comparison: LimitBar["comparison"],
  effect: LimitBar["effect"],
  count: number,
  of: number,
  most: number,
) {
  return { comparison, effect, count, of, limit: most, allowed: null, exceeded: false };
}

const LIMITS: LimitBar[] = [
  limit("global", "creates", 36, 6840, 500),
  limit("global", "marks", 19, 6840, 200),
  limit("global", "updates", 1435, 6840, 2052),
  limit("global", "downgrades", 7, 6840, 100),
  limit("global", "contacts", 0, 6840, 500),
  limit("global", "marked_total", 61, 6840, 1368),
  limit("usgov", "creates", 5, 212, 500),
  { ...limit("usgov", "marks", 2, 212, 10), allowed: 12 },
  limit("partner", "updates", 0, 38, 11),
];

/** `runs` runs before this one, hourly. */
function trend(runs: number): RunTrend[] {
  return Array.from({ length: runs }, (_, n) => {
    const isThis = n === runs - 1;
    return {
      run_id: isThis ? "20261127T020000Z-7f3a" : `run-${n}`,
      started_at: new Date(Date.UTC(2026, 10, 27, 2) - (runs - 1 - n) * 3_600_000).toISOString(),
      seconds: isThis ? 193 : 140 + ((n * 37) % 90),
      exit: n === 11 ? 4 : isThis ? 3 : 0,
      created: isThis ? 39 : (n * 13) % 31,
      updated: isThis ? 1435 : 180 + ((n * 373) % 1100),
      marked: n === 11 ? 0 : isThis ? 19 : (n * 7) % 9,
      failed: isThis ? 2 : n % 10 === 4 ? 1 : 0,
      href: n % 7 === 0 && !isThis ? null : `../run-${n}/report.html`,
    };
  });
}

/** A run of a company with 2,600 organizations: everything that a page can show. `part` replaces what a test is about. */
export function demoModel(part: Partial<ReportModel> = {}): ReportModel {
  return {
    head: {
      kind: "run",
      command: "zdsync run",
      run_id: "20261127T020000Z-7f3a",
      today: "2026-11-27",
      hosts: {
        salesforce: "example.my.salesforce.com",
        global: "example.zendesk.com",
        "us-government": "example-gov.zendesk.com",
      },
      started_at: "2026-11-27T02:00:00.000Z",
      seconds: 193,
      started_by: "pipeline 48211, scheduled",
      exit: 3,
      refusals: [],
      failures: [],
      apply: null,
    },
    limits: LIMITS,
    comparisons: [
      {
        comparison: "global",
        existing: 6840,
        planned: { creates: 36, updates: 1435, marks: 19, contacts: 0 },
        results: { applied: 1488, failed: 2, skipped: 4 },
        applied: { creates: 34, updates: 1435, marks: 19, contacts: 0 },
        digest: "7f3a",
      },
      {
        comparison: "usgov",
        existing: 212,
        planned: { creates: 5, updates: 0, marks: 0, contacts: 0 },
        results: { applied: 5, failed: 0, skipped: 0 },
        applied: { creates: 5, updates: 0, marks: 0, contacts: 0 },
        digest: "91c0",
      },
    ],
    rows: [...harmfulRows(), ...otherRows()],
    folded: [folded(1317), folded(46, { fields: ["account_owner", "solutions_architect"], changes: [] })],
    trend: trend(30),
    ...part,
  };
}
