import type { Create, Mark, Update } from "../../../lib/domain/changeset.ts";
import { NO_CUSTOMERS } from "../../../lib/report/customers.ts";
import type { ReportedComparison, ReportSource } from "../../../lib/report/report-source.ts";

export const ACCOUNT = "0014M00001kAbCdQAK";
export const OTHER_ACCOUNT = "0014M000004ZYxYQAW";

/** A report of nothing, to be filled. */
export function reportSource(parts: Partial<ReportSource> = {}): ReportSource {
  return {
    about: {
      kind: "run",
      command: "zdsync run",
      run_id: "run-1",
      today: "2026-11-23",
      hosts: {
        salesforce: "example.my.salesforce.com",
        global: "example.zendesk.com",
        "us-government": "example-gov.zendesk.com",
      },
      started_at: "2026-11-23T21:03:03.000Z",
      seconds: 72,
      started_by: "alice on sync-1",
      exit: 0,
      failures: [],
      apply: null,
      writes: true,
    },
    comparisons: [],
    notes: [],
    customers: NO_CUSTOMERS,
    trend: [],
    ...parts,
  };
}

/** A comparison of global's customers without any record. */
export function reported(parts: Partial<ReportedComparison> = {}): ReportedComparison {
  return {
    comparison: {
      name: "global",
      digest: "abc123",
      existing: 100,
      planned: { creates: 1, updates: 1, marks: 1, contacts: 2 },
      measures: [
        { effect: "marks", count: 7, of: 100, limit: 5, limitText: "5% (5)", exceeded: true },
        { effect: "creates", count: 1, of: 100, limit: 500, limitText: "500", exceeded: false },
      ],
    },
    creates: [],
    updates: [],
    marks: [],
    notes: [],
    contacts: [],
    results: [],
    ...parts,
  };
}

export function create(name: string, salesforce_id = ACCOUNT): Create {
  return { salesforce_id, name, organization_fields: { support_level: "premium" }, sold_tos: [] };
}

/** An update of organization fields; `fields` as `[before, after]`. */
export function update(id: number, name: string, fields: Record<string, [unknown, unknown]>): Update {
  const side = (at: 0 | 1) => Object.fromEntries(Object.entries(fields).map(([key, values]) => [key, values[at]]));
  return {
    id,
    salesforce_id: ACCOUNT,
    name,
    before: { organization_fields: side(0) as never },
    change: { organization_fields: side(1) as never },
  };
}

export function mark(id: number, name: string, salesforce_id: string | null = ACCOUNT): Mark {
  return { id, salesforce_id, name, before: { mark_for_deletion: null }, change: { mark_for_deletion: true } };
}
