import { Database } from "bun:sqlite";
import { chmodSync, existsSync, lstatSync, mkdirSync } from "node:fs";
import * as promises from "node:fs/promises";
import { hostname, uptime } from "node:os";
import type { Edges, OutputStream } from "./edges.ts";

/** The edges of the machine that this program runs on. */
export const MACHINE: Edges = {
  // The global of the moment: tests put another one in its place.
  fetch: (input, init) => globalThis.fetch(input, init),
  clock: {
    now: () => Date.now(),
    after(milliseconds, act, { keepsAlive = true } = {}) {
      const timer = setTimeout(act, milliseconds);
      if (!keepsAlive) timer.unref();
      return () => clearTimeout(timer);
    },
  },
  chance: { random: () => Math.random(), bytes: (length) => crypto.getRandomValues(Buffer.alloc(length)) },
  files: {
    ...promises,
    chmodSync,
    existsSync,
    lstatSync,
    mkdirSync,
    openDatabase: (path) => new Database(path, { create: true, strict: true }),
  },
  process: {
    pid: process.pid,
    stdout: streamOf(() => process.stdout),
    stderr: streamOf(() => process.stderr),
    hostname,
    bootedAt: () => Date.now() - uptime() * 1000,
    residentBytes: () => process.memoryUsage.rss(),
    isAlive(pid) {
      try {
        process.kill(pid, 0);
        return true;
      } catch (error) {
        return (error as NodeJS.ErrnoException).code === "EPERM";
      }
    },
    kill(pid, signal) {
      process.kill(pid, signal);
    },
    onSignal(signal, listener) {
      process.on(signal, listener);
      return () => process.off(signal, listener);
    },
    exit: (code) => process.exit(code),
  },
};

/** The stream of the moment: tests put another one in its place. */
function streamOf(stream: () => NodeJS.WriteStream): OutputStream {
  return {
    get isTerminal() {
      return stream().isTTY === true;
    },
    write: (text) => void stream().write(text),
  };
}
