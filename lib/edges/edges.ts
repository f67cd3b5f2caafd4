import type { Database } from "bun:sqlite";
import { AsyncLocalStorage } from "node:async_hooks";
import type * as nodeFs from "node:fs";
import type * as nodeFsPromises from "node:fs/promises";
import { MACHINE } from "./machine.ts";

/** The clock, and what happens later on it. */
export interface ClockEdge {
  /** Milliseconds since 1970. */
  now(): number;
  /**
   * Calls `act` once, so many milliseconds from now; answers how to keep that from happening. `keepsAlive` (the default): the program
   * does not end before.
   */
  after(milliseconds: number, act: () => void, options?: { keepsAlive?: boolean }): () => void;
}

/** Source of all randomness. */
export interface ChanceEdge {
  /** At least 0, less than 1. */
  random(): number;
  bytes(length: number): Buffer;
}

/** Every function of `node:fs/promises` and `node:fs` that the program may use, with their arguments and errors. */
export type FileEdge = Pick<
  typeof nodeFsPromises,
  | "access"
  | "appendFile"
  | "chmod"
  | "link"
  | "lstat"
  | "lutimes"
  | "mkdir"
  | "mkdtemp"
  | "open"
  | "readFile"
  | "readdir"
  | "rename"
  | "rm"
  | "rmdir"
  | "stat"
> &
  Pick<typeof nodeFs, "chmodSync" | "existsSync" | "lstatSync" | "mkdirSync"> & {
    /** An SQLite database in a file, made where there is none, or in `:memory:`. */
    openDatabase(path: string): Database;
  };

/** One of the two streams that a program writes to. */
export interface OutputStream {
  readonly isTerminal: boolean;
  write(text: string): void;
}

/** The process that the program runs in, and the machine that other processes run on. */
export interface ProcessEdge {
  pid: number;
  stdout: OutputStream;
  stderr: OutputStream;
  hostname(): string;
  /** When this machine was started, in milliseconds since 1970. */
  bootedAt(): number;
  /** Memory held by this process, in bytes. */
  residentBytes(): number;
  /** True if a process of this machine is alive. */
  isAlive(pid: number): boolean;
  /** Sends a signal to a process of this machine. Throws what the system says. */
  kill(pid: number, signal: NodeJS.Signals): void;
  /** Answers how to listen no longer. */
  onSignal(signal: NodeJS.Signals, listener: (signal: NodeJS.Signals) => void): () => void;
  /** Ends this process at once. */
  exit(code: number): never;
}

/**
 * Everything through which the program touches the world outside it. Nothing else may: then whoever exchanges these decides what
 * happens, when, and in which order.
 */
export interface Edges {
  /** One exchange with a remote; the only way out. */
  fetch(input: Request | URL | string, init?: RequestInit): Promise<Response>;
  clock: ClockEdge;
  chance: ChanceEdge;
  files: FileEdge;
  process: ProcessEdge;
}

const exchanged = new AsyncLocalStorage<Edges>();

/** The edges of the work that asks: the machine's, unless it was begun by `withEdges`. */
export function edges(): Edges {
  return exchanged.getStore() ?? MACHINE;
}

/** Does work, and all that it begins, with other edges than the machine's. */
export function withEdges<T>(others: Edges, work: () => T): T {
  return exchanged.run(others, work);
}
