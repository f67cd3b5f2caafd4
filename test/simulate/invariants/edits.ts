import type { LoggedRequest, SeedUser } from "../../../sandbox/types.ts";
import type { WorldEventName } from "../story/events.ts";
import type { HourSeen, Invariant, RunSeen } from "../story/seen.ts";

const WATCHED = ["name", "role", "suspended", "organization_ids"] as const;

const RIGHT_BEFORE: WorldEventName = "an agent is quicker with a user whom a run is about to change";

/** A request with its place among all of the story. */
type Placed = LoggedRequest & { place: number };

/** What people changed about users after a run had listed them, and before it looked again right before it wrote. */
export const EDITS: Invariant[] = [
  {
    name: "no newer edit of a user is overwritten",
    expects: "a user who was changed after all were listed, and before the last look, is left as is",
    check: (hour) =>
      hour.runs.some(({ command, beside }) => command === "undo" || beside)
        ? []
        : workOf(hour).flatMap((runs) => overwritten(hour, runs)),
  },
];

/** Runs that belong together: each by itself, the stages of a pipeline all. */
function workOf({ runs }: HourSeen): RunSeen[][] {
  const stages = runs.filter(({ command }) => command !== "run" && command !== "preview");
  return [...runs.filter((run) => !stages.includes(run)).map((run) => [run]), ...(stages.length > 0 ? [stages] : [])];
}

function overwritten({ sandbox }: HourSeen, runs: readonly RunSeen[]): string[] {
  const edited = editsOf(runs);
  if (edited.size === 0) return [];
  const own = new Set(runs.flatMap(({ requests }) => requests));
  const requests = sandbox.requests.flatMap((request, place) =>
    request.service === "zendesk-us-government" && own.has(request) ? [{ ...request, place }] : [],
  );
  // As many requests had been answered when the look itself was still to come: only of these edits that is certain.
  const rightBefore = new Set(
    runs.flatMap(({ during }) =>
      during.flatMap(({ happened, requests: place }) => (happened.what === RIGHT_BEFORE ? [place] : [])),
    ),
  );
  return updatesIn(requests).flatMap(({ id, place }) => {
    const listed = requests.findLast((one) => /\/users\?page/.test(one.path) && one.place < place);
    // Where nobody looked, all that was changed before the write is overwritten.
    const look = lookAt(requests, id, place)?.place ?? place;
    const isSeen = (edit: number) => edit < look || (edit === look && rightBefore.has(edit));
    const edits = (edited.get(id) ?? []).filter((edit) => listed && edit.place > listed.place && isSeen(edit.place));
    const [first, last] = [edits[0]?.before, edits.at(-1)?.after];
    const keys = first && last ? WATCHED.filter((key) => !Bun.deepEquals(first[key], last[key])) : [];
    return keys.map((key) => `user ${id}: ${key}`);
  });
}

function editsOf(runs: readonly RunSeen[]) {
  const edits = new Map<number, { place: number; before: SeedUser; after: SeedUser }[]>();
  for (const entry of new Set(runs.flatMap(({ journal }) => journal))) {
    if (entry.by !== "person" || entry.kind !== "user" || entry.instance === "global") continue;
    const { id, before, after, requests: place } = entry;
    if (before && after) edits.set(id, [...(edits.get(id) ?? []), { place, before, after }]);
  }
  return edits;
}

/** Updates that were sent and not refused at once, user by user. */
function updatesIn(requests: readonly Placed[]): { id: number; place: number }[] {
  return requests.flatMap(({ method, path, status, body, place }) => {
    if (method !== "PUT" || status >= 300 || !path.includes("/users/")) return [];
    const [, id] = /\/users\/(\d+)/.exec(path) ?? [];
    const { users = [] } = (body ?? {}) as { users?: { id: number }[] };
    return (id ? [Number(id)] : users.map((user) => user.id)).map((one) => ({ id: one, place }));
  });
}

/** The last look at the user before a write. */
function lookAt(requests: readonly Placed[], id: number, before: number): Placed | undefined {
  return requests.findLast(
    ({ path, place }) =>
      place < before && path.includes("/users/show_many?ids=") && path.split("ids=")[1]?.split(",").includes(`${id}`),
  );
}
