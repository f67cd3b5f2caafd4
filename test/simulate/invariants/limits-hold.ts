import type { JournalEntry } from "../../../sandbox/journal.ts";
import { expectedChanges, isDowngrade } from "../../../sandbox/seed/expected-changes.ts";
import { to18 } from "../../../sandbox/seed/salesforce-ids.ts";
import type { InstanceName, World } from "../../../sandbox/types.ts";
import type { HourSeen, Invariant, RunSeen } from "../story/seen.ts";
import { madeByFirstFill } from "./first-fill.ts";
import { allowedOf, limit, limitsOf } from "./limits.ts";
import { comparisonsOf } from "./results-seen.ts";
import { byClients, changedKeys } from "./writes.ts";

type Comparison = "global" | "usgov" | "partner" | "usgov_user";
type Effect = "creates" | "updates" | "marks" | "downgrades" | "holds" | "contacts";

/** What was done to one record by all writes of a piece of work: as it was before the first, and as it is after the last. */
interface Done {
  comparison: Comparison;
  effects: Effect[];
}

/** Counted in the journal, whatever the program counted (S2). */
export const LIMITS_HOLD: Invariant[] = [
  {
    name: "limits hold",
    expects:
      "no run, and no pipeline of stages, has more of an effect than its limit allows, unless somebody allowed it",
    check: (hour) => piecesOfWork(hour).flatMap((runs) => passedIn(hour, runs)),
  },
];

/** Runs whose writes are measured together: each by itself, the stages of a pipeline all. After a killed one nobody can say whose a write is. */
function piecesOfWork({ runs, plan }: HourSeen): RunSeen[][] {
  if (plan.form === "twice at once") return [];
  const stages = runs.filter(({ command }) => STAGES.has(command));
  const pieces = [
    ...(stages.length > 0 ? [stages] : []),
    ...runs.filter(({ command }) => command === "run").map((run) => [run]),
  ];
  const firstKilled = pieces.findIndex((piece) => piece.some(({ exit }) => typeof exit !== "number"));
  return firstKilled === -1 ? pieces : pieces.slice(0, firstKilled + 1);
}

const STAGES = new Set(["gather-accounts", "gather-orgs", "process", "compare", "sync", "partner-sync", "user-sync"]);

function passedIn(hour: HourSeen, runs: readonly RunSeen[]): string[] {
  const { minimum_existing: minimum } = limitsOf(hour, "global");
  const ofFirstFill = {
    global: madeByFirstFill(hour, runs, "global", minimum),
    "us-government": madeByFirstFill(hour, runs, "us-government", limitsOf(hour, "usgov_user").minimum_existing),
  };
  const done = [...writtenIn(runs).values()].flatMap((entries) => doneTo(entries, hour, ofFirstFill));
  return (["global", "usgov", "partner", "usgov_user"] as const).flatMap((comparison) => {
    const own = done.filter((one) => one.comparison === comparison);
    if (own.length === 0) return [];
    return EFFECTS.flatMap((effect) => {
      const count = own.filter(({ effects }) => effects.includes(effect)).length;
      const allowedFor = (existing: number) =>
        limit(limitsOf(hour, comparison), effect, existing, allowedOf(runs[0])[effect]);
      // Most often what the work says itself is enough; to read the rules for every world takes its time.
      if (sizesTold(comparison, runs).some((existing) => count <= allowedFor(existing))) return [];
      const most = Math.max(...sizesSeen(comparison, runs).map(allowedFor));
      return count > most ? [`${comparison}: ${count} ${effect}, ${most} allowed`] : [];
    });
  });
}

const EFFECTS: readonly Effect[] = ["creates", "updates", "marks", "downgrades", "holds", "contacts"];

/** How many records there are in the comparison, by what the work says itself. */
function sizesTold(comparison: Comparison, runs: readonly RunSeen[]): number[] {
  const told = runs.flatMap((run) => comparisonsOf(run));
  return told.flatMap((one) => (one.name === comparison ? [one.existing] : []));
}

/** The same in every world that the work saw. */
function sizesSeen(comparison: Comparison, runs: readonly RunSeen[]): number[] {
  const name = NAMES[comparison];
  return runs.flatMap(({ worlds, today }) => worlds.map((world) => sizesIn(world, today)[name].existing));
}

const NAMES = { global: "global", usgov: "us-government", partner: "partners", usgov_user: "users" } as const;

const known = new WeakMap<World, ReturnType<typeof expectedChanges>>();

/** Stages that begin one after the other see the same world again and again. */
function sizesIn(world: World, today: string): ReturnType<typeof expectedChanges> {
  const found = known.get(world) ?? expectedChanges({ ...world, today });
  known.set(world, found);
  return found;
}

/** Each record that clients wrote, with its writes in order. */
function writtenIn(runs: readonly RunSeen[]): Map<string, JournalEntry[]> {
  const all = new Set(runs.flatMap(({ journal }) => byClients(journal)));
  return Map.groupBy(all, ({ instance, kind, id }) => `${instance} ${kind} ${id}`);
}

function doneTo(
  entries: readonly JournalEntry[],
  hour: HourSeen,
  ofFirstFill: Record<InstanceName, ReadonlySet<number>>,
): Done[] {
  const [first, last] = [entries[0], entries.at(-1)];
  if (!first || !last) return [];
  if (first.kind === "organization" && last.kind === "organization") {
    const [before, after] = [first.before?.fields, last.after?.fields ?? {}];
    const partner = [before, after].some((fields) => String(fields?.account_type).endsWith("_partner"));
    const comparison = first.instance === "us-government" ? "usgov" : partner ? "partner" : "global";
    if (!before) return [{ comparison, effects: ["creates"] }];
    return [{ comparison, effects: effectsOn(before, after, first.before?.name !== last.after?.name) }];
  }
  if (first.kind !== "user" || last.kind !== "user") return [];
  const joined = (last.after?.organization_ids ?? []).filter((id) => !first.before?.organization_ids.includes(id));
  const limited = joined.filter((id) => !ofFirstFill[first.instance].has(id));
  if (first.instance === "global") return contactsIn(limited, hour);
  const contacts: Effect[] = limited.length > 0 ? ["contacts"] : [];
  const marks = (user: typeof first.before) => user?.user_fields.mark_for_deletion === true;
  if (!first.before) return [{ comparison: "usgov_user", effects: ["creates", ...contacts] }];
  if (!marks(first.before) && marks(last.after)) return [{ comparison: "usgov_user", effects: ["marks"] }];
  return [{ comparison: "usgov_user", effects: ["updates", ...contacts] }];
}

/** A user of global counts once for each comparison that has an organization which the user was put into. */
function contactsIn(joined: readonly number[], { after }: HourSeen): Done[] {
  const organizations = after.zendesk.global.organizations.filter(({ id }) => joined.includes(id));
  const comparisons = organizations.map(({ organization_fields: fields }) =>
    String(fields.account_type).endsWith("_partner") ? "partner" : "global",
  );
  return [...new Set(comparisons)].map((comparison): Done => ({ comparison, effects: ["contacts"] }));
}

function effectsOn(before: Record<string, unknown>, after: Record<string, unknown>, isRenamed: boolean): Effect[] {
  const changed = changedKeys(before, after);
  if (before.mark_for_deletion !== true && after.mark_for_deletion === true) return ["marks"];
  const isRewritten =
    changed.length === 1 &&
    changed[0] === "salesforce_id" &&
    to18(String(before.salesforce_id)) === after.salesforce_id;
  if (isRewritten && !isRenamed) return [];
  const isHeld = ["support_hold", "restricted_account"].some((key) => before[key] !== true && after[key] === true);
  return [
    "updates",
    ...(isDowngrade(before, after) ? (["downgrades"] as const) : []),
    ...(isHeld ? (["holds"] as const) : []),
  ];
}
