import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type AddressState, addressIn } from "../domain/plan-contacts.ts";
import { reason } from "../domain/reason.ts";
import { CONTACT_MEMORY } from "./artifacts/memories.ts";
import { openContactMemory, type SettledState } from "./contact-memory.ts";

const HOUR = 3_600_000;
const BEGIN = Date.parse("2026-11-23T12:00:00Z");
const THERE: SettledState = { is: "there" };
const LEFT: SettledState = {
  is: "left",
  reason: reason("contact.in_other_organization", { user_id: 7, organization_ids: [8] }),
};

let folder: string;
let warnings: string[];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "zdsync-contacts-"));
  warnings = [];
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const path = () => join(folder, CONTACT_MEMORY);
function open(hours = 0, { host = "example.zendesk.com", readOnly = false } = {}) {
  const warn = (message: string) => warnings.push(message);
  return openContactMemory(path(), { host, now: new Date(BEGIN + hours * HOUR), readOnly, warn });
}
const SUE = { id: 5, email: "Sue@Example.com" };
const TOM = { id: 5, email: "tom@example.com" };

describe("what was settled about contacts", () => {
  test("is known to the next run, by organization and address in any case; of other hosts nothing is", () => {
    {
      using memory = open();
      memory.settle([
        { ...SUE, state: THERE },
        { ...TOM, state: LEFT },
      ]);
    }
    using memory = open(1);
    expect(memory.known([SUE, TOM, { id: 6, email: SUE.email }])).toEqual(
      new Map<string, AddressState>([
        [addressIn(5, "sue@example.com"), THERE],
        [addressIn(5, "tom@example.com"), LEFT],
      ]),
    );
    using other = open(1, { host: "other.zendesk.com" });
    expect(other.known([SUE, TOM]).size).toBe(0);
  });

  test("somebody who was in the way is asked for again after a day; settling the same again does not prolong it", () => {
    {
      using memory = open();
      memory.settle([{ ...TOM, state: LEFT }]);
    }
    {
      using memory = open(20);
      memory.settle([{ ...TOM, state: LEFT }]);
      expect(memory.known([TOM]).size).toBe(1);
    }
    {
      using memory = open(24);
      expect(memory.known([TOM]).size).toBe(0);
      memory.settle([{ ...TOM, state: LEFT }]);
      expect(memory.known([TOM]).size).toBe(1);
    }
    using memory = open(47);
    expect(memory.known([TOM]).size).toBe(1);
  });

  test("somebody who was in the way and was placed is in place", () => {
    using memory = open();
    memory.settle([{ ...TOM, state: LEFT }]);
    memory.settle([{ ...TOM, state: THERE }]);
    expect(memory.known([TOM]).get(addressIn(5, TOM.email))).toEqual(THERE);
  });

  test("what is in place stays known while contacts are due, and is forgotten then", () => {
    {
      using memory = open();
      memory.settle([{ ...SUE, state: THERE }]);
    }
    {
      using memory = open(7 * 24);
      expect(memory.known([SUE]).size).toBe(1);
    }
    using memory = open(10 * 24);
    expect(memory.known([SUE]).size).toBe(0);
  });

  test("the file holds no address, and is its owner's only", async () => {
    {
      using memory = open();
      memory.settle([
        { ...SUE, state: THERE },
        { ...TOM, state: LEFT },
      ]);
    }
    const bytes = (await readFile(path())).toString("latin1").toLowerCase();
    expect(bytes).not.toMatch(/sue|tom|example/);
    expect((await stat(path())).mode & 0o777).toBe(0o600);
  });

  test("for reading only: nothing is noted, and no file is made", async () => {
    using memory = open(0, { readOnly: true });
    memory.settle([{ ...SUE, state: THERE }]);
    expect(memory.known([SUE]).size).toBe(0);
    expect(await Bun.file(path()).exists()).toBeFalse();
  });

  test("a damaged file: nothing is known, it is said once, and nothing throws", async () => {
    await writeFile(path(), "this is no database".repeat(1000));
    using memory = open();
    memory.settle([{ ...SUE, state: THERE }]);
    expect(memory.known([SUE]).size).toBe(0);
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toContain("looked up in Zendesk");
    expect(warnings[0]).toContain("You can delete it");
  });

  test("more addresses than a statement takes variables", () => {
    using memory = open();
    const many = Array.from({ length: 5_000 }, (_, index) => ({ id: index + 1, email: `${index}@example.com` }));
    memory.settle(many.map((address) => ({ ...address, state: THERE })));
    expect(memory.known(many).size).toBe(5_000);
  });
});
