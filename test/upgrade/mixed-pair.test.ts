import { afterEach, describe, expect, setDefaultTimeout, test } from "bun:test";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as v from "valibot";
import { artifactsOf } from "../../bot/runs/pipeline-files.ts";
import { inputsOf } from "../../bot/runs/pipeline-orders.ts";
import { RunnerError } from "../../bot/runs/runner.ts";
import { COMPARISONS } from "../../lib/domain/comparisons.ts";
import { CONFIRMED_EFFECTS, type ConfirmedCounts, parseConfirmedCounts } from "../../lib/domain/confirmed-counts.ts";
import { EXIT } from "../../lib/errors.ts";
import { readProcessNotes } from "../../lib/storage/artifacts/process-notes.ts";
import { inputErrors } from "../../sandbox/gitlab/pipeline-inputs.ts";
import { QUICK, RUN_TIMEOUT, startWorld } from "../pipeline/world.ts";
import { smallWorld } from "../safety/small-world.ts";
import { closeWorlds, JOBS, world as pipelineWorld } from "../support/bot/pipeline-world.ts";
import { RunRecordSchema as EarlierRunRecord } from "./data-0.1.0/run-record-schema.ts";
import { KEPT, keptPipelineInputs, pipelineInputs, RUNS } from "./kept-version.ts";

setDefaultTimeout(RUN_TIMEOUT);
afterEach(closeWorlds);

/* A bot and an image of two versions, which is what there is between the two halves of every upgrade. */

/** What a person confirms where `effects` are planned in global, and nothing else anywhere; zeros are named. */
function confirmed(effects: Record<string, number>): ConfirmedCounts {
  const counts = (given: Record<string, number>) =>
    Object.fromEntries(CONFIRMED_EFFECTS.map((effect) => [effect, given[effect] ?? 0]));
  return Object.fromEntries(COMPARISONS.map((name) => [name, counts(name === "global" ? effects : {})]));
}

const order = (atMost: ConfirmedCounts) => ({ instance: null, dryRun: false, atMost });

describe("this version's bot, the image of the version before", () => {
  test("what it confirms is an input there, as long as nothing is planned that the image does not count", async () => {
    const declared = await keptPipelineInputs();
    for (const effects of [{}, { creates: 3, updates: 12, marks: 1, downgrades: 1 }])
      expect(inputErrors(declared, inputsOf(order(confirmed(effects)), "run-1"))).toEqual([]);
    expect(inputErrors(declared, inputsOf({ instance: "global", dryRun: true, atMost: null }, "run-1"))).toEqual([]);
  });

  test("contacts, which that image cannot be bound by: no pipeline is started, and what to do is said", async () => {
    const { sandbox, runner } = await pipelineWorld();
    sandbox.pipelines.define({ inputs: await keptPipelineInputs(), jobs: () => JOBS.map((name) => ({ name })) });
    const failed = await runner()
      .start(order(confirmed({ creates: 3, contacts: 2 })))
      .catch((error: unknown) => error);
    expect(failed).toBeInstanceOf(RunnerError);
    expect((failed as RunnerError).message).toMatch(
      /does not accept the inputs that the bot sends .*must include zdsync's pipeline in the bot's version/,
    );
    expect(sandbox.pipelines.all()).toEqual([]);
  });

  test("its pipeline is followed to its end by its record", async () => {
    const { sandbox, runner } = await pipelineWorld();
    sandbox.pipelines.define({ inputs: await keptPipelineInputs(), jobs: () => JOBS.map((name) => ({ name })) });
    const runs = runner();
    const { id } = await runs.start(order(confirmed({ updates: 1 })));
    const runId = String(sandbox.pipelines.all()[0]?.inputs["run-id"]);
    const left = await readFile(join(KEPT, "left-behind/history", RUNS.untold, "run.json"), "utf8");
    sandbox.pipelines.advance(Number(id), {
      jobs: {
        ...Object.fromEntries(JOBS.map((name) => [name, { status: "success" as const }])),
        "zdsync-summary": { status: "success", artifacts: { "data/run.json": left.replaceAll(RUNS.untold, runId) } },
      },
    });
    const state = await runs.look(id);
    expect(state).toMatchObject({ status: "ended", exit: 0 });
    expect(state.record?.comparisons.find(({ name }) => name === "global")?.planned).toMatchObject({
      updates: 1,
      contacts: 0,
    });
  });

  test("its files are read: one job processed both instances, and no contacts were planned", async () => {
    const folder = await mkdtemp(join(tmpdir(), "zdsync-upgrade-"));
    try {
      const jobs = ["gather-accounts", "gather-orgs-global", "process", "compare-global", "sync-global", "user-sync"];
      const store = await artifactsOf(
        { folder, download: (_job, name) => readFile(join(KEPT, "left-behind", name)).catch(() => null) },
        1,
        "1",
        jobs.map((name, index) => ({
          id: index + 1,
          name: `zdsync-${name}`,
          status: "success",
          startedAt: null,
          finishedAt: null,
        })),
      );
      expect(store).not.toBeNull();
      for (const name of ["salesforce_accounts.json", "usgov_accounts.json", "global_results.json"] as const)
        expect((await store?.read(name))?.records.length).toBeGreaterThan(0);
      expect(await store?.readIfThere("global_contacts.json")).toBeNull();
      // One file has what process noted of both instances, and either is read from it.
      const notes = store && (await readProcessNotes(store, { instances: ["us-government"], runId: null }));
      expect(notes).toEqual((await store?.read("process_notes.json"))?.records ?? []);
      expect(notes?.length).toBeGreaterThan(0);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});

describe("the bot of the version before, this version's image", () => {
  /** As that bot sent them: its counts stand in its database, every one of its four effects named. */
  const SENT =
    "global.creates=5 global.updates=3 global.marks=1 global.downgrades=1 usgov.creates=1 usgov.updates=1 usgov.marks=1 usgov.downgrades=0 partner.creates=1 partner.updates=1 partner.marks=1 partner.downgrades=0 usgov_user.creates=2 usgov_user.updates=3 usgov_user.marks=1 usgov_user.downgrades=0";

  test("what it sends are inputs here, and bind", async () => {
    const sql = await readFile(join(KEPT, "left-behind/bot/bot.sql"), "utf8");
    expect(sql).toContain(`confirm ${SENT}`);
    const sent = { "run-id": RUNS.whole, "dry-run": false, "at-most": SENT };
    expect(inputErrors(await pipelineInputs(), sent)).toEqual([]);
    expect(parseConfirmedCounts(SENT)?.global).toEqual({ creates: 5, updates: 3, marks: 1, downgrades: 1 });
  });

  test("it confirms no contacts: with contacts planned nothing is written, and the reason says to update the bot", async () => {
    await using world = await startWorld({ timing: QUICK, world: smallWorld() });
    const { exit, summary } = await world.run({ "at-most": SENT });
    expect([exit, world.sandbox.writes()]).toEqual([EXIT.refused, []]);
    expect(summary.refusals?.map(({ code }) => code)).toContain("count.unconfirmed");
    expect(world.printed()).toMatch(/Earlier versions of the bot do not confirm contacts.*update the bot first\./);
  });

  test("the record of each kind of run is read there", async () => {
    await using world = await startWorld({ timing: QUICK, world: smallWorld() });
    const asRecorded = async (given: Record<string, string>) => {
      const { summary } = await world.run(given);
      const text = await world.text(`history/${summary.run_id}/run.json`);
      return v.parse(EarlierRunRecord, JSON.parse(text));
    };
    expect(await asRecorded({ "dry-run": "true" })).toMatchObject({ dry_run: true, exit: 0 });
    const refused = await asRecorded({ "at-most": "global.creates=0" });
    expect(refused).toMatchObject({ exit: 4 });
    expect(refused.comparisons.flatMap(({ unconfirmed }) => unconfirmed).length).toBeGreaterThan(0);
    const done = await asRecorded({});
    expect(done).toMatchObject({ exit: 0, comparisons: [{}, {}, {}, {}] });
  });

  // Not process_notes.json: what is in it is no longer one file for both instances, and that bot goes on without it.
  test("the files that it fetches are there under their names, each reason as a text", async () => {
    await using world = await startWorld({ timing: QUICK, world: smallWorld() });
    await world.run();
    const changes = COMPARISONS.flatMap((name) =>
      ["creates", "updates", "not_in_sync", "notes"].map((one) => `${name}_${one}`),
    );
    const gathered = ["salesforce_accounts", "partner_accounts", "zendesk_global", "zendesk_usgov"];
    const others = ["global_accounts", "usgov_accounts", "usgov_users", "usgov_user_contacts"];
    const results = COMPARISONS.map((name) => `${name}_results`);
    for (const name of [...gathered, ...others, ...changes, ...results])
      for (const record of await world.artifact(`${name}.json`))
        if (/notes$|results$/.test(name))
          expect({ name, reason: record.reason === null || typeof record.reason === "string" }).toEqual({
            name,
            reason: true,
          });
  });
});
