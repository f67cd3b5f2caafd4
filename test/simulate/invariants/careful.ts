import { recentOrganizations } from "../../../sandbox/seed/expected-contacts.ts";
import { to18 } from "../../../sandbox/seed/salesforce-ids.ts";
import type { InstanceName } from "../../../sandbox/types.ts";
import type { HourSeen, Invariant, RunSeen, StorySeen } from "../story/seen.ts";
import { desiredIn } from "./desired.ts";
import { firstWrite, lastReadBeforeWrite, readsOf } from "./reads-before-writes.ts";
import { comparisonsOf, resultsIn } from "./results-seen.ts";
import { addressesMovedByPeople } from "./state.ts";
import { changedKeys, organizationWrites, userWrites } from "./writes.ts";

/** What keeps a mistake small: once and not twice, not over newer edits, no more than the limits, exactly what was reviewed. */
export const CAREFUL: Invariant[] = [
  {
    name: "nothing is created twice",
    expects: "no organization is created for an account that has one already",
    check: ({ runs, before }) => {
      const there = new Map<string, Set<number>>();
      const key = (instance: string, fields: Record<string, unknown>, external: string | null) =>
        [...new Set([to18(String(fields.salesforce_id ?? "")), to18(external ?? "")])].map((id) => `${instance} ${id}`);
      const add = (keys: string[], id: number) => {
        for (const one of keys) there.set(one, (there.get(one) ?? new Set()).add(id));
      };
      for (const instance of ["global", "us-government"] as const)
        for (const one of before.zendesk[instance].organizations)
          add(key(instance, one.organization_fields, one.external_id), one.id);
      const touchedByPeople = runs.some(({ journal }) => journal.some(({ by }) => by === "person"));
      return organizationWrites(runs).flatMap(({ before: old, after, instance, id }) => {
        if (old || !after || touchedByPeople) return [];
        const keys = key(instance, after.fields, after.external_id);
        const others = keys.flatMap((one) => [...(there.get(one) ?? [])]);
        add(keys, id);
        return others.length > 0 ? [`${instance} organization ${id} beside ${others.join(", ")}`] : [];
      });
    },
  },
  {
    name: "read again before it is written",
    expects: "an organization is looked at once more, after all were listed, before it is changed",
    check: ({ runs }) => runs.flatMap((run, index) => (isClean(runs, index) ? neverReadAgain(run) : [])),
  },
  {
    name: "no newer edit is overwritten",
    expects: "an edit that the run could see when it looked again is left as it is",
    check: ({ runs }) => runs.flatMap((run, index) => (isClean(runs, index) ? overwritten(run) : [])),
  },
  {
    name: "what is refused is not written",
    expects: "a comparison that is refused changes nothing",
    check: ({ runs }) =>
      runs.flatMap((run, index) =>
        isClean(runs, index)
          ? comparisonsOf(run).flatMap(({ name, refused }) =>
              refused && (name === "usgov" || name === "global")
                ? organizationWrites([run])
                    .filter(
                      ({ instance, after }) =>
                        instance === (name === "usgov" ? "us-government" : "global") &&
                        !String(after?.fields.account_type).endsWith("_partner"),
                    )
                    .map(({ id }) => `${name}: organization ${id}`)
                : [],
            )
          : [],
      ),
  },
  {
    name: "what was shown is what is written",
    expects: "a run that was given the digest of a preview writes the comparisons of that preview, or nothing",
    check({ runs, plan }) {
      const [shown, run] = runs;
      if (plan.form !== "reviewed" || !shown || !run?.given.expect || run.given.expect === "") return [];
      const digests = new Map(comparisonsOf(shown).map(({ name, digest }) => [name, digest]));
      const written = organizationWrites([run]).length > 0;
      const others = comparisonsOf(run).filter(({ name, digest }) => digests.get(name) !== digest);
      const users = userWrites([run]).some(({ instance }) => instance === "us-government");
      return written
        ? others
            .filter(({ name }) => name !== "usgov_user" || users)
            .map(({ name }) => `${name} was written, and is not what was shown`)
        : [];
    },
  },
  {
    name: "an undo restores",
    expects:
      "after a run and its undo every organization is as it was before, and a created one is marked, or the undo names it",
    check: (hour) => notRestored(hour),
  },
  {
    name: "no notice twice",
    expects: "while the channel can be read, no organization is reported in it twice",
    check: (_, story) => {
      if (!canAlwaysRead(story)) return [];
      const counts = Map.groupBy(namedInSlack(story), (id) => id);
      return [...counts].flatMap(([id, all]) => (all.length > 1 ? [`organization ${id}: ${all.length} times`] : []));
    },
  },
  {
    name: "no notice forgotten",
    expects:
      "after quiet hours each new organization without any user has been reported, while the channel can be read",
    check: (hour, story) => {
      const { settings } = story.plan;
      const last = hour.runs.at(-1);
      if (hour.quiet < 2 || !settings.slack || settings.instances === "us-government" || !last) return [];
      if (!canAlwaysRead(story)) return [];
      const [named, moved] = [new Set(namedInSlack(story)), addressesMovedByPeople(story)];
      const wanted = desiredIn(hour.after, last.today).global;
      const housed = new Set(hour.after.zendesk.global.users.flatMap(({ organization_ids }) => organization_ids));
      return [...recentOrganizations(hour.after, new Date(last.began))].flatMap(([account, id]) => {
        const desired = wanted.get(account);
        const isPartner = String(desired?.fields.account_type).endsWith("_partner");
        // Whom people took away was settled once; a run that remembers it says nothing more (docs/decisions/0016).
        const emptied = desired?.sold_tos.some(({ email }) => moved.has(email));
        return desired && !isPartner && !emptied && !housed.has(id) && !named.has(String(id))
          ? [`organization ${id} of ${account}`]
          : [];
      });
    },
  },
];

/** Whether what is in a run's journal is its own: nobody beside it, and no killed run's jobs before it. */
function isClean(runs: readonly RunSeen[], index: number): boolean {
  const run = runs[index];
  return (
    run !== undefined &&
    !run.beside &&
    !runs.slice(0, index).some(({ exit }) => exit === "killed" || exit === "hanging")
  );
}

function changesOf(run: RunSeen) {
  return organizationWrites([run]).filter(({ before, after }) => before && after);
}

function neverReadAgain(run: RunSeen): string[] {
  if (!["run", "sync", "partner-sync"].includes(run.command)) return [];
  const ids = new Map(changesOf(run).map(({ instance, id }) => [`${instance} ${id}`, { instance, id }]));
  return [...ids.values()].flatMap(({ instance, id }) => {
    const write = firstWrite(run, instance, id);
    if (write === -1) return [];
    return readsOf(run, instance, id).some((read) => read < write) ? [] : [`${instance} organization ${id}`];
  });
}

const HOLDING = ["salesforce_id", "ignore_deletion", "migrating", "account_type"];

function overwritten(run: RunSeen): string[] {
  const edits = run.journal.filter(({ by, kind }) => by === "person" && kind === "organization");
  if (edits.length === 0 || run.command !== "run") return [];
  return changesOf(run).flatMap(({ instance, id, before, after }) => {
    const read = lastReadBeforeWrite(run, instance, id);
    const listed = lastListing(run, instance);
    if (read === null) return [];
    return edits.flatMap((edit) => {
      if (edit.kind !== "organization" || edit.instance !== instance || edit.id !== id || !edit.before || !edit.after)
        return [];
      const when = edit.requests - run.firstRequest;
      const changed = changedKeys(meant(edit.before.fields), meant(edit.after.fields));
      const written = changedKeys(before?.fields ?? {}, after?.fields ?? {});
      const concerned = changed.some((key) => HOLDING.includes(key) || written.includes(key));
      return concerned && when > listed && when < read ? [`${instance} organization ${id}: ${changed.join(", ")}`] : [];
    });
  });
}

/** The last request of the run that listed organizations. */
function lastListing({ requests }: RunSeen, instance: InstanceName): number {
  return requests.findLastIndex(
    ({ service, path }) =>
      service === `zendesk-${instance}` && /\/organizations(?:\.json)?\?|incremental\/organizations/.test(path),
  );
}

function notRestored({ runs, before, after, plan }: HourSeen): string[] {
  const [run, undo] = runs;
  if (plan.form !== "undone" || runs.length !== 2 || !run || !undo || undo.exit !== 0) return [];
  if (run.during.length > 0 || ![0, 3].includes(Number(run.exit)) || !run.undisturbed || !undo.undisturbed) return [];
  const named = new Set(
    [...resultsIn(undo.files, "", "_undo_results.json").values()]
      .flat()
      .flatMap(({ outcome, id }) => (outcome === "applied" ? [] : [id])),
  );
  return (["global", "us-government"] as const).flatMap((instance) => {
    const now = new Map(after.zendesk[instance].organizations.map((one) => [one.id, one]));
    const made = [...now.values()].filter(
      ({ id, organization_fields: fields }) =>
        fields.mark_for_deletion !== true && !named.has(id) && wasMadeBy(run, instance, id),
    );
    const unmarked = made.map(({ id }) => `${instance} organization ${id} was created, and is not marked`);
    const changed = before.zendesk[instance].organizations.flatMap((old) => {
      const organization = now.get(old.id);
      const different = changedKeys(meant(old.organization_fields), meant(organization?.organization_fields ?? {}));
      const name = organization?.name === old.name ? [] : ["name"];
      return named.has(old.id) || [...different, ...name].length === 0
        ? []
        : [`${instance} organization ${old.id}: ${[...different, ...name].join(", ")}`];
    });
    return [...unmarked, ...changed];
  });
}

function wasMadeBy({ journal }: RunSeen, instance: InstanceName, id: number): boolean {
  return journal.some(
    (entry) =>
      entry.kind === "organization" &&
      entry.by === "client" &&
      !entry.before &&
      entry.instance === instance &&
      entry.id === id,
  );
}

/** Fields without what means nothing: empty, false and 0 alike (C6). */
function meant(fields: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields).filter(
      ([, value]) => value !== null && value !== "" && value !== false && Number(value) !== 0,
    ),
  );
}

export function canAlwaysRead({ plan }: StorySeen): boolean {
  const withdrawn = [
    ...plan.hours.flatMap(({ before, during }) => [...before, ...during.map(({ event }) => event)]),
  ].some(({ what }) => what === "the bot may read the channel, or not");
  return plan.settings.historyReadable && !withdrawn;
}

/** Every naming of an organization in the channel. */
function namedInSlack({ sandbox }: StorySeen): string[] {
  return sandbox.slackMessages().flatMap(({ metadata }) => {
    const { event_payload: payload } = (metadata ?? {}) as { event_payload?: { organization_ids?: string } };
    return (payload?.organization_ids ?? "").split(",").filter(Boolean);
  });
}
