import type { JournalEntry } from "../../../sandbox/journal.ts";
import type { WorldConfig } from "../../../sandbox/seed/expected-changes.ts";
import { sameMeaning } from "../../../sandbox/seed/meaning.ts";
import { readYaml } from "../../../sandbox/seed/read-yaml.ts";
import { to18 } from "../../../sandbox/seed/salesforce-ids.ts";
import type { SeedUser } from "../../../sandbox/types.ts";
import type { HourSeen, Invariant, RunSeen } from "../story/seen.ts";
import { desiredInWorlds } from "./desired.ts";
import { saidTwiceThatThereIsNothing } from "./lies.ts";

type OrganizationEntry = Extract<JournalEntry, { kind: "organization" }>;
type UserEntry = Extract<JournalEntry, { kind: "user" }>;

/** Fields that belong to agents: read, and never written. */
const OF_AGENTS = new Set(["ignore_deletion", "migrating", "migration_date", "assigned_se", "am_project_id"]);

/** What is written, looked at write by write: whatever is right again later was wrong all the same. */
export const WRITES: Invariant[] = [
  {
    name: "only what is ours is written",
    expects: "of an organization only its name and the fields that zdsync owns change, and nothing is deleted",
    check: ({ runs }) =>
      organizationWrites(runs).flatMap(({ before, after, instance, id }) => {
        if (!after) return [`${instance} organization ${id} was deleted`];
        const fields = changedKeys(before?.fields ?? {}, after.fields).filter((key) => OF_AGENTS.has(key));
        const others = before
          ? changedKeys({ ...before }, { ...after }).filter(
              (key) => !["name", "fields", "tags", "updated_at"].includes(key),
            )
          : [];
        return [...fields, ...others].map((key) => `${instance} organization ${id}: ${key}`);
      }),
  },
  {
    name: "nothing protected is marked",
    expects:
      "no organization is marked that is protected by id, has ignore_deletion or is migrating, or has no account's id",
    check(hour) {
      const config = configOf(hour);
      return organizationWrites(hour.runs).flatMap(({ before, after, instance, id }) => {
        if (after?.fields.mark_for_deletion !== true || before?.fields.mark_for_deletion === true || !before) return [];
        const account = to18(String(before.fields.salesforce_id ?? ""));
        if (config.protected_ids.includes(account)) return [`${instance} organization ${id} of a protected account`];
        const recent = editedMidway(hour, instance, id);
        const held = ["ignore_deletion", "migrating"].filter((key) => before.fields[key] === true);
        return recent ? [] : held.map((key) => `${instance} organization ${id} with ${key}`);
      });
    },
  },
  {
    name: "nothing foreign is written",
    expects: "organizations that carry no account's id are left alone",
    check: (hour) =>
      organizationWrites(hour.runs).flatMap(({ before, instance, id }) =>
        before && !before.fields.salesforce_id && !editedMidway(hour, instance, id)
          ? [`${instance} organization ${id} without a salesforce_id`]
          : [],
      ),
  },
  {
    name: "what is created belongs to an account that wants it",
    expects: "a created organization is of an account that is entitled there, is not excluded, and has its id twice",
    check(hour) {
      const config = configOf(hour);
      return organizationWrites(hour.runs).flatMap(({ before, after, instance, id }) => {
        if (before || !after) return [];
        const account = String(after.fields.salesforce_id ?? "");
        if (after.external_id !== account) return [`${instance} organization ${id}: external_id ${after.external_id}`];
        if (config.excluded_account_ids.includes(account)) return [`${instance}: ${account} is excluded`];
        const wanted = desiredInWorlds(hour, instance, account).some((one) => one.support_level !== "expired");
        return wanted ? [] : [`${instance}: ${account} is not entitled`];
      });
    },
  },
  {
    name: "every value follows from Salesforce",
    expects: "what is written into a field is what followed from Salesforce at some moment of the hour's runs",
    check: (hour) =>
      isUndone(hour) ? [] : organizationWrites(hour.runs).flatMap((entry) => strangeValues(hour, entry)),
  },
  {
    name: "users are written within their rules",
    expects: "no agent, suspended or protected user is written; memberships are only added, or moved in us-government",
    check: (hour) => userWrites(hour.runs).flatMap((entry) => strangeUserWrite(hour, entry)),
  },
  {
    name: "a run that may not write does not",
    expects: "dry runs and previews change nothing, and a run for one instance leaves the other alone",
    check: ({ runs, sandbox: _ }) =>
      runs.flatMap((run, index) => {
        const mine = run.beside || (index > 0 && runs[index - 1]?.exit === "killed") ? [] : byClients(run.journal);
        const wrong = run.writes
          ? mine.filter(({ instance }) => run.given.instance !== undefined && run.given.instance !== instance)
          : mine;
        return wrong.map(({ instance, kind, id }) => `${run.command}: ${instance} ${kind} ${id}`);
      }),
  },
];

export function configOf({ before }: HourSeen): WorldConfig {
  return readYaml(before.config) as WorldConfig;
}

/** What clients did in these runs; what a job did that was ordered before them is somebody else's. */
function byRuns(runs: readonly RunSeen[]): JournalEntry[] {
  const first = Math.min(...runs.map(({ firstRequest }) => firstRequest));
  return [...new Set(runs.flatMap(({ journal }) => byClients(journal)))].filter(({ ordered }) => ordered >= first);
}

export function byClients(journal: readonly JournalEntry[]): JournalEntry[] {
  return journal.filter(({ by }) => by === "client");
}

/** Each change of an organization by a run of the hour, once also where two runs were at work. */
export function organizationWrites(runs: readonly RunSeen[]): OrganizationEntry[] {
  return byRuns(runs).flatMap((entry) => (entry.kind === "organization" ? [entry] : []));
}

/** The same of users: what one request did to one user is one change. */
export function userWrites(runs: readonly RunSeen[]): UserEntry[] {
  const whole: UserEntry[] = [];
  for (const entry of byRuns(runs)) {
    if (entry.kind !== "user") continue;
    const last = whole.at(-1);
    const continues =
      last && last.id === entry.id && last.instance === entry.instance && last.requests === entry.requests;
    if (continues) whole[whole.length - 1] = { ...entry, before: last.before };
    else whole.push(entry);
  }
  return whole;
}

export function changedKeys(one: Record<string, unknown>, other: Record<string, unknown>): string[] {
  return [...new Set([...Object.keys(one), ...Object.keys(other)])].filter(
    (key) => !Bun.deepEquals(one[key] ?? null, other[key] ?? null),
  );
}

export function isUndone({ runs }: HourSeen): boolean {
  return runs.some(({ command }) => command === "undo");
}

/** Whether a person changed the record while a run was at work: between its last look and its write nobody can help it. */
export function editedMidway({ runs }: HourSeen, instance: string, id: number): boolean {
  return runs.some(({ journal }) =>
    journal.some((entry) => entry.by === "person" && entry.instance === instance && entry.id === id),
  );
}

/** The account that an organization was of when the run looked at it: a person may have cleared its id before a job came to it. */
function accountAtLook({ runs }: HourSeen, { before, after, instance, id }: OrganizationEntry): string {
  const now = (before ?? after)?.fields.salesforce_id;
  const cleared = runs
    .flatMap(({ journal }) => journal)
    .findLast(
      (entry) =>
        entry.kind === "organization" && entry.by === "person" && entry.instance === instance && entry.id === id,
    );
  const earlier = cleared?.kind === "organization" ? cleared.before?.fields.salesforce_id : null;
  return to18(String(now || earlier || ""));
}

function strangeValues(hour: HourSeen, entry: OrganizationEntry): string[] {
  const { before, after, instance, id } = entry;
  if (!after) return [];
  const account = accountAtLook(hour, entry);
  const desired = desiredInWorlds(hour, instance, account);
  const name = before && before.name !== after.name && !desired.some((one) => one.name === after.name) ? ["name"] : [];
  const keys = changedKeys(before?.fields ?? {}, after.fields).filter((key) => {
    if (key === "mark_for_deletion" && after.fields[key] === true)
      return !goneInSomeWorld(hour, instance, account) && !hour.runs.some(saidTwiceThatThereIsNothing);
    if (before && sameMeaning(instance, key, before.fields[key], after.fields[key])) return false;
    return !desired.some((one) => sameMeaning(instance, key, one.fields[key], after.fields[key]));
  });
  return [...name, ...keys].map((key) => `${instance} organization ${id} (${account}): ${key}`);
}

/** Whether in one of the worlds that the hour's runs saw nothing wants the account's organization in the instance. */
function goneInSomeWorld(hour: HourSeen, instance: "global" | "us-government", account: string): boolean {
  const worlds = hour.runs.reduce((sum, { worlds: seen }) => sum + seen.length, 0);
  return desiredInWorlds(hour, instance, account).length < worlds;
}

function strangeUserWrite(hour: HourSeen, { before, after, instance, id }: UserEntry): string[] {
  const say = (what: string) => [`${instance} user ${id}: ${what}`];
  if (!after) return say("deleted");
  const { protected_emails: emails, protected_email_domains: domains } = configOf(hour);
  const address = (after.email ?? "").toLowerCase();
  if (emails.includes(address) || domains.includes(address.slice(address.indexOf("@") + 1)))
    return say("protected address");
  if (!before) return after.role === "end-user" && !after.suspended ? [] : say(`created as ${after.role}`);
  if (editedMidway(hour, instance, id)) return [];
  if (before.role !== "end-user") return say(`is ${before.role}`);
  if (before.suspended) return say("is suspended");
  const keys = changedKeys({ ...before }, { ...after }).filter((key) => key !== "updated_at");
  const ours: (keyof SeedUser)[] =
    instance === "global" ? ["organization_ids"] : ["name", "organization_ids", "user_fields"];
  const strange = keys.filter((key) => ![...ours, ...(isUndone(hour) ? ["user_fields"] : [])].includes(key));
  if (strange.length > 0) return say(strange.join(", "));
  const lost = before.organization_ids.filter((one) => !after.organization_ids.includes(one));
  if (instance === "global" && lost.length > 0) return say("a membership was taken");
  if (before.organization_ids.length > 1) return say("is in several organizations");
  return [];
}
