import type { FileHandle } from "node:fs/promises";
import { basename, relative } from "node:path";
import type { FileEdge } from "../../lib/edges/edges.ts";
import { MACHINE } from "../../lib/edges/machine.ts";
import type { VirtualClock } from "../simulate/kernel/clock.ts";

/** Bytes of one file that went through the program's edge. */
export interface FileTraffic {
  read: number;
  written: number;
}

/** The machine's files: time stands while one is waited for (a disk is not measured), and what is read and written of each is counted. */
export function countedFiles(clock: VirtualClock): { files: FileEdge; traffic: Map<string, FileTraffic> } {
  const traffic = new Map<string, FileTraffic>();
  const count = (path: string, kind: keyof FileTraffic, bytes: number) => {
    const own = traffic.get(path) ?? { read: 0, written: 0 };
    own[kind] += bytes;
    traffic.set(path, own);
  };
  const files: Record<string, unknown> = { ...MACHINE.files };
  const machine = MACHINE.files as unknown as Record<string, (...args: unknown[]) => Promise<unknown>>;
  const waiting = [
    "access",
    "appendFile",
    "chmod",
    "link",
    "lstat",
    "lutimes",
    "mkdir",
    "mkdtemp",
    "readdir",
    "rm",
    "rmdir",
    "stat",
  ];
  for (const name of waiting)
    files[name] = (...args: unknown[]) =>
      clock.during((machine[name] as never as (...args: unknown[]) => Promise<unknown>)(...args));
  files.readFile = async (path: string, ...rest: unknown[]) => {
    const content = (await clock.during(MACHINE.files.readFile(path, ...(rest as [])))) as Buffer | string;
    count(path, "read", Buffer.byteLength(content));
    return content;
  };
  files.rename = async (from: string, to: string) => {
    await clock.during(MACHINE.files.rename(from, to));
    // Files are written under another name first.
    const { written = 0 } = traffic.get(from) ?? {};
    traffic.delete(from);
    count(to, "written", written);
  };
  files.open = async (path: string, ...rest: unknown[]) =>
    countedHandle(await clock.during(MACHINE.files.open(path, ...(rest as []))), clock, (kind, bytes) =>
      count(path, kind, bytes),
    );
  return { files: files as unknown as FileEdge, traffic };
}

function countedHandle(
  handle: FileHandle,
  clock: VirtualClock,
  count: (kind: keyof FileTraffic, bytes: number) => void,
): FileHandle {
  return new Proxy(handle, {
    get(target, name) {
      const value = Reflect.get(target, name, target) as unknown;
      if (typeof value !== "function") return value;
      return (...args: unknown[]) => {
        const answer = (value as (...args: unknown[]) => unknown).apply(target, args);
        return answer instanceof Promise ? clock.during(answer.then(counting)) : answer;
      };
      function counting(result: unknown): unknown {
        if (name === "readFile") count("read", Buffer.byteLength(result as Buffer));
        if (name === "read") count("read", (result as { bytesRead: number }).bytesRead);
        if (name === "write" || name === "writev") count("written", (result as { bytesWritten: number }).bytesWritten);
        return result;
      }
    },
  });
}

/** How often each artifact of a data directory was read and written whole: bytes that went through, by its size at the end. */
export async function passesOver(
  traffic: ReadonlyMap<string, FileTraffic>,
  directory: string,
): Promise<Record<string, { reads: number; writes: number }>> {
  const passes: Record<string, { reads: number; writes: number }> = {};
  for (const [path, { read, written }] of traffic) {
    const name = relative(directory, path);
    if (name !== basename(path) || !name.endsWith(".json") || name.endsWith(".manifest.json")) continue;
    const { size } = await MACHINE.files.stat(path).catch(() => ({ size: 0 }));
    if (size > 0) passes[name] = { reads: rounded(read / size), writes: rounded(written / size) };
  }
  return passes;
}

function rounded(value: number): number {
  return Math.round(value * 100) / 100;
}
