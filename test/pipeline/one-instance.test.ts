import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { copyFile, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { ENVIRONMENT_PREFIX, FILE_PREFIX, INSTANCES, type InstanceName } from "../../lib/domain/instance.ts";
import { EXIT } from "../../lib/errors.ts";
import { RUN_TIMEOUT, startWorld, stateOf, type TestWorld } from "./world.ts";

/** Data of one instance stays there: what works on the other neither asks for it nor is given it. */
setDefaultTimeout(RUN_TIMEOUT);

const otherThan = (instance: InstanceName) => INSTANCES.find((one) => one !== instance) ?? instance;

/** A world whose environment has nothing of one Zendesk. */
function startWithout(instance: InstanceName): Promise<TestWorld> {
  const prefix = `${ENVIRONMENT_PREFIX[instance]}_`;
  const env = (all: Record<string, string>) =>
    Object.fromEntries(Object.entries(all).filter(([name]) => !name.startsWith(prefix)));
  return startWorld({ env });
}

/** A folder with only these artifacts of a data directory, each with its manifest. */
async function folderWith(world: TestWorld, name: string, files: readonly string[]): Promise<string> {
  const folder = join(world.dataDir, name);
  await mkdir(folder);
  for (const file of files.flatMap((one) => [one, one.replace(".json", ".manifest.json")]))
    await copyFile(join(world.dataDir, file), join(folder, file));
  return folder;
}

describe.each([...INSTANCES])("zdsync run --instance %s", (instance) => {
  const other = otherThan(instance);

  test("needs no credentials of the other Zendesk, and sends it no request", async () => {
    await using world = await startWithout(other);
    const { exit, summary } = await world.run({ instance });
    expect({ exit, failures: summary.failures }).toEqual({ exit: EXIT.done, failures: [] });
    const services = world.sandbox.requests.map(({ service }) => service);
    expect(services.filter((service) => service === `zendesk-${instance}`).length).toBeGreaterThan(10);
    expect(services.filter((service) => service === `zendesk-${other}`)).toEqual([]);
    expect(world.printed()).not.toContain(`Zendesk ${other}`);
    const files = await readdir(world.dataDir);
    expect(files.filter((file) => file.startsWith(`${FILE_PREFIX[other]}_`))).toEqual([]);
    expect(files).not.toContain(`zendesk_${FILE_PREFIX[other]}.json`);
  });

  test("leaves its instance as a run of both does", async () => {
    await using world = await startWithout(other);
    await using both = await startWorld();
    await world.run({ instance });
    await both.run();
    const index = INSTANCES.indexOf(instance);
    expect(stateOf(world.sandbox)[index]).toEqual(stateOf(both.sandbox)[index] as never);
  });

  test("previews as a run of both does", async () => {
    await using world = await startWithout(other);
    await using both = await startWorld();
    const digests = async (one: TestWorld, given: Record<string, string>) =>
      (await one.preview(given)).summary.reports.flatMap(({ comparison }) =>
        comparison?.name.startsWith(FILE_PREFIX[instance]) ? comparison.digest : [],
      );
    expect(await digests(world, { instance })).toEqual(await digests(both, {}));
  });
});

describe("process --instance", () => {
  test("reads and makes only what is that instance's; the comparisons are as with everything", async () => {
    await using world = await startWorld();
    const whole = await world.preview();
    const digestOf = (name: string) =>
      whole.summary.reports.find(({ comparison }) => comparison?.name === name)?.comparison?.digest;
    for (const instance of INSTANCES) {
      const prefix = FILE_PREFIX[instance];
      const made = await folderWith(world, `process-${prefix}`, ["salesforce_accounts.json", "partner_accounts.json"]);
      expect((await world.stage("process", { "data-dir": made, instance })).exit).toBe(EXIT.done);
      expect(await readdir(made)).not.toContain(`${FILE_PREFIX[otherThan(instance)]}_accounts.json`);
      const gathered = [`zendesk_${prefix}.json`, "merged_accounts.json"];
      if (instance === "global") gathered.push("zendesk_global_addresses.json");
      const compared = await folderWith(world, `compare-${prefix}`, gathered);
      for (const file of [`${prefix}_accounts`, `${prefix}_moved`, "customer_ids", "partner_ids"])
        for (const end of [".json", ".manifest.json"])
          await copyFile(join(made, file + end), join(compared, file + end));
      const { report } = await world.stage("compare", { "data-dir": compared, instance });
      expect(report?.comparison?.digest).toBe(digestOf(prefix) ?? "");
    }
    const partners = await folderWith(world, "partners", [
      "partner_accounts.json",
      "zendesk_global.json",
      "customer_ids.json",
      "merged_accounts.json",
    ]);
    const { report } = await world.stage("partner-sync", { "data-dir": partners, "dry-run": "true" });
    expect(report?.comparison?.planned).toEqual(
      whole.summary.reports.find(({ comparison }) => comparison?.name === "partner")?.comparison?.planned as never,
    );
  });

  test("B5: notes and kept overrides of each job are its own instance's; together they are those of one process", async () => {
    await using world = await startWorld();
    await world.preview();
    // Whoever moved away from the one has all subscriptions in the other.
    const only = {
      global: await world.artifact("usgov_moved.json"),
      "us-government": await world.artifact("global_moved.json"),
    };
    const override = (id: unknown, instance: InstanceName) =>
      `- salesforce_id: ${id}\n  reason: asked by ${instance}\n  instance: ${instance}\n  ends_on: 2020-01-01\n  expiration_date: 2027-01-01\n`;
    const ids = INSTANCES.map((instance) => ({ instance, id: String(only[instance][0]?.salesforce_id) }));
    world.sandbox.setOverrides(ids.map(({ id, instance }) => override(id, instance)).join(""));
    const folder = await folderWith(world, "both", ["salesforce_accounts.json", "partner_accounts.json"]);
    const notes = async () => {
      const files = INSTANCES.map((instance) => join(folder, `process_${FILE_PREFIX[instance]}_notes.json`));
      return Promise.all(files.map((file) => readFile(file, "utf8")));
    };
    await writeFile(join(folder, "process_notes.json"), "of an earlier version");
    expect((await world.stage("process", { "data-dir": folder })).exit).toBe(EXIT.done);
    const whole = await notes();
    expect(whole[0]).not.toBe(whole[1]);
    for (const instance of INSTANCES) {
      const alone = await folderWith(world, `alone-${instance}`, ["salesforce_accounts.json", "partner_accounts.json"]);
      expect((await world.stage("process", { "data-dir": alone, instance })).exit).toBe(EXIT.done);
      const left = (await readdir(alone)).filter((name) => /^process_.*notes\.json$/.test(name));
      expect(left).toEqual([`process_${FILE_PREFIX[instance]}_notes.json`]);
      expect(await readFile(join(alone, left[0] ?? ""), "utf8")).toBe(whole[INSTANCES.indexOf(instance)] ?? "");
      const kept = await readdir(join(alone, "inputs"));
      const overrides = `${FILE_PREFIX[instance]}_overrides.yml`;
      expect(kept.sort()).toEqual([overrides, "plans.yml", "zdsync.config.yml"].sort());
      const texts = [left[0] ?? "", `inputs/${overrides}`];
      const text = (await Promise.all(texts.map((name) => readFile(join(alone, name), "utf8")))).join();
      for (const { salesforce_id: id } of only[otherThan(instance)]) expect(text).not.toContain(String(id));
      expect(text).not.toContain(`asked by ${otherThan(instance)}`);
      expect(text).toContain(`asked by ${instance}`);
      expect(text).toContain("override.ended");
    }
    expect(await readdir(folder)).not.toContain("process_notes.json");
  });

  test("customer_ids.json and partner_ids.json hold ids and nothing else", async () => {
    await using world = await startWorld();
    await world.preview();
    for (const [ids, accounts] of [
      ["customer_ids.json", "salesforce_accounts.json"],
      ["partner_ids.json", "partner_accounts.json"],
    ] as const) {
      const all = await world.artifact(accounts);
      expect(await world.artifact(ids)).toEqual(all.map(({ salesforce_id }) => ({ salesforce_id })));
    }
  });

  test("a stage of both instances calls its report after itself", async () => {
    await using world = await startWorld();
    await world.preview();
    expect((await world.stage("process", { instance: "both" })).exit).toBe(EXIT.done);
    const reports = (await readdir(world.dataDir)).filter(
      (file) => file.startsWith("process_") && file.endsWith("report.md"),
    );
    expect(reports).toEqual(["process_report.md"]);
    const report = await readFile(join(world.dataDir, "process_report.md"), "utf8");
    expect(report).toContain("Zendesk global");
    expect(report).toContain("Zendesk us-government");
  });

  test("A3: without partner_accounts.json it reads off its own organizations who is a partner", async () => {
    await using world = await startWorld();
    await world.preview();
    const folder = await folderWith(world, "original", [
      "salesforce_accounts.json",
      "zendesk_global.json",
      "merged_accounts.json",
    ]);
    await writeFile(join(folder, "zendesk_usgov.json"), "nothing of global's business");
    await writeFile(join(folder, "partner_ids.json"), "of an earlier run");
    const { exit } = await world.stage("process", { "data-dir": folder, instance: "global" });
    expect(exit).toBe(EXIT.done);
    expect(await readdir(folder)).not.toContain("partner_ids.json");
    await rm(join(folder, "zendesk_usgov.json"));
    expect(JSON.parse(await readFile(join(folder, "global_accounts.json"), "utf8")).length).toBeGreaterThan(10);
    const allow = "marks=5"; // one partner more without an account_type: the limit is 4
    expect((await world.stage("compare", { "data-dir": folder, instance: "global", allow })).exit).toBe(EXIT.done);
  });
});

describe("C3, C9: an account that moved to the other instance", () => {
  const OLD = "C9 moved from global to us-government";
  const kept = async (world: TestWorld) => {
    const ids = world.sandbox.world.oddities.filter(({ name }) => name.startsWith(OLD)).map((one) => one.salesforce_id);
    const organizations = world.sandbox.zendesk("global").organizations as unknown as {
      id: number;
      organization_fields: Record<string, unknown>;
    }[];
    return organizations.filter((one) => ids.includes(String(one.organization_fields.salesforce_id)));
  };

  test("its organization is reported in every run and stays as it is, whatever the state of its subscription there", async () => {
    await using world = await startWorld();
    const before = JSON.stringify(await kept(world));
    expect(await kept(world)).toHaveLength(2);
    for (const _ of ["first", "second"]) {
      expect((await world.run()).exit).toBe(EXIT.done);
      const notes = await world.artifact("global_notes.json");
      for (const { id } of await kept(world))
        expect(notes.find((note) => note.id === id)).toMatchObject({ rule: "C9", code: "mark.account_moved" });
      expect(await world.text("report.md")).toContain("one in the other");
    }
    expect(JSON.stringify(await kept(world))).toBe(before);
    expect(await world.artifact("usgov_moved.json")).toEqual(expect.arrayContaining([]));
    for (const record of await world.artifact("global_moved.json"))
      expect(Object.keys(record)).toEqual(["salesforce_id"]);
  });

  test("one that is marked already is reported with what to do, unless it is migrating; run.json has all of them, by ids", async () => {
    await using world = await startWorld();
    const [first, second] = await kept(world);
    world.sandbox.editOrganization("global", first?.id ?? 0, { organization_fields: { mark_for_deletion: true } });
    const migrating = { mark_for_deletion: true, migrating: true };
    world.sandbox.editOrganization("global", second?.id ?? 0, { organization_fields: migrating });
    const { exit, summary } = await world.run();
    expect(exit).toBe(EXIT.done);
    const notes = (await world.artifact("global_notes.json")).filter(({ code }) => code === "mark.of_moved_account");
    expect(notes).toMatchObject([{ rule: "C9", id: first?.id }]);
    expect(await world.text("report.md")).toContain("clear its mark_for_deletion and set migrating");
    const record = JSON.parse(await world.text(join("history", summary.run_id, "run.json")));
    expect(record.moved).toMatchObject([{ comparison: "global", id: first?.id, code: "mark.of_moved_account" }]);
    expect(Object.keys(record.moved[0]).sort()).toEqual([
      "code",
      "comparison",
      "id",
      "params",
      "reason",
      "salesforce_id",
    ]);
  });

  test("moved_organizations: mark marks it, as long as nobody has set migrating", async () => {
    await using world = await startWorld({ config: (text) => `${text}\nmoved_organizations: mark\n` });
    const [first, second] = await kept(world);
    world.sandbox.editOrganization("global", first?.id ?? 0, { organization_fields: { migrating: true } });
    expect((await world.run()).exit).toBe(EXIT.done);
    const marked = (await kept(world)).filter((one) => one.organization_fields.mark_for_deletion === true);
    expect(marked.map(({ id }) => id)).toEqual([second?.id ?? 0]);
  });
});
