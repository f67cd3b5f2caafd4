import { mkdir, readFile, rename, rm, utimes, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import * as v from "valibot";
import { RefusedError } from "../errors.ts";

const LOCK_FILE = "zdsync.lock";
const HEARTBEAT_MS = 10_000;
/** A heartbeat older than this is stale: its holder is gone, or so stuck that it writes nothing any more. */
const STALE_MS = 120_000;

const HolderSchema = v.object({
  host: v.string(),
  pid: v.number(),
  command: v.string(),
  run_id: v.string(),
  since: v.string(),
});
type Holder = v.InferOutput<typeof HolderSchema>;

/** What the lock asks the machine; injected so that tests need no second machine. */
export interface Machine {
  host: string;
  pid: number;
  isAlive(pid: number): boolean;
  now(): Date;
}

const THIS_MACHINE: Machine = { host: hostname(), pid: process.pid, isAlive, now: () => new Date() };

/**
 * Takes the lock of a data directory (S11), or throws `RefusedError` naming who holds it and since when. A dead holder on this
 * host is taken over at once, another host's only when its heartbeat is stale. Answers the function that gives it back.
 */
export async function takeLock(
  directory: string,
  command: string,
  runId: string,
  machine: Machine = THIS_MACHINE,
): Promise<() => Promise<void>> {
  await mkdir(directory, { recursive: true });
  const path = join(directory, LOCK_FILE);
  const mine: Holder = {
    host: machine.host,
    pid: machine.pid,
    command,
    run_id: runId,
    since: machine.now().toISOString(),
  };
  for (let attempt = 0; attempt < 3; attempt++) {
    if (await create(path, mine)) return keep(path, machine);
    const found = await readLock(path);
    if (!found) continue;
    if (!isFree(found, machine)) throw new RefusedError(inUse(directory, found.holder));
    await moveAside(path, found.text, machine);
  }
  throw new RefusedError(`Several runs try to take over ${path} at once. Wait until one has it, and start again.`);
}

async function create(path: string, holder: Holder): Promise<boolean> {
  try {
    await writeFile(path, JSON.stringify(holder), { flag: "wx", mode: 0o600 });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

interface FoundLock {
  text: string;
  holder: Holder | null;
  beatenAt: Date;
}

async function readLock(path: string): Promise<FoundLock | null> {
  try {
    const text = await readFile(path, "utf8");
    const beatenAt = new Date(Bun.file(path).lastModified);
    return { text, holder: parseHolder(text), beatenAt };
  } catch {
    return null;
  }
}

function parseHolder(text: string): Holder | null {
  try {
    const parsed = v.safeParse(HolderSchema, JSON.parse(text));
    return parsed.success ? parsed.output : null;
  } catch {
    return null;
  }
}

function isFree({ holder, beatenAt }: FoundLock, machine: Machine): boolean {
  if (holder && holder.host === machine.host && !machine.isAlive(holder.pid)) return true;
  return machine.now().getTime() - beatenAt.getTime() > STALE_MS;
}

/** Moves exactly the lock that was judged free; where another run was quicker and put its own there, that one goes back. */
async function moveAside(path: string, text: string, machine: Machine): Promise<void> {
  const aside = `${path}.${machine.pid}.stale`;
  try {
    await rename(path, aside);
  } catch {
    return;
  }
  const moved = await readFile(aside, "utf8").catch(() => "");
  if (moved !== text) await writeFile(path, moved, { flag: "wx", mode: 0o600 }).catch(() => {});
  await rm(aside, { force: true });
}

function keep(path: string, machine: Machine): () => Promise<void> {
  const beat = setInterval(() => {
    const now = machine.now();
    utimes(path, now, now).catch(() => {});
  }, HEARTBEAT_MS);
  beat.unref();
  return async () => {
    clearInterval(beat);
    await rm(path, { force: true });
  };
}

function inUse(directory: string, holder: Holder | null): string {
  const who = holder
    ? `zdsync ${holder.command} (run ${holder.run_id}) on ${holder.host}, process ${holder.pid}, since ${holder.since}`
    : "another zdsync";
  return `${directory} is in use by ${who}. Two runs at once would write over each other: wait until it has ended, or give another --data-dir.`;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
