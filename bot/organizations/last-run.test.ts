import { expect, test } from "bun:test";
import { ArtifactStore } from "../../lib/storage/artifacts/store.ts";
import { at, runAt } from "../../test/support/bot/run-states.ts";
import { lastRunOf } from "./last-run.ts";

const RUNS = Array.from({ length: 8 }, (_, hour) => runAt(hour)).toReversed();

/** A runner of which only some runs left files; how far back it is asked is noted down. */
function runner(withFiles: readonly string[]) {
  const asked: Date[] = [];
  const tried: string[] = [];
  const ended = async (since: Date) => {
    asked.push(since);
    return RUNS.filter(({ startedAt }) => startedAt >= since);
  };
  const artifacts = async (id: string) => {
    tried.push(id);
    return withFiles.includes(id) ? new ArtifactStore(`/data/${id}`) : null;
  };
  return { asked, tried, ended, artifacts };
}

test("the last two hours come first: a month of runs is never asked for", async () => {
  const runs = runner(["run-7"]);
  expect((await lastRunOf(runs, at(8)))?.store.directory).toBe("/data/run-7");
  expect(runs.asked).toEqual([at(6)]);
  const none = runner([]);
  expect(await lastRunOf({ ...none, ended: async (since) => (await none.ended(since)).slice(0, 0) }, at(8))).toBeNull();
  expect(none.asked.at(-1)).toEqual(at(8 - 7 * 24));
});

test("runs without files are passed over, five at most, each tried once", async () => {
  const runs = runner(["run-4"]);
  expect((await lastRunOf(runs, at(8)))?.endedAt).toEqual(new Date(at(4).getTime() + 300_000));
  expect(runs.tried).toEqual(["run-7", "run-6", "run-5", "run-4"]);
  const far = runner(["run-0"]);
  expect(await lastRunOf(far, at(8))).toBeNull();
  expect(far.tried).toHaveLength(5);
});
