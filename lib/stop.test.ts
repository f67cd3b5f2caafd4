import { describe, expect, spyOn, test } from "bun:test";
import { join } from "node:path";
import { EXIT, exitCodeOf } from "./errors.ts";
import { keepStopping } from "./pipeline/signals.ts";
import { NEVER, StopRequest, throwIfStopped } from "./stop.ts";

describe("S7: a request to stop", () => {
  test("the first reason stays", () => {
    const stop = new StopRequest();
    expect(stop.reason).toBeNull();
    stop.request("SIGTERM");
    stop.request("deadline");
    expect(stop.reason).toBe("SIGTERM");
  });

  test("before anything was written, it ends the stage with exit 5; without one, nothing happens", () => {
    const stop = new StopRequest();
    expect(() => throwIfStopped(stop)).not.toThrow();
    expect(() => throwIfStopped(NEVER)).not.toThrow();
    stop.request("deadline");
    let error: unknown;
    try {
      throwIfStopped(stop);
    } catch (reason) {
      error = reason;
    }
    expect(exitCodeOf(error)).toBe(EXIT.stopped);
    expect(String(error)).toContain("Stopped (deadline) before anything was written");
  });
});

describe("S7: keepStopping", () => {
  test("the deadline asks for a stop, and says so", async () => {
    const stop = new StopRequest();
    const { promise, resolve } = Promise.withResolvers<string>();
    const end = keepStopping(stop, 1, resolve);
    expect(await promise).toContain("deadline");
    expect(stop.reason).toBe("deadline");
    end();
  });

  test("a deadline longer than a timer can be is no timer that goes off at once", () => {
    const timer = spyOn(globalThis, "setTimeout");
    const end = keepStopping(new StopRequest(), 99_999 * 3600 * 1000, () => {});
    expect(timer.mock.calls.map(([, ms]) => ms)).toEqual([2 ** 31 - 1]);
    end();
    timer.mockRestore();
  });

  test("at its end no listener is left", () => {
    const before = process.listenerCount("SIGTERM") + process.listenerCount("SIGINT");
    const end = keepStopping(new StopRequest(), 60_000, () => {});
    expect(process.listenerCount("SIGTERM") + process.listenerCount("SIGINT")).toBe(before + 2);
    end();
    expect(process.listenerCount("SIGTERM") + process.listenerCount("SIGINT")).toBe(before);
  });

  /** A process that is asked to stop; what it says, line by line. */
  function stoppable(before: string) {
    const script = `
      const { keepStopping } = await import(${JSON.stringify(join(import.meta.dir, "pipeline/signals.ts"))});
      const { StopRequest } = await import(${JSON.stringify(join(import.meta.dir, "stop.ts"))});
      const stop = new StopRequest();
      ${before}
      keepStopping(stop, null, (text) => console.log(text.split(":")[0], stop.reason));
      console.log("ready");
      setInterval(() => {}, 1000);`;
    const child = Bun.spawn([process.execPath, "-e", script], { stdout: "pipe" });
    const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
    return { child, next: async () => (await reader.read()).value?.trim() };
  }

  test("a signal asks for a stop, a second one ends the program at once", async () => {
    const { child, next } = stoppable("");
    expect(await next()).toBe("ready");
    child.kill("SIGTERM");
    expect(await next()).toBe("SIGTERM SIGTERM");
    child.kill("SIGINT");
    expect(await child.exited).toBe(130);
  });

  test("the first signal after the deadline still lets everything in flight finish", async () => {
    const { child, next } = stoppable('stop.request("deadline");');
    expect(await next()).toBe("ready");
    child.kill("SIGTERM");
    expect(await next()).toBe("SIGTERM deadline");
    expect(child.exitCode).toBeNull();
    child.kill("SIGKILL");
    await child.exited;
  });
});
