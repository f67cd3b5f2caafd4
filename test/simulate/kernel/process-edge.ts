import { edges, type ProcessEdge, withEdges } from "../../../lib/edges/edges.ts";
import { systemError } from "./file-nodes.ts";
import { KilledError, type Life } from "./life.ts";

/** A run as a process of its computer. */
export interface RunningProcess {
  pid: number;
  life: Life;
  listeners: Map<NodeJS.Signals, Set<() => void>>;
  output: { stream: "out" | "err"; text: string }[];
}

/** Gives a signal to a process: to those who listen in it; where nobody does, it is the end of it. */
export function deliver({ listeners, life }: RunningProcess, signal: NodeJS.Signals): void {
  const heard = [...(listeners.get(signal) ?? [])];
  if (heard.length === 0) life.ends("killed");
  try {
    for (const act of heard) act();
  } catch (error) {
    if (!(error instanceof KilledError)) throw error;
  }
}

/** The process that a run is, among those of its computer. */
export function processEdge(
  own: RunningProcess,
  {
    host,
    bootedAt,
    running,
    lives,
  }: { host: string; bootedAt: number; running: ReadonlyMap<number, RunningProcess>; lives: () => void },
): ProcessEdge {
  const { pid, life, listeners, output } = own;
  const stream = (name: "out" | "err") => ({
    isTerminal: false,
    write(text: string) {
      if (life.end === null) output.push({ stream: name, text });
    },
  });
  return {
    pid,
    hostname: () => host,
    bootedAt: () => bootedAt,
    // A small one: what this process holds is of many worlds, and collecting it at every part of each would take most of the time.
    residentBytes: () => 0,
    stdout: stream("out"),
    stderr: stream("err"),
    isAlive: (other) => running.has(other),
    kill(other, signal) {
      lives();
      const process = running.get(other);
      if (!process) throw systemError("ESRCH", "kill");
      deliver(process, signal);
    },
    onSignal(signal, listener) {
      const heard = listeners.get(signal) ?? new Set();
      // Whoever sends it has other edges.
      const mine = edges();
      const act = () => withEdges(mine, () => listener(signal));
      listeners.set(signal, heard.add(act));
      return () => void heard.delete(act);
    },
    exit(code): never {
      life.ends({ exit: code });
      throw new KilledError();
    },
  };
}
