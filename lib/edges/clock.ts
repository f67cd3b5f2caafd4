import { edges, withEdges } from "./edges.ts";

/** Milliseconds since 1970. */
export function now(): number {
  return edges().clock.now();
}

/** The moment, as a date: for `clock` arguments. */
export function currentDate(): Date {
  return new Date(now());
}

/**
 * Calls `act` once, so many milliseconds from now, with the edges of whoever asks; answers how to keep that from happening. `keepsAlive`
 * (the default): the program does not end before.
 */
export function after(milliseconds: number, act: () => void, options?: { keepsAlive?: boolean }): () => void {
  // Whatever moves an exchanged clock works outside of what waits on it.
  const mine = edges();
  return mine.clock.after(milliseconds, () => withEdges(mine, act), options);
}

/** Waits so many milliseconds; rejects with the signal's reason as soon as it is aborted. */
export function sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason);
    const cancel = after(milliseconds, () => {
      signal?.removeEventListener("abort", onAbort);
      resolve();
    });
    const onAbort = () => {
      cancel();
      reject(signal?.reason);
    };
    signal?.addEventListener("abort", onAbort, { once: true });
  });
}

/**
 * Calls `act` each time so many milliseconds have gone by; answers how to end it. Keeps no program alive.
 */
export function every(milliseconds: number, act: () => void): () => void {
  let cancel = () => {};
  const next = () => {
    cancel = after(
      milliseconds,
      () => {
        next();
        act();
      },
      { keepsAlive: false },
    );
  };
  next();
  return () => cancel();
}

/** A signal that is aborted, with a `TimeoutError`, so many milliseconds from now. */
export function timeoutSignal(milliseconds: number): AbortSignal {
  const controller = new AbortController();
  after(milliseconds, () => controller.abort(new DOMException("The operation timed out.", "TimeoutError")), {
    keepsAlive: false,
  });
  return controller.signal;
}
