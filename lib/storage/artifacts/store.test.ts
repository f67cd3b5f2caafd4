import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { chmod, mkdtemp, readdir, rename, rm, stat, symlink, utimes } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type FileEdge, withEdges } from "../../edges/edges.ts";
import { MACHINE } from "../../edges/machine.ts";
import { EXIT, exitCodeOf, messageOf, RefusedError } from "../../errors.ts";
import { FEW_BYTES } from "./kept-records.ts";
import { changesetManifestName, type Maker, manifestName } from "./manifest.ts";
import { AllRecords } from "./read-records.ts";
import type { ArtifactName } from "./schemas.ts";
import { ArtifactStore, sha256Of } from "./store.ts";

const ACCOUNT = "0014M00001kAbCdQAK";
const CUSTOMER_NAME = "Confidential Customer GmbH";
const NAME = "zendesk_global.json";
const MAKER: Maker = {
  stage: "gather-orgs",
  origin: { run_id: "run-1", today: "2026-11-23", gathered_at: "2026-11-23T01:00:00.000Z", inputs: [] },
  madeAt: new Date("2026-11-23T01:05:00Z"),
};

let folder: string;
let store: ArtifactStore;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "zdsync-store-"));
  store = new ArtifactStore(join(folder, "data"));
});
afterEach(() => rm(folder, { recursive: true }));

function organization(id: number, fields: Record<string, string | number | boolean | null> = {}) {
  return {
    id,
    name: CUSTOMER_NAME,
    external_id: ACCOUNT,
    created_at: "2026-01-02T00:00:00Z",
    updated_at: "2026-01-02T00:00:00Z",
    organization_fields: { salesforce_id: ACCOUNT, ...fields },
  };
}

/** Puts a file there as a person or another program would. */
async function put(name: string, content: unknown): Promise<void> {
  await Bun.write(store.path(name), typeof content === "string" ? content : JSON.stringify(content));
}

/** What reading says, and with which exit code. */
async function refusal(reading: Promise<unknown>): Promise<{ message: string; exit: number }> {
  const error = await reading.then(
    () => new Error("nothing was refused"),
    (reason: unknown) => reason,
  );
  return { message: messageOf(error), exit: exitCodeOf(error) };
}

describe("what is written", () => {
  test("comes back the same, with its manifest", async () => {
    const records = [organization(1), organization(2, { aar: "12000.5", sub_edu: true, org_region: null })];
    const manifest = await store.write(NAME, records, MAKER, { accounts: [ACCOUNT], unidentified: 2 });
    const read = await store.read(NAME);
    expect(read.records).toEqual(records);
    expect(read.manifest).toEqual(manifest);
    expect(manifest).toEqual({
      stage: "gather-orgs",
      run_id: "run-1",
      schema: 1,
      today: "2026-11-23",
      made_at: "2026-11-23T01:05:00.000Z",
      gathered_at: "2026-11-23T01:00:00.000Z",
      inputs: [],
      count: 2,
      sha256: read.sha256,
      left_alone: { accounts: [ACCOUNT], unidentified: 2 },
    });
  });

  test("C8: the same records give the same bytes, a record a line", async () => {
    await store.write(NAME, [organization(1), organization(2)], MAKER);
    const first = await Bun.file(store.path(NAME)).text();
    await store.write(NAME, [organization(1), organization(2)], { ...MAKER, madeAt: new Date() });
    expect(await Bun.file(store.path(NAME)).text()).toBe(first);
    expect(first.split("\n")).toHaveLength(5);
    expect(first).toEndWith("]\n");
  });

  test("no records are an empty array", async () => {
    await store.write(NAME, [], MAKER);
    expect(await Bun.file(store.path(NAME)).text()).toBe("[]\n");
    expect((await store.read(NAME)).records).toEqual([]);
  });

  test("only its owner may read it, also where a readable file lay there before", async () => {
    await put(NAME, "[]");
    await chmod(store.path(NAME), 0o644);
    await store.write(NAME, [organization(1)], MAKER);
    await store.writeText("report.md", "# report");
    for (const name of [NAME, manifestName(NAME), "report.md"])
      expect((await stat(store.path(name))).mode & 0o777).toBe(0o600);
  });

  test("a reader never sees half a file, and nothing else is left in the folder", async () => {
    const records = Array.from({ length: 2000 }, (_, index) => organization(index + 1));
    await store.writeRecords(NAME, []);
    let writing = true;
    const writes = (async () => {
      for (let time = 0; time < 5; time++) await store.writeRecords(NAME, time % 2 === 0 ? records : []);
      writing = false;
    })();
    const seen = new Set<number>();
    do seen.add((await store.readRecords(NAME)).records.length);
    while (writing);
    await writes;
    expect([...seen].filter((count) => count !== 0 && count !== 2000)).toEqual([]);
    expect(await readdir(store.directory)).toEqual([NAME]);
  });

  test("records that would be refused on reading are not written, and the old file stays", async () => {
    await store.write(NAME, [organization(1)], MAKER);
    const wrong = { ...organization(2), id: 0 };
    const { message } = await refusal(store.write(NAME, [wrong], MAKER));
    expect(message).toContain(NAME);
    expect((await store.read(NAME)).records).toHaveLength(1);
  });

  test("S1: what is removed is gone with its manifest; what is not there is no error", async () => {
    await store.write(NAME, [organization(1)], MAKER);
    await store.remove(NAME, "zendesk_usgov.json");
    expect(await readdir(store.directory)).toEqual([]);
    expect(await store.readIfThere(NAME)).toBeNull();
  });
});

describe("S3: what is refused as a hand-over, with exit 4", () => {
  test("an artifact that was altered by one byte", async () => {
    await store.write(NAME, [organization(1, { support_level: "premium" })], MAKER);
    const text = await Bun.file(store.path(NAME)).text();
    await put(NAME, text.replace("premium", "premiun"));
    const { message, exit } = await refusal(store.read(NAME));
    expect(message).toContain("zendesk_global.json was altered after it was written");
    expect(exit).toBe(EXIT.refused);
  });

  test("an artifact of another schema version, whatever else its manifest holds", async () => {
    await store.write(NAME, [organization(1)], MAKER);
    await put(manifestName(NAME), { schema: 0, of_old: true });
    const { message, exit } = await refusal(store.read(NAME));
    expect(message).toContain("zendesk_global.manifest.json has schema version 0; this zdsync reads version 1");
    expect(exit).toBe(EXIT.refused);
  });

  test("change files of another schema version", async () => {
    await put(changesetManifestName("global"), { schema: 2 });
    await expect(store.readChangesetManifest("global")).rejects.toBeInstanceOf(RefusedError);
  });
});

describe("what does not validate names file, record and field, and never the value", () => {
  const wrong = { ...organization(7, { salesforce_id: ACCOUNT }), name: null, secret: CUSTOMER_NAME };

  test.each<[string, unknown, string[]]>([
    ["not JSON", '[{"id": 1, "name": "Confidential Customer GmbH"', ["zendesk_global.json is not JSON"]],
    ["an object", { name: CUSTOMER_NAME }, ["zendesk_global.json is not a JSON array"]],
    ["null", "null", ["zendesk_global.json is not a JSON array"]],
    ["a wrong field", [organization(1), wrong], ["record 2 (7)", "field name: expected string"]],
    [
      "a wrong nested field",
      [{ ...organization(9), organization_fields: { account_owner: [CUSTOMER_NAME] } }],
      ["record 1 (9)", "organization_fields.account_owner"],
    ],
    ["a record that is text", [CUSTOMER_NAME], ["record 1, field (the whole record)"]],
    ["an id that is no whole number", [{ ...organization(1), id: 1.5 }], ["field id"]],
  ])("%s", async (_, content, told) => {
    await put(NAME, content);
    const { message, exit } = await refusal(store.read(NAME));
    for (const part of told) expect(message).toContain(part);
    expect(message).not.toContain(CUSTOMER_NAME);
    expect(exit).toBe(EXIT.failed);
  });

  test("an account is named by its salesforce_id", async () => {
    await put("global_creates.json", [
      { salesforce_id: ACCOUNT, name: CUSTOMER_NAME, organization_fields: {}, sold_tos: [{ email: 5, name: null }] },
    ]);
    const { message } = await refusal(store.readRecords("global_creates.json"));
    expect(message).toContain(`record 1 (${ACCOUNT}), field sold_tos.0.email: expected string`);
  });

  test("a salesforce_id that is none is not repeated", async () => {
    await put("global_creates.json", [{ salesforce_id: CUSTOMER_NAME }]);
    expect((await refusal(store.readRecords("global_creates.json"))).message).not.toContain(CUSTOMER_NAME);
  });

  test("of many wrong records, five are named and the others counted", async () => {
    await put(
      NAME,
      Array.from({ length: 8 }, () => ({})),
    );
    const { message } = await refusal(store.read(NAME));
    expect(message).toContain("record 5,");
    expect(message).not.toContain("record 6,");
    expect(message).toContain("; and 3 more");
  });

  test("a missing file is named with its folder and a way out", async () => {
    for (const reading of [() => store.read(NAME), () => store.readRecords(NAME)]) {
      const { message, exit } = await refusal(reading());
      expect(message).toContain(`${store.path(NAME)} is missing. Run the stage that writes it`);
      expect(exit).toBe(EXIT.failed);
    }
  });

  test("a manifest that is damaged, or names a run that leads out of the folder", async () => {
    await store.write(NAME, [organization(1)], MAKER);
    const manifest = await Bun.file(store.path(manifestName(NAME))).json();
    for (const [field, value] of [
      ["run_id", "../../elsewhere"],
      ["run_id", ".."],
      ["sha256", "short"],
      ["today", "2026-02-30"],
      ["gathered_at", "yesterday"],
    ]) {
      await put(manifestName(NAME), { ...manifest, [String(field)]: value });
      const { message } = await refusal(store.read(NAME));
      expect(message).toContain(`zendesk_global.manifest.json is not a manifest: field ${field}`);
      expect(message).not.toContain(`"${value}"`);
    }
    await put(manifestName(NAME), "{");
    expect((await refusal(store.read(NAME))).message).toContain("zendesk_global.manifest.json is not JSON");
  });
});

describe("hostile keys", () => {
  test.each<ArtifactName>(["zendesk_global.json", "global_accounts.json"])(
    "%s: __proto__ changes nothing",
    async (name) => {
      const record = { ...organization(1), salesforce_id: ACCOUNT, sold_tos: [] };
      const text = JSON.stringify([record]).replace(
        '"organization_fields":{',
        '"organization_fields":{"__proto__":{"polluted":true},"constructor":"x",',
      );
      await put(name, text);
      const [read] = (await store.readRecords(name)).records as { organization_fields: Record<string, unknown> }[];
      expect(read?.organization_fields.polluted).toBeUndefined();
      expect(Object.keys(read?.organization_fields ?? {})).toEqual(["salesforce_id"]);
      expect(({} as Record<string, unknown>).polluted).toBeUndefined();
    },
  );

  test("partner_accounts.json: __proto__ changes nothing", async () => {
    await put(
      "partner_accounts.json",
      `[{"__proto__":{"polluted":true},"salesforce_id":"${ACCOUNT}","name":"n","account_type":null,"support_hold":false}]`,
    );
    const [read] = (await store.readRecords("partner_accounts.json")).records;
    expect(read?.polluted).toBeUndefined();
    expect(Object.keys(read ?? {}).sort()).toEqual(["account_type", "name", "salesforce_id", "support_hold"]);
  });
});

test("a digest over several files is that of their bytes in order", () => {
  expect(sha256Of("ab", Buffer.from("c"))).toBe("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
});

describe("a manifest that is asked for again", () => {
  test("is read once, or never by whoever wrote it, as long as its file stays as it was", async () => {
    await store.write(NAME, [organization(1)], MAKER);
    let opened = 0;
    const files = {
      ...MACHINE.files,
      open: ((...args) => {
        opened++;
        return MACHINE.files.open(...args);
      }) as FileEdge["open"],
    };
    await withEdges({ ...MACHINE, files }, async () => {
      const first = await store.readManifest(NAME);
      expect(await store.readManifest(NAME)).toEqual(first);
      expect([first?.run_id, opened]).toEqual(["run-1", 0]);
      const other = new ArtifactStore(store.directory);
      expect([await other.readManifest(NAME), await other.readManifest(NAME)]).toEqual([first, first]);
      expect(opened).toBe(1);
    });
  });

  test("is seen as it is now, whoever has written or removed it since", async () => {
    const written = await store.write(NAME, [organization(1)], MAKER);
    const name = manifestName(NAME);
    const text = await Bun.file(store.path(name)).text();
    expect(await store.readManifest(NAME)).toEqual(written);
    // In place and as long as before, its time set back: the system knows that it was written to.
    const { atime, mtime } = await stat(store.path(name));
    await put(name, text.replace(written.sha256, sha256Of("something else")));
    await utimes(store.path(name), atime, mtime);
    expect((await store.readManifest(NAME))?.sha256).toBe(sha256Of("something else"));
    expect((await refusal(store.read(NAME))).message).toContain("altered");
    await store.write(NAME, [organization(2)], { ...MAKER, origin: { ...MAKER.origin, run_id: "run-2" } });
    expect((await store.readManifest(NAME))?.run_id).toBe("run-2");
    await new ArtifactStore(store.directory).write(NAME, [organization(3)], MAKER);
    expect((await store.readManifest(NAME))?.run_id).toBe("run-1");
    await rm(store.path(name));
    expect(await store.readManifest(NAME)).toBeNull();
    await rename(store.path(NAME), store.path("elsewhere"));
    await symlink(store.path("elsewhere"), store.path(name));
    expect((await refusal(store.readManifest(NAME))).message).toContain("symbolic link");
  });
});

describe("records of a file that this store wrote or read", () => {
  const sizes = async () => (await store.read(NAME)).records.length;

  test("are handed on without the file being read, each time in a list of their own", async () => {
    await store.write(NAME, [organization(1)], MAKER);
    const files = { ...MACHINE.files, open: (() => Promise.reject(new Error("it was read"))) as FileEdge["open"] };
    await withEdges({ ...MACHINE, files }, async () => {
      const first = await store.read(NAME);
      first.records.length = 0;
      expect((await store.read(NAME)).records).toEqual([organization(1)]);
    });
    await expect(withEdges({ ...MACHINE, files }, () => new ArtifactStore(store.directory).read(NAME))).rejects.toThrow(
      "it was read",
    );
  });

  test("are as their file gives them back: what the schema leaves out or completes is left out or completed", async () => {
    const made = { ...organization(1), more: "than there should be" };
    await store.write(NAME, [made], MAKER);
    const known = await store.read(NAME);
    expect(known).toEqual(await new ArtifactStore(store.directory).read(NAME));
    expect(known.records).toEqual([organization(1)]);
  });

  test("are not believed once the file was written to, replaced or removed, whatever its times say", async () => {
    await store.write(NAME, [organization(1, { support_level: "premium" })], MAKER);
    expect(await sizes()).toBe(1);
    const { atime, mtime } = await stat(store.path(NAME));
    const text = await Bun.file(store.path(NAME)).text();
    await Bun.write(store.path(NAME), text.replace("premium", "premiun"));
    await utimes(store.path(NAME), atime, mtime);
    expect((await refusal(store.read(NAME))).exit).toBe(EXIT.refused);
    await new ArtifactStore(store.directory).write(NAME, [organization(1), organization(2)], MAKER);
    expect(await sizes()).toBe(2);
    await rm(store.path(NAME));
    expect(await store.readIfThere(NAME)).toBeNull();
  });

  test("are not believed against another manifest", async () => {
    const manifest = await store.write(NAME, [organization(1)], MAKER);
    await put(manifestName(NAME), { ...manifest, sha256: sha256Of("something else") });
    expect((await refusal(store.read(NAME))).message).toContain("altered");
  });
});

describe("a large artifact", () => {
  const many = Array.from({ length: 8000 }, (_, index) => organization(index + 1, { note: "x".repeat(100) }));
  const taken = () => new ArtifactStore(store.directory).readInto(NAME, () => new AllRecords<typeof NAME>());

  test("is handed over record by record, with its digest", async () => {
    const { sha256 } = await store.write(NAME, many, MAKER);
    expect((await stat(store.path(NAME))).size).toBeGreaterThan(FEW_BYTES);
    const { taker, artifact } = await taken();
    expect(taker.records).toEqual(many);
    expect(artifact.sha256).toBe(sha256);
    expect((await new ArtifactStore(store.directory).read(NAME)).records).toEqual(many);
  });

  test("S3: is refused where it was altered, and does not validate there or is no JSON", async () => {
    for (const [from, to] of [
      ['"id":7000,', '"id":-7000,'],
      ['{"id":7000,', "{7000,"],
    ] as const) {
      await store.write(NAME, many, MAKER);
      await put(NAME, (await Bun.file(store.path(NAME)).text()).replace(from, to));
      expect(await refusal(taken())).toMatchObject({ exit: EXIT.refused });
      await rm(store.path(manifestName(NAME)));
      expect(await refusal(taken())).toMatchObject({ exit: EXIT.failed });
    }
  });

  test("is read as well where it is laid out otherwise, or only its end is", async () => {
    for (const text of [
      JSON.stringify(many),
      JSON.stringify(many, null, 1),
      `[\n${many.map((one) => JSON.stringify(one)).join(",\n")}]`,
    ]) {
      await put(NAME, text);
      expect((await taken()).taker.records).toEqual(many);
    }
  });
});
