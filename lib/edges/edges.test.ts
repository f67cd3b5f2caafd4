import { describe, expect, test } from "bun:test";
import { randomBytes } from "./chance.ts";
import { after, every, now, sleep, timeoutSignal } from "./clock.ts";
import { type Edges, edges, withEdges } from "./edges.ts";
import { readFile } from "./files.ts";
import { MACHINE } from "./machine.ts";

/** A clock on which nothing happens until `to` says that it is so late. */
function standingClock() {
  let time = 0;
  let waiting: { at: number; act: () => void }[] = [];
  return {
    clock: {
      now: () => time,
      after(milliseconds: number, act: () => void) {
        const entry = { at: time + milliseconds, act };
        waiting.push(entry);
        return () => {
          waiting = waiting.filter((other) => other !== entry);
        };
      },
    },
    to(moment: number) {
      for (;;) {
        const [next] = waiting.filter(({ at }) => at <= moment).sort((one, other) => one.at - other.at);
        if (!next) break;
        waiting = waiting.filter((other) => other !== next);
        time = next.at;
        next.act();
      }
      time = moment;
    },
    waiting: () => waiting.length,
  };
}

function on(others: Partial<Edges>): Edges {
  return { ...MACHINE, ...others };
}

describe("edges", () => {
  test("are the machine's where nobody exchanged them", async () => {
    expect(edges()).toBe(MACHINE);
    expect(await readFile(import.meta.path, "utf8")).toContain("are the machine's");
  });

  test("stay with the work that was begun with them, across everything that it awaits", async () => {
    const others = on({ chance: { random: () => 0.5, bytes: (length) => Buffer.alloc(length, 7) } });
    const drawn = withEdges(others, async () => {
      await Bun.sleep(1);
      await new Response("text").text();
      return [edges(), randomBytes(2)];
    });
    expect(edges()).toBe(MACHINE);
    expect(await drawn).toEqual([others, Buffer.from([7, 7])]);
  });
});

describe("time on an exchanged clock", () => {
  test("a sleep ends when its time has come, or with the signal's reason", async () => {
    const { clock, to, waiting } = standingClock();
    await withEdges(on({ clock }), async () => {
      let ended = false;
      const slept = sleep(100).then(() => {
        ended = true;
      });
      to(99);
      await Promise.resolve();
      expect(ended).toBe(false);
      to(100);
      await slept;
      const controller = new AbortController();
      const aborted = sleep(100, controller.signal);
      controller.abort(new Error("stopped"));
      expect(aborted).rejects.toThrow("stopped");
      expect(waiting()).toBe(0);
      expect(now()).toBe(100);
    });
  });

  test("what happens later is done with the edges of whoever asked for it", () => {
    const { clock, to } = standingClock();
    const others = on({ clock });
    const seen: Edges[] = [];
    withEdges(others, () => {
      after(10, () => seen.push(edges()));
      every(20, () => seen.push(edges()));
    });
    to(20);
    expect(seen).toEqual([others, others]);
  });

  test("a time-out aborts its signal, as the platform's own would", () => {
    const { clock, to } = standingClock();
    const signal = withEdges(on({ clock }), () => timeoutSignal(50));
    to(49);
    expect(signal.aborted).toBe(false);
    to(50);
    expect(signal.reason).toMatchObject({ name: "TimeoutError" });
  });

  test("what is called every so often is called until it is ended, even by itself", () => {
    const { clock, to } = standingClock();
    let called = 0;
    withEdges(on({ clock }), () => {
      const end = every(10, () => {
        if (++called === 3) end();
      });
    });
    to(29);
    expect(called).toBe(2);
    to(1000);
    expect(called).toBe(3);
  });
});
