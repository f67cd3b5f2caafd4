import { join } from "node:path";
import * as v from "valibot";
import { type Reason, reason } from "../../domain/reason.ts";
import { currentDate, every } from "../../edges/clock.ts";
import { edges } from "../../edges/edges.ts";
import { lstat, lutimes, mkdir, rm } from "../../edges/files.ts";
import { ConfigurationError } from "../../errors.ts";
import { machineProblem } from "../../machine-error.ts";
import { refused } from "../../reasons/refused.ts";
import { readOwnFile } from "../files/own-files.ts";
import { createWholeFile, writeWholeFile } from "../files/write-whole-file.ts";
import { ProcessId } from "./process-id.ts";

const LOCK_FILE = "zdsync.lock";
const MAX_LOCK_BYTES = 64 * 1024;
const HEARTBEAT_MS = 10_000;
/** A heartbeat older than this is stale: its holder is gone, or so stuck that it writes nothing any more. */
const STALE_MS = 120_000;
/** Whoever lives beats three times in this. */
const THREE_BEATS_MS = 3 * HEARTBEAT_MS;

const HolderSchema = v.object({
  host: v.string(),
  pid: ProcessId,
  command: v.string(),
  run_id: v.string(),
  since: v.string(),
});
/** The process at work in a data directory, and since when (ISO 8601). */
export type LockHolder = v.InferOutput<typeof HolderSchema>;

/** The machine as the lock sees it; injected so that tests need no second machine. */
export interface Machine {
  host: string;
  pid: number;
  /** Milliseconds since 1970. */
  bootedAt: number;
  isAlive(pid: number): boolean;
  now(): Date;
}

function thisMachine(): Machine {
  const own = edges().process;
  return {
    host: own.hostname(),
    pid: own.pid,
    bootedAt: own.bootedAt(),
    isAlive: (pid) => own.isAlive(pid),
    now: currentDate,
  };
}

/**
 * Takes the lock of a data directory (S11), or throws `RefusedError` naming who holds it and since when. A dead holder on this
 * host is taken over at once, one from before its restart after three heartbeats, another host's only when its heartbeat is stale.
 * Answers the function that gives it back.
 */
export async function takeLock(
  directory: string,
  command: string,
  runId: string,
  machine: Machine = thisMachine(),
): Promise<() => Promise<void>> {
  await makeFolder(directory);
  const path = join(directory, LOCK_FILE);
  const mine: LockHolder = {
    host: machine.host,
    pid: machine.pid,
    command,
    run_id: runId,
    since: machine.now().toISOString(),
  };
  const text = JSON.stringify(mine);
  for (let attempt = 0; attempt < 3; attempt++) {
    if (await createWholeFile(path, text)) return keep(path, text, machine);
    const found = await readLock(path);
    if (!found) continue;
    if (!isFree(found, machine)) throw refused(inUse(directory, found.holder));
    if (await takeOver(path, text, machine)) return keep(path, text, machine);
  }
  throw refused(reason("lock.contested", { directory }));
}

/**
 * Who works in a data directory at this moment; null where nobody does, where the holder is dead or its heartbeat stale, and where
 * the lock cannot be read. Changes nothing.
 */
export async function lockHolder(directory: string, machine: Machine = thisMachine()): Promise<LockHolder | null> {
  const found = await readLock(join(directory, LOCK_FILE));
  return found && !isFree(found, machine) ? found.holder : null;
}

/** Throws `RefusedError` where a run holds the data directory, and takes nothing: for work that a run does not mind beside it. */
export async function refuseWhileHeld(directory: string, machine: Machine = thisMachine()): Promise<void> {
  const found = await readLock(join(directory, LOCK_FILE));
  if (found && !isFree(found, machine)) throw refused(inUse(directory, found.holder));
}

async function makeFolder(directory: string): Promise<void> {
  try {
    await mkdir(directory, { recursive: true });
  } catch (error) {
    if (machineProblem(error)) throw error;
    const code = (error as NodeJS.ErrnoException).code ?? "unknown";
    throw new ConfigurationError([
      {
        where: "--data-dir",
        what: `${directory} cannot be used as a folder (${code}). Use a writable folder`,
      },
    ]);
  }
}

interface FoundLock {
  holder: LockHolder | null;
  beatenAt: Date;
}

async function readLock(path: string): Promise<FoundLock | null> {
  try {
    const { mtime } = await lstat(path);
    // One that another user made cannot be read: it is held by somebody all the same.
    return { holder: parseHolder(await readLockText(path)), beatenAt: mtime };
  } catch {
    return null;
  }
}

/** Empty where it cannot be read. */
async function readLockText(path: string): Promise<string> {
  return (await readOwnFile(path, MAX_LOCK_BYTES).catch(() => null))?.toString("utf8") ?? "";
}

function parseHolder(text: string): LockHolder | null {
  try {
    const parsed = v.safeParse(HolderSchema, JSON.parse(text));
    return parsed.success ? parsed.output : null;
  } catch {
    return null;
  }
}

function isFree({ holder, beatenAt }: FoundLock, machine: Machine): boolean {
  const silentMs = machine.now().getTime() - beatenAt.getTime();
  if (silentMs > STALE_MS) return true;
  if (!holder || holder.host !== machine.host) return false;
  // After a restart of the machine another process has the number, this one perhaps. Beats are waited for all the same: hosts may share a name.
  const isOfEarlierBoot = silentMs > THREE_BEATS_MS && beatenAt.getTime() < machine.bootedAt;
  return isOfEarlierBoot || !machine.isAlive(holder.pid);
}

/**
 * Puts `text` in the place of a lock that is free; false where another run was quicker. Only one run at a time may do so (and
 * the lock is replaced, never absent in between): of two that each removed what they judged free, both would win.
 */
async function takeOver(path: string, text: string, machine: Machine): Promise<boolean> {
  const guard = `${path}.takeover`;
  if (!(await createWholeFile(guard, text))) {
    const left = await readLock(guard);
    if (left && isFree(left, machine)) await rm(guard, { force: true });
    return false;
  }
  try {
    const found = await readLock(path);
    if (!found || !isFree(found, machine)) return false;
    await writeWholeFile(path, text);
    return true;
  } finally {
    await rm(guard, { force: true });
  }
}

/** Keeps the heartbeat going; a lock that another run took over meanwhile is neither kept fresh nor removed. */
function keep(path: string, text: string, machine: Machine): () => Promise<void> {
  const isMine = async () => (await readLockText(path)) === text;
  const beat = async () => {
    const now = machine.now();
    if (await isMine()) await lutimes(path, now, now).catch(() => {});
  };
  const endBeating = every(HEARTBEAT_MS, () => void beat());
  return async () => {
    endBeating();
    if (await isMine()) await rm(path, { force: true });
  };
}

function inUse(directory: string, holder: LockHolder | null): Reason {
  return holder ? reason("lock.held", { directory, ...holder }) : reason("lock.held_by_unknown", { directory });
}
