import { afterEach, describe, expect, setDefaultTimeout, test } from "bun:test";
import { reason } from "../../lib/domain/reason.ts";
import { runRecordText } from "../../lib/storage/runs/run-record.ts";
import type { RunningSandbox } from "../../sandbox/start.ts";
import { closeWorlds, ORDER, record, world } from "../../test/support/bot/pipeline-world.ts";
import type { GitlabRunner } from "./gitlab-runner.ts";

setDefaultTimeout(30_000);
afterEach(closeWorlds);

describe("a pipeline that is retried after its end", () => {
  /** One job fails, what comes after it is skipped, the last one tells so. */
  async function failed(runs: GitlabRunner, sandbox: RunningSandbox) {
    const { id } = await runs.start(ORDER);
    sandbox.pipelines.advance(Number(id), { jobs: { "zdsync-gather-accounts": { status: "success" } } });
    const left = record({
      failures: [{ where: "global", reasons: [reason("legacy.text", { text: "Zendesk did not answer" })] }],
    });
    sandbox.pipelines.advance(Number(id), {
      jobs: {
        "zdsync-compare-global": { status: "failed" },
        "zdsync-sync-global": { status: "skipped" },
        "zdsync-summary": { status: "success", artifacts: { "data/run.json": runRecordText(left) } },
      },
    });
    return id;
  }
  const retry = (sandbox: RunningSandbox, id: string) =>
    sandbox.pipelines.advance(Number(id), {
      jobs: {
        "zdsync-compare-global": { retry: true, status: "running" },
        "zdsync-sync-global": { status: "created" },
      },
    });
  const finish = (sandbox: RunningSandbox, id: string, status: "success" | "failed") =>
    sandbox.pipelines.advance(Number(id), {
      jobs: { "zdsync-compare-global": { status }, "zdsync-sync-global": { status: "success" } },
    });
  const PARTS = ["gather-accounts", "sync global", "summary", "compare global"].map((name) => ({
    name,
    state: "done",
  }));

  test.each([
    ["webhooks and the API", {}],
    ["webhooks only", { readToken: null, apiToken: null }],
  ])("is followed to its second end, by %s; a late word of the first changes nothing", async (_by, change) => {
    const { sandbox, runner } = await world(() => change);
    const runs = runner();
    const id = await failed(runs, sandbox);
    const hooks = [sandbox.pipelines.hook(Number(id))];
    runs.webhook(hooks[0]);
    expect(await runs.look(id)).toMatchObject({ status: "ended" });
    expect((await runs.look(id)).parts).toContainEqual({ name: "compare global", state: "failed" });
    retry(sandbox, id);
    runs.webhook(sandbox.pipelines.hook(Number(id)));
    runs.webhook(hooks[0]);
    expect(await runs.look(id)).toMatchObject({ status: "running", endedAt: null, exit: null });
    expect((await runs.look(id)).parts).toContainEqual({ name: "sync global", state: "waiting" });
    expect(await runs.current()).toMatchObject({ id });
    expect(await runs.ended(new Date(0))).toEqual([]);
    finish(sandbox, id, "success");
    runs.webhook(sandbox.pipelines.hook(Number(id)));
    runs.webhook(hooks[0]);
    // The last job did not run again: what it left tells of the first end.
    expect(await runs.look(id)).toMatchObject({ status: "ended", exit: 0, record: null, parts: PARTS });
    expect(await runs.ended(new Date(0))).toMatchObject([{ id, exit: 0 }]);
    expect(await runs.current()).toBeNull();
  });

  test("is read again without any webhook, also where it ends as it had ended before", async () => {
    const { sandbox, runner } = await world();
    const runs = runner();
    const id = await failed(runs, sandbox);
    expect(await runs.ended(new Date(0))).toMatchObject([{ id, exit: 1 }]);
    sandbox.clearRequests();
    await runs.ended(new Date(0));
    // What is known is not asked for again.
    expect(sandbox.requests).toHaveLength(1);
    retry(sandbox, id);
    finish(sandbox, id, "failed");
    const [again] = await runs.ended(new Date(0));
    expect(again).toMatchObject({ id, exit: null, record: null });
    expect(again?.parts).toContainEqual({ name: "sync global", state: "done" });
    sandbox.clearRequests();
    await runs.ended(new Date(0));
    expect(sandbox.requests).toHaveLength(1);
  });
});
