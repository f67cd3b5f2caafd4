import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Mark, PlannedContact, Update } from "../domain/changeset.ts";
import type { Measure } from "../domain/limits.ts";
import { EXIT, exitCodeOf, messageOf } from "../errors.ts";
import { changesetManifestName } from "../storage/artifacts/manifest.ts";
import { ArtifactStore, sha256Of } from "../storage/artifacts/store.ts";
import { type ChangeFileConstraints, readChangeFiles, writeChangeFiles } from "./change-files.ts";

const ACCOUNT = "0014M00001kAbCdQAK";
const GATHERED = "2026-11-23T01:00:00.000Z";
const MINUTE = 60_000;
const ANY: ChangeFileConstraints = { expect: [], maxAgeMs: null };

let folder: string;
let store: ArtifactStore;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "zdsync-hand-over-"));
  store = new ArtifactStore(folder);
});
afterEach(() => rm(folder, { recursive: true }));

const create = { salesforce_id: ACCOUNT, name: "Example GmbH", organization_fields: {}, sold_tos: [] };
const update: Update = {
  id: 5,
  salesforce_id: ACCOUNT,
  name: "Example GmbH",
  before: { organization_fields: { support_level: "premium" } },
  change: { organization_fields: { support_level: "ultimate" } },
};
const mark: Mark = {
  id: 6,
  salesforce_id: ACCOUNT,
  name: "Gone GmbH",
  before: { mark_for_deletion: null },
  change: { mark_for_deletion: true },
};

const contact: PlannedContact = {
  salesforce_id: create.salesforce_id,
  id: null,
  email: "sue@example.com",
  name: "Sue Buyer",
};

function measured(exceeded: boolean): Measure {
  return { effect: "marks", count: 1, of: 40, limit: 2, limitText: "5% (2)", exceeded };
}

function write(measures: Measure[] = [measured(false)]) {
  const changes = {
    creates: [create],
    updates: [update],
    marks: [mark],
    contacts: [contact],
    existing: 40,
    marked: 3,
    people: 1,
  };
  const origin = { run_id: "run-1", today: "2026-11-23", gathered_at: GATHERED, inputs: [] };
  const madeAt = new Date("2026-11-23T01:05:00Z");
  return writeChangeFiles(store, "global", changes, { measures }, { stage: "compare", origin, madeAt });
}

/** Reads so many minutes after the data was gathered. */
function read(constraints: Partial<ChangeFileConstraints> = {}, minutes = 10, ms = 0) {
  const now = new Date(Date.parse(GATHERED) + minutes * MINUTE + ms);
  return readChangeFiles(store, "global", { ...ANY, ...constraints }, now);
}

async function refusal(reading: Promise<unknown>): Promise<string> {
  const error = await reading.then(
    () => null,
    (reason: unknown) => reason,
  );
  expect(exitCodeOf(error)).toBe(EXIT.refused);
  return messageOf(error);
}

test("what compare wrote is what sync reads", async () => {
  const manifest = await write();
  expect(await read()).toEqual({
    creates: [create],
    updates: [update],
    marks: [mark],
    contacts: [contact],
    digest: manifest.digest,
    manifest,
  });
});

test("the manifest ties the four files together: counts, measures, verdict, one digest", async () => {
  const manifest = await write();
  expect(manifest.counts).toEqual({ creates: 1, updates: 1, marks: 1, contacts: 1 });
  expect(manifest).toMatchObject({ existing: 40, marked: 3, verdict: "within limits", gathered_at: GATHERED });
  expect(manifest.limits).toEqual([{ effect: "marks", count: 1, of: 40, limit: 2, exceeded: false }]);
  const names = ["global_creates.json", "global_updates.json", "global_not_in_sync.json", "global_contacts.json"];
  expect(manifest.files.map(({ name }) => name)).toEqual(names);
  const texts = await Promise.all(names.map((name) => Bun.file(store.path(name)).text()));
  expect(manifest.digest).toBe(sha256Of(...texts));
  expect(manifest.files.map(({ sha256 }) => sha256)).toEqual(texts.map((text) => sha256Of(text)));
});

test("S2: over a limit, the verdict is in the manifest", async () => {
  expect((await write([measured(false), measured(true)])).verdict).toBe("over a limit");
});

test("change files of the version that planned no contacts are refused with what to do", async () => {
  const manifest = await write();
  const files = manifest.files.filter(({ name }) => name !== "global_contacts.json");
  const digest = sha256Of(...(await Promise.all(files.map(({ name }) => Bun.file(store.path(name)).text()))));
  await Bun.write(store.path(changesetManifestName("global")), JSON.stringify({ ...manifest, files, digest }));
  await rm(store.path("global_contacts.json"));
  const message = await refusal(read());
  expect(message).toContain("have no global_contacts.json");
  expect(message).toContain("Run compare again with the version that runs sync");
  // Their manifest is still read where nothing is written: by reports, the history and undo.
  expect((await store.readChangesetManifest("global"))?.counts.contacts).toBe(1);
});

describe("S3", () => {
  test.each(["global_creates.json", "global_updates.json", "global_not_in_sync.json", "global_contacts.json"])(
    "an altered %s is refused",
    async (name) => {
      await write();
      await Bun.write(store.path(name), `${await Bun.file(store.path(name)).text()} `);
      expect(await refusal(read())).toContain("The global change files were altered after compare wrote them");
    },
  );

  test("altered files are refused also where --expect names their digest", async () => {
    await write();
    await store.writeRecords("global_not_in_sync.json", []);
    const texts = ["global_creates.json", "global_updates.json", "global_not_in_sync.json", "global_contacts.json"].map(
      (name) => Bun.file(store.path(name)).text(),
    );
    const digest = sha256Of(...(await Promise.all(texts)));
    expect(await refusal(read({ expect: [digest] }))).toContain("altered");
  });

  test("another digest than the expected is refused, naming both; any of several expected ones is accepted", async () => {
    const { digest } = await write();
    const other = "a".repeat(64);
    const message = await refusal(read({ expect: [other] }));
    expect(message).toContain(digest);
    expect(message).toContain(other);
    expect((await read({ expect: [other, digest] })).updates).toHaveLength(1);
  });

  test("data exactly as old as --max-age is applied, a millisecond older is refused", async () => {
    await write();
    expect((await read({ maxAgeMs: 60 * MINUTE }, 60)).creates).toHaveLength(1);
    expect(await refusal(read({ maxAgeMs: 60 * MINUTE }, 60, 1))).toContain(
      "was gathered 60 minutes ago; --max-age allows 60 minutes",
    );
    expect(await refusal(read({ maxAgeMs: 0 }, 0, 1))).toContain("Gather again");
    expect((await read({ maxAgeMs: null }, 60 * 24 * 365)).creates).toHaveLength(1);
  });

  test("change files of another schema version are refused", async () => {
    const manifest = await write();
    await Bun.write(store.path(changesetManifestName("global")), JSON.stringify({ ...manifest, schema: 0 }));
    expect(await refusal(read())).toContain("schema version 0");
  });

  test("change files without manifest are refused, and accepted only with the digest that the refusal tells", async () => {
    await write();
    await rm(store.path(changesetManifestName("global")));
    const message = await refusal(read());
    expect(message).toContain("have no global_changeset.manifest.json");
    const digest = /--expect ([0-9a-f]{64})/.exec(message)?.[1] ?? "";
    expect(await refusal(read({ expect: ["b".repeat(64)] }))).toContain(
      "what would be applied differs from what was reviewed",
    );
    const handedOver = await read({ expect: [digest], maxAgeMs: 1 }, 9999);
    expect(handedOver.manifest).toBeNull();
    expect(handedOver.marks).toEqual([mark]);
  });

  test("the manifest of another comparison proves nothing", async () => {
    const manifest = await write();
    await rm(store.path(changesetManifestName("global")));
    await Bun.write(store.path(changesetManifestName("usgov")), JSON.stringify(manifest));
    expect(await refusal(read())).toContain("no global_changeset.manifest.json");
  });
});

test.each(["global_creates.json", "global_updates.json", "global_not_in_sync.json", "global_contacts.json"])(
  "a missing %s is no empty one",
  async (name) => {
    await write();
    await rm(store.path(name));
    expect(messageOf(await read().catch((error: unknown) => error))).toContain(`${name} is missing`);
  },
);
