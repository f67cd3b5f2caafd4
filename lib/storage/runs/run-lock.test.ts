import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdir, mkdtemp, readdir, rm, stat, utimes } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { emptySimulation, endSimulations } from "../../../test/simulate/kernel/empty-simulation.ts";
import { sleep } from "../../edges/clock.ts";
import { EXIT, exitCodeOf, messageOf, RefusedError } from "../../errors.ts";
import { lockHolder, type Machine, takeLock } from "./run-lock.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "zdsync-lock-"));
});
afterEach(() => rm(folder, { recursive: true }));
afterEach(endSimulations);

const lockFile = () => join(folder, "zdsync.lock");
const NOW = new Date("2026-11-23T12:00:00Z");

/** A machine where only the given processes live. */
function machine(pid: number, alive: number[] = [pid], host = "here", now = NOW): Machine {
  return { host, pid, bootedAt: 0, isAlive: (one) => alive.includes(one), now: () => now };
}

/** A lock as another run left it, its heart last beaten so many seconds ago. */
async function leftLock(holder: { host: string; pid: number } | string, secondsAgo = 0): Promise<void> {
  const text =
    typeof holder === "string"
      ? holder
      : JSON.stringify({ ...holder, command: "sync", run_id: "run-0", since: "2026-11-23T11:00:00.000Z" });
  await Bun.write(lockFile(), text);
  const beat = new Date(NOW.getTime() - secondsAgo * 1000);
  await utimes(lockFile(), beat, beat);
}

async function refusal(taking: Promise<unknown>): Promise<string> {
  const error = await taking.then(
    () => null,
    (reason: unknown) => reason,
  );
  expect(exitCodeOf(error)).toBe(EXIT.refused);
  return messageOf(error);
}

async function holder(): Promise<unknown> {
  return Bun.file(lockFile()).json();
}

describe("S11: one run at a time", () => {
  test("the lock says who, what and since when, to its owner only; it is gone at the end", async () => {
    const unlock = await takeLock(folder, "run", "run-1", machine(10));
    expect(await holder()).toEqual({
      host: "here",
      pid: 10,
      command: "run",
      run_id: "run-1",
      since: NOW.toISOString(),
    });
    expect((await stat(lockFile())).mode & 0o777).toBe(0o600);
    await unlock();
    expect(await readdir(folder)).toEqual([]);
  });

  test("a second run is refused with who and since when; afterwards it gets the lock", async () => {
    const unlock = await takeLock(folder, "sync", "run-1", machine(10));
    const message = await refusal(takeLock(folder, "run", "run-2", machine(11, [10, 11])));
    expect(message).toContain("zdsync sync (run run-1) on here, process 10, since 2026-11-23T12:00:00.000Z");
    await unlock();
    await (await takeLock(folder, "run", "run-2", machine(11, [10, 11])))();
  });

  test("a process takes no second lock either", async () => {
    await takeLock(folder, "sync", "run-1", machine(10));
    await refusal(takeLock(folder, "run", "run-2", machine(10)));
  });

  test("the folder is made where it does not exist", async () => {
    const unlock = await takeLock(join(folder, "new", "data"), "run", "run-1", machine(10));
    expect(await readdir(join(folder, "new", "data"))).toEqual(["zdsync.lock"]);
    await unlock();
  });
});

describe("who is running", () => {
  test("while a run has the lock, who and since when; asking changes nothing", async () => {
    expect(await lockHolder(folder, machine(11))).toBeNull();
    const unlock = await takeLock(folder, "run", "run-1", machine(10));
    expect(await lockHolder(folder, machine(11, [10, 11]))).toEqual({
      host: "here",
      pid: 10,
      command: "run",
      run_id: "run-1",
      since: NOW.toISOString(),
    });
    await unlock();
    expect(await lockHolder(folder, machine(11))).toBeNull();
  });

  test.each<[string, Parameters<typeof leftLock>]>([
    ["a dead holder", [{ host: "here", pid: 9 }]],
    ["a stale heartbeat", [{ host: "elsewhere", pid: 9 }, 121]],
    ["a lock that cannot be read", ["{"]],
  ])("%s: nobody, and the lock stays as it lies there", async (_, left) => {
    await leftLock(...left);
    const before = await Bun.file(lockFile()).text();
    expect(await lockHolder(folder, machine(10))).toBeNull();
    expect(await Bun.file(lockFile()).text()).toBe(before);
  });
});

describe("S11: taking over", () => {
  test("a dead holder on this host, at once", async () => {
    await leftLock({ host: "here", pid: 9 });
    const unlock = await takeLock(folder, "run", "run-1", machine(10));
    expect(await holder()).toMatchObject({ pid: 10, run_id: "run-1" });
    expect(await readdir(folder)).toEqual(["zdsync.lock"]);
    await unlock();
    expect(await readdir(folder)).toEqual([]);
  });

  test("a holder from before this host's restart, whose number somebody has again, after three heartbeats", async () => {
    const restarted = (secondsAgo: number) => ({ ...machine(9), bootedAt: NOW.getTime() - secondsAgo * 1000 });
    for (const [beaten, booted] of [
      [60, 70],
      [30, 20],
    ] as const) {
      await leftLock({ host: "here", pid: 9 }, beaten);
      expect(await refusal(takeLock(folder, "run", "run-1", restarted(booted)))).toContain("process 9");
    }
    await leftLock({ host: "elsewhere", pid: 9 }, 60);
    expect(await refusal(takeLock(folder, "run", "run-1", restarted(20)))).toContain("on elsewhere, process 9");
    await leftLock({ host: "here", pid: 9 }, 31);
    const unlock = await takeLock(folder, "run", "run-1", restarted(20));
    expect(await holder()).toMatchObject({ run_id: "run-1" });
    await unlock();
  });

  test("another host's holder only when its heartbeat is stale, though no such process lives here", async () => {
    await leftLock({ host: "elsewhere", pid: 9 }, 120);
    expect(await refusal(takeLock(folder, "run", "run-1", machine(10)))).toContain("on elsewhere, process 9");
    await leftLock({ host: "elsewhere", pid: 9 }, 121);
    await takeLock(folder, "run", "run-1", machine(10));
    expect(await holder()).toMatchObject({ host: "here", pid: 10 });
  });

  test("a broken or empty lock file is somebody's until its heartbeat is stale", async () => {
    for (const broken of ["", "{", '{"host":"here"}', "null"]) {
      await leftLock(broken, 60);
      expect(await refusal(takeLock(folder, "run", "run-1", machine(10)))).toContain("in use by another zdsync");
      await leftLock(broken, 121);
      await (await takeLock(folder, "run", "run-1", machine(10)))();
    }
  });

  test.each([0, -1, -1234, 1.5, 2 ** 31, 2 ** 53, "9", null])(
    "B6: a lock whose pid is %p is damaged: nobody is asked whether such a process lives",
    async (pid) => {
      const asked: number[] = [];
      const curious = { ...machine(10), isAlive: (one: number) => asked.push(one) < 0 };
      await leftLock({ host: "here", pid: pid as number }, 60);
      expect(await refusal(takeLock(folder, "run", "run-1", curious))).toContain("in use by another zdsync");
      expect(await lockHolder(folder, curious)).toBeNull();
      expect(asked).toEqual([]);
    },
  );

  test("B6: a lock's words are one line of the refusal", async () => {
    await leftLock({ host: "elsewhere\n::add-mask::a\u202e", pid: 9 });
    expect(await refusal(takeLock(folder, "run", "run-1", machine(10)))).not.toMatch(/[\n\u202e]/);
  });

  test("a lock that cannot be read is somebody's", async () => {
    await mkdir(lockFile());
    expect(await refusal(takeLock(folder, "run", "run-1", machine(10)))).toContain("in use by another zdsync");
  });

  test("of many takers of a dead lock, never more than one wins, and the loser's end takes nothing away", async () => {
    const pids = Array.from({ length: 8 }, (_, index) => 100 + index);
    for (let round = 0; round < 40; round++) {
      await leftLock({ host: "here", pid: 9 });
      const takers = pids.map((pid) => takeLock(folder, "run", `run-${pid}`, machine(pid, pids)));
      const ends = await Promise.allSettled(takers);
      const winners = ends.flatMap((end, index) => (end.status === "fulfilled" ? [{ pid: pids[index], end }] : []));
      expect(winners).toHaveLength(1);
      expect(await holder()).toMatchObject({ pid: winners[0]?.pid });
      for (const end of ends) if (end.status === "rejected") expect(end.reason).toBeInstanceOf(RefusedError);
      await winners[0]?.end.value();
      expect(await readdir(folder)).toEqual([]);
    }
  });

  test("of many takers of a free folder, exactly one wins", async () => {
    const pids = [1, 2, 3, 4];
    const takers = pids.map((pid) => takeLock(folder, "run", `run-${pid}`, machine(pid, pids)));
    const ends = await Promise.allSettled(takers);
    expect(ends.filter((end) => end.status === "fulfilled")).toHaveLength(1);
  });

  test("a run that died while taking over does not block the next for good", async () => {
    await leftLock({ host: "here", pid: 9 });
    await Bun.write(`${lockFile()}.takeover`, await Bun.file(lockFile()).text());
    const unlock = await takeLock(folder, "run", "run-1", machine(10));
    expect(await holder()).toMatchObject({ pid: 10 });
    await unlock();
    expect(await readdir(folder)).toEqual([]);
  });

  test.each([
    ["killed", "a free folder", false],
    ["killed", "a dead lock", false],
    ["without power", "a free folder", true],
    ["without power", "a dead lock", true],
  ] as const)(
    "a run that is %s while it takes %s leaves the lock to nobody, whenever that is",
    async (_, left, power) => {
      for (let seed = 0; seed < 8; seed++) {
        for (let fileOperation = 1; ; fileOperation++) {
          const { computer } = await emptySimulation(seed);
          const take = async () => {
            await takeLock("/data", "run", "run-1");
            await sleep(1_000);
            return 0;
          };
          if (left === "a dead lock") {
            const dead = { host: "alpha", pid: 9, command: "run", run_id: "run-0", since: "" };
            computer.disk.write("/data/zdsync.lock", JSON.stringify(dead));
          }
          const { exit, counts } = await computer.run(take, { kill: { fileOperation, power } });
          const next = await computer.run(take);
          expect([seed, fileOperation, next.exit]).toEqual([seed, fileOperation, 0]);
          if (exit === 0) {
            expect(counts.fileOperations).toBeGreaterThan(5);
            break;
          }
        }
      }
    },
  );

  test("while another run is taking over, this one is refused", async () => {
    await leftLock({ host: "here", pid: 9 });
    await Bun.write(
      `${lockFile()}.takeover`,
      JSON.stringify({ host: "here", pid: 11, command: "run", run_id: "r", since: "" }),
    );
    expect(await refusal(takeLock(folder, "run", "run-1", machine(10, [10, 11])))).toContain("take over");
    expect(await holder()).toMatchObject({ pid: 9 });
  });

  test("a run whose stale lock was taken over leaves its successor's alone at its end", async () => {
    const unlock = await takeLock(folder, "run", "run-1", machine(10));
    const later = new Date(Date.now() + 10 * 60_000);
    const unlockSuccessor = await takeLock(folder, "run", "run-2", machine(11, [10, 11], "elsewhere", later));
    await unlock();
    expect(await holder()).toMatchObject({ pid: 11, run_id: "run-2" });
    await unlockSuccessor();
    expect(await readdir(folder)).toEqual([]);
  });
});

test("S11: a real process that was killed is taken over at once, a living one is not", async () => {
  const script = `const { takeLock } = await import(${JSON.stringify(join(import.meta.dir, "run-lock.ts"))});
    await takeLock(${JSON.stringify(folder)}, "run", "run-child"); console.log("taken"); setInterval(() => {}, 1000);`;
  const child = Bun.spawn([process.execPath, "-e", script], { stdout: "pipe" });
  const { value } = await child.stdout.getReader().read();
  expect(new TextDecoder().decode(value)).toContain("taken");
  expect(await refusal(takeLock(folder, "run", "run-1"))).toContain(`process ${child.pid}`);
  child.kill("SIGKILL");
  await child.exited;
  const unlock = await takeLock(folder, "run", "run-1");
  expect(await holder()).toMatchObject({ pid: process.pid });
  await unlock();
});
