import type { AccountExplanation } from "../explain/account-explanation.ts";
import { decisionLines } from "../explain/answer.ts";
import type { ExplanationDocument } from "../explain/document.ts";
import type { Rules, RunEvidence } from "../explain/evidence.ts";
import { EvidenceIndex } from "../explain/evidence-index.ts";
import type { EvidenceRecords, RunMaterial } from "../explain/evidence-records.ts";
import { explanationDocument } from "../explain/explanation-document.ts";
import { withoutUsGovernmentNames } from "../explain/withhold-explanation.ts";
import { explainRow } from "../report/explain-row.ts";
import type { Row } from "../report/model.ts";
import type { GatheredWorld } from "./compare-by-rules.ts";
import type { SimulatedComparison, Simulation } from "./simulate.ts";

/** Rows that carry their explanation, the worst first; as many as of a large run. */
const MAX_ROWS = 5_000;

/** Rows of a simulation to be explained, with the rules, the run and the accounts that may be named. */
export interface ExplainingOrder {
  rules: { before: Rules; after: Rules };
  /** The run whose data it is. */
  about: Pick<RunEvidence, "run_id" | "hosts">;
  /** All rows, the worst first. */
  rows: readonly Row[];
  /** The accounts that may be named, where customers of us-government are not; null: all. */
  known: ReadonlySet<string> | null;
}

/**
 * Explains rows of a simulation as `zdsync explain` does, by the new rules, with what the old ones decide beside it; null for rows without
 * account and organization, and beyond the worst 5,000. Pure.
 */
export function simulationExplainer(
  simulation: Simulation,
  world: GatheredWorld,
  { rules, about, rows, known }: ExplainingOrder,
): (row: Row) => ExplanationDocument | null {
  const index = (side: "before" | "after") =>
    new EvidenceIndex(
      materialOf(simulation, world, { rules: rules[side], desired: desiredOf(simulation, side), side, about }),
    );
  const some = new Set(rows.slice(0, MAX_ROWS));
  if (some.size === 0) return () => null;
  const [old, wanted] = [index("before"), index("after")];
  return (row) => {
    if (!some.has(row)) return null;
    const after = explainRow(wanted, row);
    const before = after && explainRow(old, row, { upcoming: false, people: after.people });
    if (after === null || before === null) return null;
    const { answer, sections } = explanationDocument(shown(after, known));
    const lines = decisionLines(shown(before, known));
    return { answer, sections: [{ title: "Under the old rules", lines }, ...sections] };
  };
}

function desiredOf({ desired, desiredBefore }: Simulation, side: "before" | "after"): Simulation["desired"] {
  return side === "before" ? desiredBefore : desired;
}

function shown(explanation: AccountExplanation, known: ReadonlySet<string> | null): AccountExplanation {
  if (known === null) return explanation;
  const { salesforce_id: account } = explanation.subject;
  return withoutUsGovernmentNames(explanation, account !== null && known.has(account));
}

/** The settled world and what one set of rules wants of it, as if a run had left them, without what it planned or wrote. */
function materialOf(
  simulation: Simulation,
  world: GatheredWorld,
  {
    rules,
    desired,
    side,
    about: { run_id, hosts },
  }: { rules: Rules; desired: Simulation["desired"]; side: "before" | "after"; about: ExplainingOrder["about"] },
): RunMaterial {
  const { settled, inventedFrom } = simulation;
  const there = (instance: "global" | "us-government") =>
    settled.organizations[instance]?.filter(({ id }) => id < inventedFrom[instance]);
  const [global, usGovernment] = [there("global"), there("us-government")];
  const missing = [...(global ? [] : ["zendesk_global.json"]), ...(usGovernment ? [] : ["zendesk_usgov.json"])];
  return {
    run: {
      run_id,
      today: world.today,
      gathered_at: world.gathered_at,
      source: "simulation",
      dry_run: null,
      missing: [...missing, ...(world.partners ? [] : ["partner_accounts.json"])],
      allow: {},
      unidentified: world.quarantined.unidentified,
      hosts,
    },
    rules,
    quarantined: new Set(world.quarantined.accounts),
    refused: {},
    records: {
      "salesforce_accounts.json": world.accounts,
      "merged_accounts.json": world.merged,
      ...(world.partners ? { "partner_accounts.json": world.partners } : {}),
      ...(global ? { "zendesk_global.json": global, "global_accounts.json": desired.global } : {}),
      ...(usGovernment ? { "zendesk_usgov.json": usGovernment, "usgov_accounts.json": desired["us-government"] } : {}),
      ...(world.addresses ? { "zendesk_global_addresses.json": world.addresses } : {}),
      ...(settled.users && world.people
        ? { "usgov_users.json": settled.users, "usgov_user_contacts.json": world.people.contacts }
        : {}),
      ...(side === "after" ? plannedIn(simulation.comparisons) : {}),
    },
  };
}

/** Changes that take names (C7) and addresses (Y2), and users to create. No marks: a comparison without them counts as not made. */
function plannedIn(comparisons: readonly SimulatedComparison[]): EvidenceRecords {
  const records: EvidenceRecords = {};
  for (const one of comparisons) {
    if (one.name === "usgov_user") {
      records["usgov_user_creates.json"] = one.changes.creates;
      records["usgov_user_notes.json"] = one.notes;
    }
    if (one.name !== "global") continue;
    records["global_creates.json"] = one.changes.creates;
    records["global_updates.json"] = one.changes.updates;
    records["global_contacts.json"] = one.contacts;
  }
  return records;
}
