import type { InstanceName, World } from "../../../sandbox/types.ts";
import type { WorldEventName } from "../story/events.ts";
import type { HourSeen, Invariant, RunSeen, StorySeen } from "../story/seen.ts";
import { type Difference, differencesIn, told } from "./differences.ts";
import { doesWhatWaited, waitingForFreedNames } from "./freed-names.ts";
import { filesLeft, leftForTheNextRun, notesIn } from "./left-for-the-next-run.ts";
import { leftOutOfLists, saidTwiceThatThereIsNothing } from "./lies.ts";
import { resultsIn, saidLast } from "./results-seen.ts";

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
    check(hour, story) {
      if (hour.quiet < 2) return [];
      const waiting = waitingIn(hour, story);
      return wrongIn(hour, story).flatMap((one) =>
        waiting.some((other) => Bun.deepEquals(one, other)) ? [] : [told(one, hour.after)],
      );
    },
  },
  {
    name: "a third quiet hour writes nothing",
    expects:
      "once everything is as it should be, a run of the same day changes nothing but names that the run before it freed",
    check(hour, story) {
      const before = story.hours.at(-2);
      if (hour.quiet < 3 || !before || before.runs.at(-1)?.today !== hour.runs.at(-1)?.today) return [];
      const [journal, waiting] = [hour.runs.flatMap((run) => run.journal), waitingIn(before, story)];
      return journal.flatMap((entry) =>
        doesWhatWaited(entry, waiting, journal) ? [] : [`${entry.instance} ${entry.kind} ${entry.id}`],
      );
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

/**
 * Whether the hour's work is a whole run, or all stages of a pipeline, that says how it ended, and in which nobody else had a hand but
 * in records that can be left aside.
 */
function saysAllDone(hour: HourSeen, exit: 0 | 3): boolean {
  const { runs, plan } = hour;
  const last = runs.at(-1);
  if (!last || runs.some(({ beside, command }) => command === "undo" || (beside && plan.form === "twice at once")))
    return false;
  if (runs.some(saidTwiceThatThereIsNothing)) return false;
  if (runs.some(({ during }) => during.some(({ happened }) => !NARROW.has(happened.what)))) return false;
  if (last.command === "run") return last.writes && last.exit === exit;
  // Of a pipeline each stage says how it ended: all of them have to be there, and each has to have done what it could.
  const exits = runs.map((run) => run.exit);
  const isWhole = plan.form === "stages" && runs.length === 1 + 5 * new Set(runs.flatMap(instanceOfStage)).size;
  return isWhole && exits.every((one) => one === 0 || one === exit) && exits.includes(exit);
}

function instanceOfStage({ command, given }: RunSeen): string[] {
  if (command === "gather-accounts") return [];
  return [given.instance ?? (command === "partner-sync" ? "global" : "us-government")];
}

/** Events in the middle of a run after which only the records that they touched may be other than the run left them. */
const NARROW: ReadonlySet<string> = new Set<WorldEventName>([
  "an agent edits a field of the sync",
  "an agent changes a support level",
  "an agent edits a field of the agents",
  "an agent sets ignore_deletion",
  "an agent sets migrating",
  "an agent marks or unmarks",
  "an agent writes a note",
  "a user is renamed",
  "a charge begins",
  "a charge ends",
  "a subscription is cancelled or ends",
  "the channel is archived or taken back",
  "the bot may read the channel, or not",
  "other integrations take job places",
  "Salesforce ends its sessions",
]);

/** Accounts, organizations, users and addresses that somebody touched in the middle of the hour's runs, with those that want the same names. */
function touchedMidway({ runs, after }: HourSeen): Set<string> {
  const happened = runs.flatMap(({ during }) => during.map((one) => one.happened));
  const accounts = new Set(happened.flatMap((one) => one.accounts));
  const nameOf = ({ Name }: Record<string, unknown>) => String(Name).trim().toLowerCase();
  const all = after.salesforce.Account;
  const names = new Set(all.filter(({ Id }) => accounts.has(String(Id))).map(nameOf));
  const namesakes = all.filter((account) => names.has(nameOf(account))).map(({ Id }) => String(Id));
  const ofOrganizations = happened.flatMap((one) => one.organizations.map(({ id }) => String(id)));
  const users = happened.flatMap((one) => one.users);
  const addresses = users.flatMap(({ instance, id }) =>
    after.zendesk[instance].users.flatMap((user) =>
      user.id === id ? [user.email ?? "", ...user.secondary_emails] : [],
    ),
  );
  // Whose contact somebody is, and whether there is room, follows from what the account has.
  const contacts = after.salesforce.Contact.flatMap(({ AccountId, Email }) =>
    accounts.has(String(AccountId)) ? [String(Email ?? "")] : [],
  );
  const ids = [...accounts, ...namesakes, ...ofOrganizations, ...users.map(({ id }) => String(id))];
  return new Set([...ids, ...[...addresses, ...contacts].map((one) => one.trim().toLowerCase())]);
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
  const [later, touched] = [leftForTheNextRun(hour), touchedMidway(hour)];
  const isLeftOut = leftOutOfLists(hour);
  return wrongIn(hour, story).filter((difference) => {
    const { comparison, salesforce_id, id, email } = difference;
    return (
      !isLeftOut(difference) &&
      !later.has(String(salesforce_id)) &&
      ![salesforce_id, id, email].some((key) => touched.has(String(key))) &&
      !(comparison === "contact" && later.has(`contact ${salesforce_id}`)) &&
      !(comparison === "usgov_user" && later.has(`user ${email}`)) &&
      ![salesforce_id, id, email].some((key) => key !== null && named.has(String(key).toLowerCase()))
    );
  });
}

/** What the next run does because the hour's own freed the names for it. */
function waitingIn(hour: HourSeen, story: StorySeen): Difference[] {
  return waitingForFreedNames(hour, worldLeft(hour), wrongIn(hour, story));
}

/** The world after the hour, on the day that its last run went by. */
function worldLeft({ runs, after }: HourSeen): World {
  return { ...after, today: runs.at(-1)?.today ?? after.today };
}

/** What is wrong after the hour's last run, by the day and the moment that the run went by. */
function wrongIn(hour: HourSeen, story: StorySeen): Difference[] {
  const moved = addressesMovedByPeople(story);
  const remembered = accountsFullByMemory(story, hour);
  const merged = accountsMergedEver(story, hour);
  const began = new Date(hour.runs.at(-1)?.began ?? 0);
  return differencesIn(worldLeft(hour), began, instancesOf(story)).filter(
    ({ comparison, effect, email, salesforce_id }) =>
      !(comparison === "contact" && (moved.has(email ?? "") || remembered.has(salesforce_id ?? ""))) &&
      !(effect === "mark" && merged.has(salesforce_id ?? "")),
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

/**
 * Accounts of organizations that people took somebody out of, and that the run says are full: where the data directory remembers them,
 * their place is taken (docs/decisions/0016).
 */
function accountsFullByMemory({ sandbox }: StorySeen, hour: HourSeen): Set<string> {
  const left = new Set(
    sandbox.journal.flatMap((entry) =>
      entry.kind === "user" && entry.by === "person" && entry.instance === "global"
        ? (entry.before?.organization_ids ?? []).filter((id) => !entry.after?.organization_ids.includes(id))
        : [],
    ),
  );
  const accounts = hour.after.zendesk.global.organizations.flatMap(({ id, external_id }) =>
    left.has(id) && external_id ? [external_id] : [],
  );
  const full = notesIn(filesLeft(hour)).flatMap(({ code, salesforce_id }) =>
    code === "contact.over_maximum" ? [String(salesforce_id)] : [],
  );
  return new Set(accounts.filter((account) => full.includes(account)));
}
