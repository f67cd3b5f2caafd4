import type { JournalEntry } from "../../../sandbox/journal.ts";
import { sameMeaning } from "../../../sandbox/seed/meaning.ts";
import type { InstanceName } from "../../../sandbox/types.ts";
import type { HourSeen, Invariant, RunSeen } from "../story/seen.ts";
import { lastReadBeforeWrite } from "./reads-before-writes.ts";
import { type ResultSeen, resultsIn } from "./results-seen.ts";

/** Whether what a run says of each record is what happened to it (S6). */
export const REPORTED: Invariant[] = [
  {
    name: "results say what was written",
    expects:
      "each record that a run wrote stands once in its results, as applied or as failed; what stands there as applied was written",
    check: (hour) => hour.runs.flatMap((run, index) => (isAlone(hour, index) ? wrongOf(run, hour) : [])),
  },
  {
    name: "what failed was not done",
    expects:
      "no organization or user is made, and no organization changed, of which the results say for certain that it was not",
    check: (hour) => hour.runs.flatMap((run, index) => (isAlone(hour, index) ? doneAllTheSame(run, hour) : [])),
  },
  {
    name: "who is in several organizations is not to be changed",
    expects:
      "no update or mark is planned of a user of us-government who was in several organizations all the time (U5)",
    check: (hour) => hour.runs.flatMap((run) => (run.command === "run" ? plannedOfSeveral(run, hour) : [])),
  },
  {
    name: "results are of the run itself",
    expects: "after a run no results lie in the data directory, of the instances that it worked on, but its own",
    check: ({ runs, plan }) =>
      plan.disk ? [] : runs.flatMap((run) => (run.command === "run" && run.writes ? ofOthers(run) : [])),
  },
];

/** Whether nobody can take another's writes for those of the run: what a killed run sent may arrive while the next one is at work. */
function isAlone({ runs }: HourSeen, index: number): boolean {
  const run = runs[index];
  const isOver = runs.slice(0, index).every(({ exit }) => typeof exit === "number");
  return run !== undefined && run.command === "run" && run.writes && !run.beside && isOver;
}

function wrongOf(run: RunSeen, hour: HourSeen): string[] {
  const results = resultsOf(run);
  if (results === null) return [];
  const writes = writesOf(run, hour);
  return [...twice(results), ...untold(writes, results, !run.undisturbed), ...notWritten(writes, results, run)];
}

/** What a run asked for, whenever it was done: a job that it could not follow to its end may be at work after the run, and beside the next. */
function writesOf({ firstRequest, requests }: RunSeen, { sandbox }: HourSeen): JournalEntry[] {
  return sandbox.journal.filter(
    ({ by, ordered }) => by === "client" && ordered >= firstRequest && ordered < firstRequest + requests.length,
  );
}

type Placed = ResultSeen & { comparison: string; instance: string };

/** What stands in the history of the run; null where it has none. */
function resultsOf(run: RunSeen): Placed[] | null {
  const runId = run.json?.run_id;
  if (typeof runId !== "string") return null;
  return [...resultsIn(run.files, `history/${runId}/`)].flatMap(([comparison, all]) =>
    all.map((result) => ({
      ...result,
      comparison,
      instance: comparison.startsWith("usgov") ? "us-government" : "global",
    })),
  );
}

/** Results in the data directory that are not in the history of the run. */
function ofOthers({ json, files, given, beside }: RunSeen): string[] {
  if (typeof json?.run_id !== "string" || beside) return [];
  return [...files].flatMap(([path, content]) => {
    if (!/^[a-z_]+(?<!_undo)_results\.json$/.test(path)) return [];
    const instance = path.startsWith("usgov") ? "us-government" : "global";
    if (given.instance && given.instance !== instance) return [];
    return files.get(`history/${json.run_id}/${path}`)?.equals(content) ? [] : [path];
  });
}

/** Failures of which the program does not know what became of the record, or knows that it was written (S5, S6). */
const UNCERTAIN =
  /^(?:write\.(?:unclear|without_|not_read_back|not_now)|job\.|remote\.|machine\.|contact\.not_finished|organization\.|user\.)/;

function doneAllTheSame(run: RunSeen, hour: HourSeen): string[] {
  const writes = writesOf(run, hour);
  const failed = (resultsOf(run) ?? []).filter(
    ({ outcome, code, effect }) =>
      outcome === "failed" && effect !== "contact" && !(run.undisturbed ? WRITTEN : UNCERTAIN).test(code ?? ""),
  );
  return failed.flatMap(({ comparison, instance, effect, id, salesforce_id, after, code }) => {
    const email = String(after.email ?? "").toLowerCase();
    const isDone = writes.some((one) => {
      if (one.instance !== instance) return false;
      if (one.kind === "user") return effect === "create" && !one.before && one.after?.email?.toLowerCase() === email;
      if (comparison === "usgov_user") return false;
      return effect === "create" ? !one.before && one.after?.external_id === salesforce_id : one.id === id;
    });
    return isDone
      ? [`${comparison}: ${effect} of ${id ?? salesforce_id} is told as failed (${code}), and was done`]
      : [];
  });
}

/** Failures that say that the record was written: it could not be read back, or did not stay as it was written. */
const WRITTEN = /^(?:write\.not_read_back|organization\.(?:gone|did_not_stick)|user\.)/;

function twice(results: readonly Placed[]): string[] {
  const keyOf = ({ comparison, effect, salesforce_id, id, after }: Placed) =>
    `${comparison} ${effect} ${salesforce_id} ${effect === "create" || effect === "contact" ? "" : id} ${after.email ?? ""} ${effect === "contact" ? (after.organization_id ?? "") : ""}`;
  return [...Map.groupBy(results, keyOf)].flatMap(([key, own]) => (own.length > 1 ? [`twice: ${key}`] : []));
}

/**
 * Records that were written, and of which nothing is said, or that they were left out. Where an answer was lost, what was made by the lost
 * request is found by the next one, and told as there already.
 */
function untold(writes: readonly JournalEntry[], results: readonly Placed[], wasDisturbed: boolean): string[] {
  const told = wasDisturbed ? results : results.filter(({ outcome }) => outcome !== "skipped");
  return writes.flatMap(({ instance, kind, id, before, after }) => {
    const mine = told.filter((one) => one.instance === instance);
    const account = kind === "organization" ? (after?.fields.salesforce_id ?? before?.fields.salesforce_id) : null;
    const email = kind === "user" ? (after?.email ?? before?.email)?.toLowerCase() : null;
    const isTold = mine.some(
      (one) =>
        one.id === id ||
        (before === null && account !== null && one.salesforce_id === account) ||
        (email != null && String(one.after.email ?? "").toLowerCase() === email),
    );
    return isTold ? [] : [`${instance} ${kind} ${id} was ${before ? "changed" : "made"}, and is not told`];
  });
}

/**
 * Where a list left out that somebody is in the organization already, Zendesk says so when it is asked to put them there. Where an agent
 * was quicker than the run's own write, it changed nothing.
 */
function notWritten(writes: readonly JournalEntry[], results: readonly Placed[], run: RunSeen): string[] {
  const written = new Set(writes.map(({ instance, id }) => `${instance} ${id}`));
  return results.flatMap((result) => {
    const { comparison, instance, effect, outcome, code, id, salesforce_id } = result;
    return outcome === "applied" &&
      !(code === "contact.associated" && !run.undisturbed) &&
      !written.has(`${instance} ${id}`) &&
      !wasMadeSoByAnAgent(result, run)
      ? [`${comparison}: ${effect} of ${id ?? salesforce_id} is told as applied, and was not`]
      : [];
  });
}

/** Whether somebody gave an organization all that a change was to write, after the run had looked at it once more (S4). */
function wasMadeSoByAnAgent({ effect, instance, id, after: wanted }: Placed, run: RunSeen): boolean {
  if (id === null || (instance !== "global" && instance !== "us-government")) return false;
  if (!(effect === "mark" || effect === "update")) return false;
  const look = lastReadBeforeWrite(run, instance, id);
  return (
    look !== null &&
    run.journal.some(
      (entry) =>
        entry.kind === "organization" &&
        entry.by === "person" &&
        entry.instance === instance &&
        entry.id === id &&
        entry.requests - run.firstRequest > look &&
        !isAsWanted(instance, entry.before, wanted) &&
        isAsWanted(instance, entry.after, wanted),
    )
  );
}

type Sides = Extract<JournalEntry, { kind: "organization" }>["after"];

function isAsWanted(instance: InstanceName, organization: Sides, wanted: Placed["after"]): boolean {
  if (!organization || (wanted.name !== undefined && organization.name !== wanted.name)) return false;
  return Object.entries((wanted.organization_fields ?? {}) as Record<string, unknown>).every(([key, value]) =>
    sameMeaning(instance, key, organization.fields[key], value),
  );
}

/** Where a list left a membership out, nobody can know of it before the look right before the write. */
function plannedOfSeveral(run: RunSeen, { before, runs }: HourSeen): string[] {
  const isShort = run.requests.some(
    ({ service, path, fault }) =>
      service === "zendesk-us-government" && fault === "drop-record" && path.includes("/organization_memberships?page"),
  );
  if (isShort) return [];
  const touched = new Set(runs.flatMap(({ journal }) => journal.map(({ instance, id }) => `${instance} ${id}`)));
  const inSeveral = new Set(
    before.zendesk["us-government"].users.flatMap(({ id, organization_ids }) =>
      organization_ids.length > 1 && !touched.has(`us-government ${id}`) ? [id] : [],
    ),
  );
  return (resultsOf(run) ?? []).flatMap(({ comparison, effect, id }) =>
    comparison === "usgov_user" && effect !== "create" && id !== null && inSeveral.has(id)
      ? [`usgov_user: ${effect} of ${id}`]
      : [],
  );
}
