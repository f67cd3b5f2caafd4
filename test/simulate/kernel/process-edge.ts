import type { ProcessEdge } from "../../../lib/edges/edges.ts";
import { systemError } from "./file-nodes.ts";
import { KilledError, type Life } from "./life.ts";

/** A run as a process of its computer. */
export interface RunningProcess {
  pid: number;
  life: Life;
  listeners: Map<NodeJS.Signals, Set<(signal: NodeJS.Signals) => void>>;
  output: { stream: "out" | "err"; text: string }[];
}

/** The process that a run is, among those of its computer. */
export function processEdge(
  own: RunningProcess,
  { host, running, lives }: { host: string; running: ReadonlyMap<number, RunningProcess>; lives: () => void },
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
    stdout: stream("out"),
    stderr: stream("err"),
    isAlive: (other) => running.has(other),
    kill(other, signal) {
      lives();
      const process = running.get(other);
      if (!process) throw systemError("ESRCH", "kill");
      const heard = [...(process.listeners.get(signal) ?? [])];
      if (heard.length === 0) process.life.ends("killed");
      for (const listener of heard) listener(signal);
    },
    onSignal(signal, listener) {
      const heard = listeners.get(signal) ?? new Set();
      listeners.set(signal, heard.add(listener));
      return () => void heard.delete(listener);
    },
    exit(code): never {
      life.ends({ exit: code });
      throw new KilledError();
    },
  };
}
