import { expect, test } from "bun:test";
import { at, runAt } from "../../test/support/bot/run-states.ts";
import { findInRuns, newestRun } from "./newest-run.ts";
import { RecentRuns } from "./recent-runs.ts";
import type { RunState } from "./runner.ts";

/** A runner that counts what it is asked, and the clock. */
function world(runs: RunState[] = [runAt(8), runAt(7)]) {
  const asked = { current: 0, ended: [] as Date[] };
  const answers = { current: async (): Promise<RunState | null> => null };
  const clock = { now: at(9) };
  const runner = {
    kind: "gitlab" as const,
    current: () => {
      asked.current++;
      return answers.current();
    },
    ended: async (since: Date) => {
      asked.ended.push(since);
      return runs.filter(({ endedAt }) => endedAt !== null && endedAt >= since);
    },
  };
  const recent = new RecentRuns(runner, () => clock.now);
  const pass = (milliseconds: number) => {
    clock.now = new Date(clock.now.getTime() + milliseconds);
  };
  return { asked, answers, clock, recent, runner, pass };
}

test("a hundred at once, and others until two seconds later: one question; then another", async () => {
  const { asked, recent, pass } = world();
  await Promise.all(Array.from({ length: 100 }, () => Promise.all([recent.current(), recent.ended(at(6))])));
  pass(1_999);
  await recent.current();
  expect((await recent.ended(at(6))).map(({ id }) => id)).toEqual(["run-8", "run-7"]);
  expect([asked.current, asked.ended.length]).toEqual([1, 1]);
  pass(1);
  await Promise.all([recent.current(), recent.ended(at(6))]);
  expect([asked.current, asked.ended.length]).toEqual([2, 2]);
});

test("a question that takes long is shared for as long as it takes, and its answer is new then", async () => {
  const { asked, answers, recent, pass } = world();
  const late = Promise.withResolvers<RunState | null>();
  answers.current = () => late.promise;
  const first = recent.current();
  pass(30_000);
  const second = recent.current();
  late.resolve(runAt(8));
  expect((await Promise.all([first, second])).map((run) => run?.id)).toEqual(["run-8", "run-8"]);
  pass(1_000);
  await recent.current();
  expect(asked.current).toBe(1);
});

test("whoever asks less far back gets the part that is meant; further back is asked for", async () => {
  const { asked, recent } = world();
  expect(await recent.ended(at(6))).toHaveLength(2);
  expect((await recent.ended(at(7.5))).map(({ id }) => id)).toEqual(["run-8"]);
  expect(asked.ended).toHaveLength(1);
  expect(await recent.ended(at(5))).toHaveLength(2);
  expect(asked.ended).toHaveLength(2);
});

test("what failed is told to those who asked, and asked again by the next", async () => {
  const { asked, answers, recent } = world();
  answers.current = async () => Promise.reject(new Error("GitLab is down"));
  const ended = await Promise.allSettled([recent.current(), recent.current()]);
  expect(ended.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
  answers.current = async () => null;
  expect(await recent.current()).toBeNull();
  expect(asked.current).toBe(2);
});

test("forgotten: the next one sees what has changed", async () => {
  const { asked, recent } = world();
  await Promise.all([recent.current(), recent.ended(at(6))]);
  recent.forget();
  await Promise.all([recent.current(), recent.ended(at(6))]);
  expect([asked.current, asked.ended.length]).toEqual([2, 2]);
});

test("the newest that is meant: near runs are asked for first, and a week at most", async () => {
  const { asked, runner } = world([runAt(8), runAt(3)]);
  expect((await newestRun(runner, at(9), () => true))?.id).toBe("run-8");
  expect(asked.ended).toEqual([at(7)]);
  expect((await newestRun(runner, at(9), ({ id }) => id === "run-3"))?.id).toBe("run-3");
  expect(await newestRun(runner, at(9), () => false)).toBeNull();
  expect(asked.ended.at(-1)).toEqual(at(9 - 7 * 24));
});

test("what is looked for in runs: each is looked at once, and so many at most", async () => {
  const { runner } = world([runAt(8), runAt(3), runAt(2)]);
  const looked: string[] = [];
  const nothing = ({ id }: RunState) => {
    looked.push(id);
    return null;
  };
  expect(await findInRuns(runner, at(9), nothing)).toBeNull();
  expect(looked.splice(0)).toEqual(["run-8", "run-3", "run-2"]);
  await findInRuns(runner, at(9), nothing, 2);
  expect(looked).toEqual(["run-8", "run-3"]);
});
