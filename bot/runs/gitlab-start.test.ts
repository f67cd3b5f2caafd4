import { afterEach, describe, expect, setDefaultTimeout, test } from "bun:test";
import { join } from "node:path";
import type { RunningSandbox } from "../../sandbox/start.ts";
import { closeWorlds, end, messageOf, ORDER, record, world } from "../../test/support/bot/pipeline-world.ts";
import { openDatabase } from "../database.ts";
import { createGitlabRunner } from "./gitlab-runner.ts";
import { type RunOrder, StartUnknown } from "./runner.ts";

setDefaultTimeout(30_000);
afterEach(closeWorlds);

describe("a start whose answer was lost", () => {
  const DRY = { instance: null, dryRun: true, atMost: null };
  const MANIFEST = "data/salesforce_accounts.manifest.json";

  /** Asks for a run and loses the answer; the run id that GitLab got, and the pipeline where it made one. */
  async function lost(kind: "lost-answer" | "500", order: RunOrder, meanwhile = (_: RunningSandbox) => {}) {
    let asked: RunningSandbox | null = null;
    const { sandbox, runner, folder } = await world(
      () => ({}),
      ({ service, method }, phase) => {
        if (service === "gitlab" && method === "POST" && phase === "before" && asked) meanwhile(asked);
        return undefined;
      },
    );
    asked = sandbox;
    sandbox.addFault({ kind, service: "gitlab", method: "POST" });
    expect(
      await runner()
        .start(order)
        .catch((error: unknown) => error),
    ).toBeInstanceOf(StartUnknown);
    const [own] = sandbox.pipelines.all();
    return { sandbox, runner, folder, own, runId: String(own?.inputs["run-id"]) };
  }

  /** The job that gathers accounts to its end; its manifest names the run. */
  function gather(sandbox: RunningSandbox, id: number, runId: string) {
    const artifacts = { [MANIFEST]: JSON.stringify({ stage: "gather-accounts", run_id: runId }) };
    const jobs = {
      "zdsync-gather-accounts": { status: "success", artifacts },
      "zdsync-compare-global": { status: "running" },
    } as const;
    sandbox.pipelines.advance(id, { jobs });
  }

  test("never takes somebody else's pipeline, created after it, for its own: it is real and in the way", async () => {
    const { sandbox, runner } = await lost("500", DRY, ({ pipelines }) => {
      pipelines.start({ source: "trigger", inputs: { "run-id": "theirs" } });
    });
    const id = sandbox.pipelines.all()[0]?.id ?? 0;
    const foreign = { id: String(id), origin: "person", dryRun: false };
    expect(await runner().current()).toMatchObject(foreign);
    gather(sandbox, id, "theirs");
    const runs = runner();
    expect(await runs.current()).toMatchObject(foreign);
    expect(await runs.look(String(id))).toMatchObject(foreign);
    end(sandbox, String(id), record({ run_id: "theirs", exit: 0 }));
    expect(await runs.ended(new Date(0))).toMatchObject([foreign]);
  });

  test("is proven by its first manifest while it goes on, and by its record where it has ended", async () => {
    const { sandbox, runner, own, runId } = await lost("lost-answer", ORDER);
    const id = own?.id ?? 0;
    const theirs = sandbox.pipelines.start({ source: "trigger" });
    // Nothing proves it yet.
    expect(await runner().current()).toMatchObject({ id: String(id), origin: "person" });
    gather(sandbox, theirs.id, `pipeline-${theirs.id}`);
    gather(sandbox, id, runId);
    const runs = runner();
    expect(await runs.current()).toMatchObject({ id: String(id), origin: "bot", startedBy: "this bot" });
    expect(await runs.look(String(theirs.id))).toMatchObject({ origin: "person" });
    end(sandbox, String(id), record({ run_id: runId, exit: 0 }));
    expect(await runner().ended(new Date(0))).toMatchObject([{ id: String(id), origin: "bot" }]);

    const late = await lost("lost-answer", ORDER);
    end(late.sandbox, String(late.own?.id), record({ run_id: late.runId, exit: 0 }));
    expect(await late.runner().ended(new Date(0))).toMatchObject([{ origin: "bot", exit: 0 }]);
  });

  test("of a dry run is in nobody's way any more once it is proven; a file that cannot be had proves nothing", async () => {
    const { sandbox, runner, own, runId } = await lost("lost-answer", DRY);
    const id = own?.id ?? 0;
    const runs = runner();
    expect(await runs.current()).toMatchObject({ id: String(id), origin: "person" });
    gather(sandbox, id, runId);
    sandbox.addFault({ kind: "500", service: "gitlab", method: "GET", path: "artifacts", times: 4 });
    expect(await runs.current()).toMatchObject({ id: String(id), origin: "person" });
    expect(await runs.current()).toBeNull();
    expect(await runs.look(String(id))).toMatchObject({ origin: "bot", dryRun: true });
  });

  test("is the same where the bot was killed between GitLab's answer and its own note", async () => {
    const { sandbox, runner, folder } = await world();
    const { id } = await runner().start(ORDER);
    const database = openDatabase(join(folder, "bot.sqlite"));
    // As it stood before the note.
    expect(database.run("update pipeline_starts set id = null").changes).toBe(1);
    expect(await runner().current()).toMatchObject({ id, origin: "person" });
    gather(sandbox, Number(id), String(sandbox.pipelines.all()[0]?.inputs["run-id"]));
    expect(await runner().current()).toMatchObject({ id, origin: "bot" });
  });

  test("is kept before GitLab is asked, not kept where GitLab refuses, and forgotten after thirty days", async () => {
    const { sandbox, settings, folder } = await world();
    const database = openDatabase(join(folder, "bot.sqlite"));
    const kept = () => database.query<{ run_id: string; id: number | null }, []>("select * from pipeline_starts").all();
    let now = new Date("2026-11-24T10:00:00Z");
    const runs = createGitlabRunner(settings, { database, clock: () => now, cache: folder, sleep: async () => {} });
    let before: unknown[] = [];
    sandbox.pipelines.onCreated(() => {
      before = kept();
    });
    const { id } = await runs.start(ORDER);
    const runId = String(sandbox.pipelines.all()[0]?.inputs["run-id"]);
    expect(before).toMatchObject([{ run_id: runId, id: null }]);
    expect(kept()).toMatchObject([{ run_id: runId, id: Number(id) }]);
    const refused = createGitlabRunner(
      { ...settings, triggerToken: "glptt-wrong" },
      { database, clock: () => now, cache: folder },
    );
    expect(await messageOf(refused.start(ORDER))).toContain("GITLAB_TRIGGER_TOKEN");
    expect(kept()).toHaveLength(1);
    now = new Date("2026-12-23T10:00:00Z");
    await runs.start(ORDER);
    expect(kept()).toHaveLength(2);
    now = new Date("2026-12-24T10:00:01Z");
    const { id: last } = await runs.start(ORDER);
    expect(kept()).toHaveLength(2);
    expect(kept().map(({ id }) => String(id))).not.toContain(id);
    expect(kept().map(({ id }) => String(id))).toContain(last);
  });

  test("its record says whether it was a dry run, whatever was asked for", async () => {
    const { sandbox, runner } = await world();
    const { id } = await runner().start(DRY);
    end(sandbox, id, record({ dry_run: false, exit: 0 }));
    expect(await runner().look(id)).toMatchObject({ dryRun: false });
  });
});
