import { expect, test } from "bun:test";
import { checkGone, checkSeed, type SeedEnd } from "../safety/storm-seed.ts";

/** What only real sockets can show; storms in number are played by `bun run stories`. */
const SEEDS = 15;
const HOUR = 3_600_000;

test(
  "S5 S6: fifteen storms over real sockets: each run ends, counts add up, what is wrong is named, and the next run repairs it",
  async () => {
    const ends: SeedEnd[] = [];
    for (let seed = 1; seed <= SEEDS; seed++) ends.push(await checkSeed(seed, 3));
    const faults = ends.reduce((sum, end) => sum + end.faults, 0);
    const requests = ends.reduce((sum, end) => sum + end.requests, 0);
    const kinds = new Set(ends.flatMap((end) => end.kinds));
    const exits = [...Map.groupBy(ends, ({ exit }) => exit)].map(([exit, { length }]) => `exit ${exit}: ${length}`);
    const wrong = ends.filter(({ complaints }) => complaints.length > 0);
    console.log(
      `figures: fault storm: ${SEEDS} seeds, ${faults} of ${requests} requests failed in ${kinds.size} ways, ${exits.join(", ")}, ${wrong.length} wrong`,
    );
    expect(wrong).toEqual([]);
    // Every way to fail was played: 10 of any remote, 409 and 404, and those of bulk jobs.
    expect(kinds.size).toBe(16);
  },
  HOUR,
);

for (const path of [/job_statuses/, /users\/(?:create|update)_many/, /organizations\/update_many/])
  test(
    `S6: what answers nothing but errors, ${path.source}: every planned record is accounted for`,
    async () => {
      expect(await checkGone(path)).toEqual([]);
    },
    HOUR,
  );
