import { expect, test } from "bun:test";
import { type PruneDeps, pruneDaily } from "./prune-daily.ts";

test("now and once a day, until it is ended; what fails is told, and the others go on", () => {
  const warnings: string[] = [];
  const pruned: Date[] = [];
  const clock = { now: new Date("2026-11-24T12:00:00Z") };
  const timer = { call: () => {}, milliseconds: 0 };
  const every: PruneDeps["every"] = (milliseconds, call) => {
    Object.assign(timer, { call, milliseconds });
    return () => Object.assign(timer, { call: () => {} });
  };
  const broken = () => {
    throw new Error("database is locked");
  };
  const end = pruneDaily({
    prunes: [broken, (now) => void pruned.push(now)],
    clock: () => clock.now,
    warn: (message) => void warnings.push(message),
    every,
  });
  expect(timer.milliseconds).toBe(86_400_000);
  clock.now = new Date("2026-11-25T12:00:00Z");
  timer.call();
  end();
  timer.call();
  expect(pruned).toEqual([new Date("2026-11-24T12:00:00Z"), new Date("2026-11-25T12:00:00Z")]);
  expect(warnings).toHaveLength(2);
});
