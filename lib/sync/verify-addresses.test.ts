import { describe, expect, test } from "bun:test";
import type { FoundUser, ListedUser } from "../domain/listed-user.ts";
import { type AddressState, addressIn } from "../domain/plan-contacts.ts";
import { RemoteError, StoppedError } from "../errors.ts";
import { SILENT } from "../pipeline/progress.ts";
import { StopRequest } from "../stop.ts";
import { type AddressToVerify, dueThisHour, LOOK_UPS_PER_RUN, verifyAddresses } from "./verify-addresses.ts";

const NOW = new Date("2026-11-23T12:00:00Z");

function wanted(count: number, from = 0): AddressToVerify[] {
  return Array.from({ length: count }, (_, index) => ({
    id: 1000 + from + index,
    salesforce_id: `account ${from + index}`,
    email: `person.${from + index}@example.com`,
    created_at: `2026-11-2${index % 3}T00:00:00Z`,
  }));
}

const listed = (id: number, email: string, organization_id: number | null): ListedUser => ({
  id,
  name: "Sue",
  email,
  role: "end-user",
  suspended: false,
  organization_id,
  marked: false,
});
const found = (user: ListedUser): FoundUser => ({
  ...user,
  by: "primary",
  organization_ids: user.organization_id === null ? [] : [user.organization_id],
});

/** A Zendesk with these users, which counts what it is asked. */
function zendesk(users: readonly ListedUser[], options: { forbidden?: boolean; rows?: number; broken?: RegExp } = {}) {
  const asked = { pages: 0, since: [] as Date[], addresses: [] as string[] };
  const warnings: string[] = [];
  const known = new Map<string, AddressState>();
  const stop = new StopRequest();
  const reader = {
    async *changedUsers(since: Date) {
      asked.since.push(since);
      if (options.forbidden) throw new RemoteError("Forbidden", { service: "Zendesk", status: 403 });
      const rows = options.rows ?? 1000;
      for (let start = 0; start < Math.max(1, users.length); start += rows) {
        asked.pages++;
        yield { records: users.slice(start, start + rows), unreadable: [] };
      }
    },
    async usersByAddress(email: string) {
      asked.addresses.push(email);
      if (options.broken?.test(email)) throw new RemoteError("no answer", { service: "Zendesk" });
      return users.filter((user) => user.email === email).map(found);
    },
  };
  const verify = (addresses: readonly AddressToVerify[], now = NOW) =>
    verifyAddresses(addresses, {
      reader,
      memory: { known: () => known, [Symbol.dispose]() {} },
      protectedAddresses: { domains: new Set(["protected.example"]), addresses: new Set() },
      now,
      stop,
      line: SILENT.begin(""),
      warn: (message) => void warnings.push(message),
    });
  return { asked, warnings, known, stop, verify };
}

describe("C10: what stands in Zendesk of due addresses", () => {
  test("an address that several organizations want is looked up once, and decided about for each", async () => {
    const { asked, verify } = zendesk([listed(1, "sue@example.com", 1002)]);
    const same = wanted(7).map((one, place) => ({
      ...one,
      email: place === 3 ? "Sue@Example.com" : "sue@example.com",
    }));
    const known = await verify(same);
    expect(asked.addresses).toHaveLength(1);
    expect(known.map(({ id, state }) => [id, state.is])).toEqual(
      same.map(({ id }) => [id, id === 1002 ? "there" : "left"]),
    );
  });

  test("the memory knows all: Zendesk is asked nothing", async () => {
    const { asked, known, verify } = zendesk([]);
    for (const { id, email } of wanted(300)) known.set(addressIn(id, email), { is: "there" });
    expect(await verify(wanted(300))).toHaveLength(300);
    expect(asked).toMatchObject({ pages: 0, addresses: [] });
  });

  test("a few unknown ones are looked up one by one, and nothing in bulk", async () => {
    const [one, two, three] = wanted(3) as [AddressToVerify, AddressToVerify, AddressToVerify];
    const { asked, warnings, verify } = zendesk([listed(1, one.email, one.id), listed(2, two.email, 77)]);
    expect((await verify([one, two, three])).map(({ id, state }) => [id, state.is])).toEqual([
      [one.id, "there"],
      [two.id, "left"],
      [three.id, "free"],
    ]);
    expect(asked.pages).toBe(0);
    expect(asked.addresses).toHaveLength(3);
    expect(warnings).toEqual([]);
  });

  test("the memory is lost: those in place are learned in bulk, since the oldest organization was made; the rest is looked up", async () => {
    const all = wanted(150);
    const placed = all.slice(0, 120).map(({ id, email }, index) => listed(index + 1, email, id));
    const { asked, verify } = zendesk(placed);
    const known = await verify(all);
    expect(known.filter(({ state }) => state.is === "there")).toHaveLength(120);
    expect(known.filter(({ state }) => state.is === "free")).toHaveLength(30);
    expect(asked.since).toEqual([new Date("2026-11-20T00:00:00Z")]);
    expect(asked.addresses).toHaveLength(30);
  });

  test("in bulk somebody of another organization is not taken to be in place", async () => {
    const all = wanted(30);
    const { verify } = zendesk(all.map(({ email }, index) => listed(index + 1, email, 77)));
    expect(new Set((await verify(all)).map(({ state }) => state.is))).toEqual(new Set(["left"]));
  });

  test("the export is left after a few pages, whatever is still behind", async () => {
    const others = Array.from({ length: 50 }, (_, index) => listed(index + 1, `other.${index}@example.com`, 9));
    const { asked, verify } = zendesk(others, { rows: 1 });
    await verify(wanted(25));
    expect(asked.pages).toBe(5);
  });

  test("not allowed: no word about it, at most two hundred look-ups, the rest is not verified yet", async () => {
    const { asked, warnings, verify } = zendesk([], { forbidden: true });
    expect(await verify(wanted(450))).toHaveLength(LOOK_UPS_PER_RUN);
    expect(asked.addresses).toHaveLength(LOOK_UPS_PER_RUN);
    expect(warnings).toEqual([expect.stringContaining("250 addresses")]);
  });

  test("without a memory nobody is passed over for ever: each hour begins somewhere else", () => {
    const all = wanted(450).map(({ email }) => email);
    const hours = [0, 1, 2].flatMap((hour) => dueThisHour(all, new Date(NOW.getTime() + hour * 3_600_000)));
    expect(new Set(hours).size).toBe(450);
    expect(dueThisHour(all.slice(0, 200), NOW)).toEqual(all.slice(0, 200));
  });

  test("a look-up that fails leaves its address unknown; several in a row leave the rest to the next run", async () => {
    const single = zendesk([], { broken: /person\.3@/ });
    expect(await single.verify(wanted(10))).toHaveLength(9);
    expect(single.warnings).toHaveLength(2);
    const broken = zendesk([], { broken: /./ });
    expect(await broken.verify(wanted(100))).toEqual([]);
    expect(broken.asked.addresses.length).toBeLessThan(20);
    expect(broken.warnings.join()).not.toContain("@");
  });

  test("protected and unusable addresses are not asked for", async () => {
    const [one] = wanted(1) as [AddressToVerify];
    const { asked, verify } = zendesk([]);
    await verify([
      { ...one, email: "x@protected.example" },
      { ...one, email: "nobody" },
    ]);
    expect(asked.addresses).toEqual([]);
  });

  test("a stop ends it at once", async () => {
    const { asked, stop, verify } = zendesk([]);
    stop.request("SIGTERM");
    expect(await verify(wanted(10)).catch((error: unknown) => error)).toBeInstanceOf(StoppedError);
    expect(asked.addresses).toEqual([]);
  });
});
