import fc from "fast-check";
import type { ListedUser } from "../../../lib/domain/listed-user.ts";
import type { Organization } from "../../../lib/domain/organization.ts";
import type { Reason } from "../../../lib/domain/reason.ts";
import type { Membership } from "../../../lib/remotes/zendesk/ports.ts";
import { seedOrganization, seedUser } from "../../../sandbox/test/zendesk.ts";
import type { Zendesk } from "../../../sandbox/zendesk/zendesk.ts";
import { HOUR, MINUTE, SnapshotWorld } from "./snapshot-world.ts";

/** What happens to whoever reads, or between two readings. */
const SURROUNDINGS = {
  "minutes pass": (world, how) => world.pass([1_000, 20_000, 59_000, 61_000, 3 * MINUTE][how % 5] ?? 0),
  "hours pass": (world, how) => world.pass([20 * MINUTE, HOUR, HOUR, 5 * HOUR, 23 * HOUR][how % 5] ?? 0),
  "the clock is wrong": (world, how) => {
    world.skew = [0, 3 * HOUR, -3 * HOUR, 90_000][how % 4] ?? 0;
  },
  "the file is lost": (world) => world.lose(),
  "the file is damaged": (world) => world.damage(),
  "exports are refused": (world) => world.zendesk.behave({ incrementalExports: "forbidden" }),
  "exports are allowed": (world) => world.zendesk.behave({ incrementalExports: "allowed" }),
  "exports are used up": (world) => {
    world.answer = (path) => (path.includes("/incremental/") ? usedUp() : undefined);
  },
  "the configuration changes": (world, how) => {
    world.settings = JSON.stringify(how % 3);
  },
} satisfies Record<string, (world: SnapshotWorld, how: number) => void>;

const usedUp = () =>
  new Response("{}", { status: 429, headers: { "retry-after": "30", "x-rate-limit-remaining": "600" } });

/** An instance as an event finds it; ids are 0 where there is nobody. */
interface Scene {
  zendesk: Zendesk;
  organization: number;
  other: number;
  user: number;
  /** The user's. */
  organizations: number[];
  membersOf(organization: number): number[];
  name: string;
}

/** Who is other than before; `silently`: users who lost a membership, which no list and no export tells. */
interface Touched {
  touched: number[];
  silently?: number[];
}

/** What people do in Zendesk. */
const IN_ZENDESK = {
  "an organization is made": ({ zendesk, name }) => ({
    touched: [zendesk.addOrganization({ name, external_id: name })],
  }),
  "an organization is edited": ({ zendesk, organization, name }) => {
    if (organization) zendesk.editOrganization(organization, { name });
    return { touched: [organization] };
  },
  "an organization is deleted": ({ zendesk, organization, membersOf }) => {
    const silently = membersOf(organization);
    if (organization) zendesk.deleteOrganization(organization);
    return { touched: [organization], silently };
  },
  "organizations are merged": ({ zendesk, organization, other, membersOf }) => {
    if (!organization || organization === other) return { touched: [] };
    const [silently, there] = [membersOf(organization), membersOf(other)];
    for (const id of silently) if (!there.includes(id)) zendesk.addMembership(id, other);
    zendesk.deleteOrganization(organization);
    return { touched: [organization, ...silently], silently };
  },
  "a user is made": ({ zendesk, other, name }) => ({
    touched: [
      zendesk.addUser({ name, email: `${name.replace(" ", ".")}@example.org`, organization_id: other || null }),
    ],
  }),
  "a user is edited": ({ zendesk, user, name }) => {
    if (user) zendesk.editUser(user, { name });
    return { touched: [user] };
  },
  "a user is moved": ({ zendesk, user, other, organizations }) => {
    if (user && other) zendesk.editUser(user, { organization_id: other });
    // Into an organization that the user is in: no membership is new.
    return { touched: [user], silently: organizations.includes(other) ? [user] : [] };
  },
  "a user joins": ({ zendesk, user, other, organizations }) => {
    if (user && other && !organizations.includes(other)) zendesk.addMembership(user, other);
    return { touched: [user] };
  },
  "a user is taken out": ({ zendesk, user }) => {
    if (user) zendesk.editUser(user, { organization_id: null });
    return { touched: [user], silently: [user] };
  },
  "a user is deleted": ({ zendesk, user }) => {
    if (user) zendesk.deleteUser(user);
    return { touched: [user] };
  },
} satisfies Record<string, (scene: Scene) => Touched>;

const READINGS = ["a reading", "a reading that keeps nothing"] as const;

type EventName = keyof typeof SURROUNDINGS | keyof typeof IN_ZENDESK | (typeof READINGS)[number];
/** Every event: what happens in the world is common, what happens to the file is rare. */
const EVENTS: readonly EventName[] = [
  ...(Object.keys(SURROUNDINGS) as EventName[]),
  ...(Object.keys(IN_ZENDESK) as EventName[]).flatMap((one) => [one, one]),
  ...READINGS,
  ...Array.from({ length: 14 }, (): EventName => "a reading"),
  ...Array.from({ length: 10 }, (_, place): EventName => (place % 4 === 0 ? "minutes pass" : "hours pass")),
];

/** An event with what it draws: numbers from 0 on. */
interface HistoryEvent {
  what: EventName;
  which: number;
  how: number;
}

/** What a history came to. */
export interface HistoryEnd {
  /** Where a reading was other than everything that is there, and somebody could have known better. */
  wrong: string[];
  readings: number;
  /** Of those, which took the snapshot. */
  bySnapshot: number;
  told: Reason["code"][];
}

/** Plays histories of a seed. Throws, with the smallest one that shows it, where a reading is other than a full listing. */
export async function playHistories({
  seed,
  runs,
}: {
  seed: number;
  runs: number;
}): Promise<Omit<HistoryEnd, "wrong">> {
  const sum = { readings: 0, bySnapshot: 0, told: new Set<Reason["code"]>() };
  const anEvent = fc.record({ what: fc.constantFrom(...EVENTS), which: fc.nat(1000), how: fc.nat(1000) });
  await fc.assert(
    fc.asyncProperty(fc.array(anEvent, { minLength: 10, maxLength: 40 }), async (events) => {
      const { wrong, readings, bySnapshot, told } = await playHistory(events);
      if (wrong.length > 0) throw new Error(wrong.join("\n"));
      sum.readings += readings;
      sum.bySnapshot += bySnapshot;
      for (const code of told) sum.told.add(code);
    }),
    { numRuns: runs, seed },
  );
  return { ...sum, told: [...sum.told] };
}

const PAGE_ROWS = 8;
/** Somewhat more than what exports withhold. */
const FRESH = 62_000;

/**
 * Plays a history, which begins with a reading; each is held against all that is there at that moment, which is what a full listing gives.
 * What changed within the last minute may be missing; whoever lost a membership without any sign of it may be known as before for a day.
 * Everything else has to be the same.
 */
async function playHistory(events: readonly HistoryEvent[]): Promise<HistoryEnd> {
  const history = new History();
  await history.read(false);
  for (const event of events) await history.play(event);
  return history.end;
}

class History {
  readonly #world = new SnapshotWorld({
    organizations: Array.from({ length: 40 }, (_, place) => seedOrganization(100 + place, `Organization ${place}`)),
    users: Array.from({ length: 33 }, (_, place) =>
      seedUser(1000 + place, `user.${place}@example.com`, { organization_ids: [100 + place] }),
    ),
    // More than the sandbox gives ids out of order.
    pageRows: PAGE_ROWS,
    exportRows: 3,
  });
  readonly #touched = new Map<number, number>();
  readonly #silent = new Map<number, number>();
  #names = 0;
  readonly end: HistoryEnd = { wrong: [], readings: 0, bySnapshot: 0, told: [] };

  async play({ what, which, how }: HistoryEvent): Promise<void> {
    if (what === "a reading" || what === "a reading that keeps nothing") return this.read(what !== "a reading");
    if (what in SURROUNDINGS) SURROUNDINGS[what as keyof typeof SURROUNDINGS](this.#world, how);
    else {
      const happen: (scene: Scene) => Touched = IN_ZENDESK[what as keyof typeof IN_ZENDESK];
      const { touched, silently = [] } = happen(this.#scene(which, how));
      for (const id of touched) this.#touched.set(id, this.#world.now);
      for (const id of silently) this.#silent.set(id, this.#world.now);
    }
  }

  async read(readOnly: boolean): Promise<void> {
    const read = await this.#world.read({ readOnly });
    this.#world.answer = () => undefined;
    this.end.readings++;
    this.end.told.push(...read.told);
    const there = this.#world.everything();
    const pages = read.requests.filter((path) => path.startsWith("/organizations?")).length;
    if (pages < Math.floor(there.organizations.length / PAGE_ROWS)) this.end.bySnapshot++;
    this.#compare("organizations", read.organizations, there.organizations, (one: Organization) => one.id);
    this.#compare("users", read.users, there.users, (one: ListedUser) => one.id);
    this.#compare("memberships", read.memberships, there.memberships, (one: Membership) => one.user_id);
  }

  #scene(which: number, how: number): Scene {
    const { zendesk } = this.#world;
    const { organizations, users, memberships } = zendesk.state();
    const pick = (list: readonly Record<string, unknown>[], at: number) => Number(list[at % list.length]?.id ?? 0);
    const user = pick(users, which);
    return {
      zendesk,
      organization: pick(organizations, which),
      other: pick(organizations, how),
      user,
      organizations: memberships.filter((one) => one.user_id === user).map((one) => Number(one.organization_id)),
      membersOf: (id) => memberships.filter((one) => one.organization_id === id).map((one) => Number(one.user_id)),
      name: `Name ${this.#names++}`,
    };
  }

  #compare<T>(kind: string, read: readonly T[], full: readonly T[], idOf: (record: T) => number): void {
    const { now } = this.#world;
    const [known, there] = [Map.groupBy(read, idOf), Map.groupBy(full, idOf)];
    for (const id of new Set([...known.keys(), ...there.keys()])) {
      const isFresh = now - (this.#touched.get(id) ?? 0) < FRESH;
      const isSilent = kind !== "organizations" && now - (this.#silent.get(id) ?? 0) < 24 * HOUR;
      if (isFresh || isSilent || Bun.deepEquals(known.get(id), there.get(id))) continue;
      const found = JSON.stringify([known.get(id) ?? null, there.get(id) ?? null]);
      this.end.wrong.push(`reading ${this.end.readings}, ${kind} of ${id}: ${found}`);
    }
  }
}
