import type { InstanceName, World } from "../../../sandbox/types.ts";
import type { HourSeen, Invariant, StorySeen } from "../story/seen.ts";
import { type Difference, differencesIn, told } from "./differences.ts";
import { parsed, resultsIn, saidLast } from "./results-seen.ts";

/** The state after a run, and at the end of a story. */
export const STATE: Invariant[] = [
  {
    name: "exact after a run that says 0",
    expects: "after a run that says that all is done, everything is as it follows from Salesforce",
    check: (hour, story) => (saysAllDone(hour, 0) ? unnamedIn(hour, story).map((one) => told(one, hour.after)) : []),
  },
  {
    name: "named after a run that says 3",
    expects: "after a run that says that some records failed, each one that is wrong is named as failed in its results",
    check: (hour, story) => (saysAllDone(hour, 3) ? unnamedIn(hour, story).map((one) => told(one, hour.after)) : []),
  },
  {
    name: "exact after two quiet hours",
    expects:
      "after two hours in which nothing happens, everything is as it follows from Salesforce, whatever happened before",
    check: (hour, story) => (hour.quiet >= 2 ? wrongIn(hour, story).map((one) => told(one, hour.after)) : []),
  },
  {
    name: "a third quiet hour writes nothing",
    expects: "once everything is as it should be, a run of the same day changes nothing",
    check(hour, story) {
      const before = story.hours.at(-2)?.runs.at(-1);
      if (hour.quiet < 3 || before?.today !== hour.runs.at(-1)?.today) return [];
      return hour.runs.flatMap(({ journal }) => journal.map(({ instance, kind, id }) => `${instance} ${kind} ${id}`));
    },
  },
  {
    name: "quiet runs end well",
    expects: "where nothing goes wrong, a run ends with 0",
    check: ({ quiet, runs }) =>
      quiet >= 2 ? runs.flatMap(({ exit, output }) => (exit === 0 ? [] : [`exit ${exit}: ${saidLast(output)}`])) : [],
  },
];

/** Which instances the story works on. */
export function instancesOf({ plan }: StorySeen): readonly InstanceName[] {
  const { instances } = plan.settings;
  return instances === "both" ? ["global", "us-government"] : [instances];
}

/** Whether the hour's work is a whole run, alone, that says how it ended, and in which nobody else had a hand. */
function saysAllDone({ runs, plan }: HourSeen, exit: 0 | 3): boolean {
  const last = runs.at(-1);
  if (!last?.writes || runs.some(({ during, beside, command }) => during.length > 0 || beside || command === "undo"))
    return false;
  if (plan.form === "stages" && !plan.repeated) return false;
  return last.command === "run" && last.exit === exit;
}

/**
 * What is wrong and not told of: a failed record, or a skipped one where the remotes were made to lie (a record that a list leaves out
 * seems to be gone).
 */
function unnamedIn(hour: HourSeen, story: StorySeen): Difference[] {
  const told = hour.runs.flatMap(({ files }) => [...resultsIn(files).values()].flat());
  const lies = hour.plan.faultRate > 0 || (hour.plan.faults?.length ?? 0) > 0;
  const named = new Set(
    told
      .filter(({ outcome }) => outcome === "failed" || (lies && outcome === "skipped"))
      .flatMap(({ salesforce_id, id, after }) => [salesforce_id, id, after.email])
      .map((key) => String(key ?? "").toLowerCase()),
  );
  const later = leftForTheNextRun(hour);
  return wrongIn(hour, story).filter(
    ({ comparison, salesforce_id, id, email }) =>
      !later.has(String(salesforce_id)) &&
      !(comparison === "contact" && later.has(`contact ${salesforce_id}`)) &&
      ![salesforce_id, id, email].some((key) => key !== null && named.has(String(key).toLowerCase())),
  );
}

/**
 * Accounts that one more run does something for although this one did all it planned: names that a rename of the run freed (C7), and
 * contacts whose place was kept for somebody who turned out to be elsewhere.
 */
function leftForTheNextRun({ runs }: HourSeen): Set<string> {
  const files = runs.at(-1)?.files ?? new Map<string, Buffer>();
  const notes = [...files].flatMap(([path, content]) =>
    /^[a-z_]+_notes\.json$/.test(path)
      ? ((parsed(content) ?? []) as { rule: string; salesforce_id: string | null }[])
      : [],
  );
  const skipped = [...resultsIn(files).values()].flat().filter(({ outcome }) => outcome === "skipped");
  return new Set([
    ...notes.flatMap(({ rule, salesforce_id }) => (rule === "C7" ? [String(salesforce_id)] : [])),
    ...skipped.flatMap(({ effect, salesforce_id }) => (effect === "contact" ? [`contact ${salesforce_id}`] : [])),
  ]);
}

/** What is wrong after the hour's last run, by the day and the moment that the run went by. */
function wrongIn(hour: HourSeen, story: StorySeen): Difference[] {
  const last = hour.runs.at(-1);
  const world: World = { ...hour.after, today: last?.today ?? hour.after.today };
  const moved = addressesMovedByPeople(story);
  const merged = accountsMergedEver(story, hour);
  return differencesIn(world, new Date(last?.began ?? 0), instancesOf(story)).filter(
    ({ comparison, effect, email, salesforce_id }) =>
      !(comparison === "contact" && moved.has(email ?? "")) && !(effect === "mark" && merged.has(salesforce_id ?? "")),
  );
}

/** What Salesforce has forgotten of merges the data directory may still know, and holds the mark back (docs/decisions/0014). */
function accountsMergedEver({ hours }: StorySeen, hour: HourSeen): Set<string> {
  const worlds = [...hours, hour].flatMap(({ before, after, runs }) => [
    before,
    after,
    ...runs.flatMap((run) => run.worlds),
  ]);
  return new Set(
    worlds.flatMap(({ deletedAccounts = [] }) =>
      deletedAccounts.flatMap(({ Id, MasterRecordId }) => (MasterRecordId ? [String(Id)] : [])),
    ),
  );
}

/**
 * Somebody whom people take out of a new organization is put back only by a run that does not remember that they were there
 * (docs/decisions/0016).
 */
export function addressesMovedByPeople({ sandbox }: StorySeen): Set<string> {
  return new Set(
    sandbox.journal.flatMap((entry) =>
      entry.kind === "user" && entry.by === "person"
        ? [entry.before, entry.after].flatMap((user) =>
            user ? [user.email ?? "", ...user.secondary_emails].map((email) => email.toLowerCase()) : [],
          )
        : [],
    ),
  );
}
