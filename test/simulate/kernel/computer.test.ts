import { afterEach, describe, expect, test } from "bun:test";
import { randomBytes } from "../../../lib/edges/chance.ts";
import { now, sleep, timeoutSignal } from "../../../lib/edges/clock.ts";
import { edges } from "../../../lib/edges/edges.ts";
import { openDatabase, stat } from "../../../lib/edges/files.ts";
import { emptySimulation, endSimulations } from "./empty-simulation.ts";

afterEach(endSimulations);

const forever = () => new Promise<number>(() => {});
/** One request that changes something: a token more. */
function token(): Promise<Response> {
  const form = { grant_type: "client_credentials", client_id: "none", client_secret: "none" };
  return edges().fetch("https://global.sandbox.test/oauth/tokens", { method: "POST", body: JSON.stringify(form) });
}

describe("a run", () => {
  test("ends with its exit code, what it printed, and what it asked for", async () => {
    const { computer } = await emptySimulation();
    const end = await computer.run(async ({ output, env }) => {
      await token();
      await sleep(60_000);
      output.out(`the secret is ${env.SLACK_BOT_TOKEN}`);
      return 3;
    });
    expect(end).toMatchObject({
      exit: 3,
      counts: { requests: 1 },
      output: [{ stream: "out", text: "the secret is [secret]\n" }],
    });
    expect(end.requests.map(({ service, status }) => [service, status])).toEqual([["zendesk-global", 400]]);
    expect(end.ended - end.began).toBeGreaterThan(60_000);
  });

  test("that waits for nothing, or for longer than its deadline, is hanging", async () => {
    const { computer } = await emptySimulation();
    expect((await computer.run(forever)).exit).toBe("hanging");
    const waits = () => sleep(3_600_000).then(() => 0);
    expect((await computer.run(waits, { deadlineMs: 60_000 })).exit).toBe("hanging");
    expect((await computer.run(waits)).exit).toBe(0);
  });

  test("that throws rejects with it", async () => {
    const { computer } = await emptySimulation();
    expect(computer.run(() => Promise.reject(new Error("of the program")))).rejects.toThrow("of the program");
  });

  test("beside another shares clock and disk, and knows whether it lives", async () => {
    const { computer, simulation } = await emptySimulation();
    const lives: boolean[] = [];
    let other = 0;
    const both = await Promise.all([
      computer.run(async () => {
        other = edges().process.pid;
        await sleep(1000);
        return 0;
      }),
      computer.run(async () => {
        await sleep(500);
        lives.push(edges().process.isAlive(other));
        await sleep(1000);
        lives.push(edges().process.isAlive(other));
        return 0;
      }),
    ]);
    expect(lives).toEqual([true, false]);
    expect(both.map(({ began, ended }) => ended - began)).toEqual([1000, 1500]);
    expect(simulation.computer("alpha")).toBe(computer);
    expect(simulation.computer("beta").disk.files("/")).toEqual(new Map());
  });
});

describe("a killed run", () => {
  test("before a request: it is never sent; after it was committed: its answer never comes", async () => {
    for (const [phase, requests] of [
      ["before", 0],
      ["committed", 1],
    ] as const) {
      const { computer } = await emptySimulation();
      let answered = false;
      const program = async () => {
        await token();
        answered = true;
        return 0;
      };
      const end = await computer.run(program, { kill: { request: 1, phase } });
      expect(end.exit).toBe("killed");
      expect(end.requests).toHaveLength(requests);
      expect(answered).toBe(false);
    }
  });

  test("does nothing any more: no request, no file, no line, no timer, no statement", async () => {
    const { computer, simulation } = await emptySimulation();
    const errors: unknown[] = [];
    let later = false;
    const program = async ({ output }: { output: { out(text: string): void } }) => {
      const mine = edges();
      const database = openDatabase("/tmp/x.sqlite");
      mine.clock.after(2000, () => {
        later = true;
      });
      // Whoever holds the edges goes on: as what runs between the kill and the next wait does.
      simulationHook = () => {
        output.out("printed by the dead");
        void mine.fetch("https://global.sandbox.test/");
        void mine.files.mkdir("/tmp/dead");
        for (const act of [() => mine.files.mkdirSync("/tmp/dead"), () => database.run("create table x (y)")])
          try {
            act();
          } catch (error) {
            errors.push(error);
          }
      };
      return forever();
    };
    let simulationHook = () => {};
    const end = await computer.run(program, { kill: { afterMs: 1000 } });
    simulationHook();
    await simulation.clock.advanceTo(simulation.clock.now() + 10_000);
    expect(end.exit).toBe("killed");
    expect(end.output).toEqual([]);
    expect(later).toBe(false);
    expect(simulation.sandbox.requests).toEqual([]);
    expect(computer.disk.files("/").size).toBe(0);
    expect(errors.map(String)).toEqual(Array(2).fill("KilledError: this run is no more"));
  });

  test("between the statements of a transaction leaves none of them", async () => {
    const { computer } = await emptySimulation();
    const fill = async () => {
      const database = openDatabase("/tmp/x.sqlite");
      database.run("create table if not exists words (word text)");
      database.transaction(() => {
        for (const word of ["one", "two", "three"]) database.query("insert into words values (?)").run(word);
      })();
      return 0;
    };
    const end = await computer.run(fill, { kill: { statement: 4 } });
    expect(end.exit).toBe("killed");
    let left: unknown;
    await computer.run(async () => {
      left = openDatabase("/tmp/x.sqlite").query("select * from words").all();
      return 0;
    });
    expect(left).toEqual([]);
  });

  test("by a loss of power loses the last transactions at most, and every other run of its computer with it", async () => {
    const found = new Set<number>();
    for (let seed = 0; seed < 25; seed++) {
      const { computer } = await emptySimulation(seed);
      const fill = async () => {
        const database = openDatabase("/tmp/x.sqlite");
        database.run("pragma journal_mode = wal");
        database.run("create table words (word integer)");
        for (let word = 1; word <= 5; word++) database.query("insert into words values (?)").run(word);
        await sleep(10_000);
        return 0;
      };
      const ends = await Promise.all([
        computer.run(fill),
        computer.run(
          async () => {
            await sleep(1000);
            await stat("/tmp/none").catch(() => {});
            return 0;
          },
          { kill: { fileOperation: 1, power: true } },
        ),
      ]);
      expect(ends.map(({ exit }) => exit)).toEqual(["killed", "killed"]);
      await computer.run(async () => {
        // After that the first process has the first number again.
        expect(edges().process.pid).toBe(1001);
        const database = openDatabase("/tmp/x.sqlite");
        expect(database.query("pragma integrity_check").values()).toEqual([["ok"]]);
        const isThere = database.query("select name from sqlite_master").all().length > 0;
        const words = isThere ? database.query("select word from words").values().flat() : [];
        expect(words).toEqual([1, 2, 3, 4, 5].slice(0, words.length));
        found.add(words.length);
        return 0;
      });
    }
    expect(found.size).toBeGreaterThan(2);
  });
});

test("a signal reaches who listens at its moment, and kills who does not", async () => {
  const { computer } = await emptySimulation();
  const listens = () =>
    new Promise<number>((resolve) => {
      edges().process.onSignal("SIGTERM", () => resolve(now() % 100_000));
      void sleep(60_000);
    });
  const signals = [{ at: { afterMs: 1234 }, signal: "SIGTERM" }] as const;
  expect((await computer.run(listens, { signals })).exit).toBe(1234);
  expect((await computer.run(() => sleep(60_000).then(() => 0), { signals })).exit).toBe("killed");
});

test("exit ends a run at once", async () => {
  const { computer } = await emptySimulation();
  const end = await computer.run(async () => edges().process.exit(130));
  expect(end.exit).toBe(130);
});

test("a request that nobody answers in time ends with the time-out", async () => {
  const { computer, simulation } = await emptySimulation();
  const failures: unknown[] = [];
  const program = async () => {
    for (const url of ["https://global.sandbox.test/", "https://nowhere.sandbox.test/"])
      await edges()
        .fetch(url, { signal: timeoutSignal(30_000) })
        .then((response) => response.text())
        .catch((error) => failures.push(error.name === "TimeoutError" ? error.name : error.code));
    return 0;
  };
  for (const fault of [{ kind: "slow", milliseconds: 40_000 }, { kind: "stall" }] as const) {
    simulation.setNetwork({ faults: [{ ...fault, request: 1 }] });
    expect((await computer.run(program)).exit).toBe(0);
  }
  expect(failures).toEqual(["TimeoutError", "ENOTFOUND", "TimeoutError", "ENOTFOUND"]);
});

test("the same seed gives the same trace, secrets and draws; another one others", async () => {
  const digestOf = async (seed: number) => {
    const { computer, simulation } = await emptySimulation(seed);
    simulation.setNetwork({ faultRate: 0.3, kinds: ["500", "lost-before", "slow"] });
    const end = await computer.run(async ({ output }) => {
      const statuses = await Promise.all(
        [1, 2, 3, 4, 5].map(() =>
          token().then(
            ({ status }) => status,
            () => 0,
          ),
        ),
      );
      output.out(`${statuses} ${randomBytes(4).toString("hex")}`);
      return 0;
    });
    return `${simulation.trace.digest()} ${end.output[0]?.text} ${simulation.sandbox.env.SLACK_BOT_TOKEN}`;
  };
  expect(await digestOf(3)).toBe(await digestOf(3));
  expect(await digestOf(3)).not.toBe(await digestOf(4));
});
