import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startSandbox } from "../../bin/start-sandbox.ts";
import type { RunningSandbox } from "../../sandbox/start.ts";
import type { LoggedRequest, RequestHook, RequestPhase, SandboxOptions } from "../../sandbox/types.ts";
import { stateOf, TODAY } from "../pipeline/world.ts";

const ROOT = join(import.meta.dir, "../..");

/** A write of a run, counted from 1 in its service: the two instances go on side by side, so that only this order is certain. */
export interface WritePoint {
  service: LoggedRequest["service"];
  write: number;
  phase: RequestPhase;
}

/** A process of zdsync. */
export interface Child {
  /** Both streams, as far as it has come. */
  printed(): string;
  /** What is meant for programs (`--json`). */
  stdout(): string;
  /** Waits until it has said this, or has ended. */
  said(text: string): Promise<unknown>;
  kill(signal: NodeJS.Signals): void;
  /** The exit code; null where a signal ended it. */
  ended: Promise<number | null>;
}

/** A sandbox whose remotes are worked on by processes of their own. */
export interface ChildWorld extends AsyncDisposable {
  sandbox: RunningSandbox;
  /** Starts `zdsync run` on a data directory of this name, a new one where there is none. */
  start(dataDir: string, ...flags: string[]): Child;
  /** The same with other settings. */
  startWith(env: Readonly<Record<string, string>>, dataDir: string, ...flags: string[]): Child;
  path(dataDir: string): string;
}

/** Starts the sandbox; small jobs end at once there, the waits of zdsync are its own. */
export async function startChildWorld(options: SandboxOptions): Promise<ChildWorld> {
  const sandbox = await startSandbox({
    today: TODAY,
    timeFactor: 1000,
    zendesk: { global: { bulkUserImport: true } },
    ...options,
  });
  const folder = await mkdtemp(join(tmpdir(), "zdsync-safety-"));
  const config = join(folder, "zdsync.config.yml");
  await writeFile(config, sandbox.world.config);
  const children: Bun.Subprocess[] = [];
  const startWith: ChildWorld["startWith"] = (env, dataDir, ...flags) => {
    const child = Bun.spawn([process.execPath, "bin/zdsync.ts", "run", "--data-dir", join(folder, dataDir), ...flags], {
      cwd: ROOT,
      env: { PATH: process.env.PATH ?? "", ...sandbox.env, ZDSYNC_CONFIG: config, ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    children.push(child);
    const out = listen(child.stdout);
    const err = listen(child.stderr);
    const ended = Promise.all([child.exited, out.ended, err.ended]).then(() => child.exitCode);
    return {
      printed: () => err.text() + out.text(),
      stdout: out.text,
      said: (text) => Promise.race([err.said(text), ended]),
      kill: (signal) => child.kill(signal),
      ended,
    };
  };
  return {
    sandbox,
    path: (dataDir) => join(folder, dataDir),
    start: (...given) => startWith({}, ...given),
    startWith,
    async [Symbol.asyncDispose]() {
      for (const child of children) child.kill("SIGKILL");
      await sandbox.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Collects what comes out of a process. */
function listen(stream: ReadableStream<Uint8Array<ArrayBuffer>>) {
  let all = "";
  const waiting: { text: string; resolve: () => void }[] = [];
  const ended = (async () => {
    for await (const text of stream.pipeThrough(new TextDecoderStream())) {
      all += text;
      for (const one of waiting) if (all.includes(one.text)) one.resolve();
    }
  })();
  const said = (text: string) =>
    new Promise<void>((resolve) => {
      if (all.includes(text)) resolve();
      else waiting.push({ text, resolve });
    });
  return { text: () => all, ended, said };
}

/** Whether a request changes a remote; the sandbox's own opinion stands in `writes()`, but only once it is answered. */
export function isWrite({ service, method, path }: Omit<LoggedRequest, "status">): boolean {
  if (service === "slack") return /^\/api\/chat\.postMessage\b/.test(path);
  return service.startsWith("zendesk-") && method !== "GET" && !/^(?:\/api\/v2)?\/oauth\//.test(path);
}

/**
 * A hook that acts once, when a run has come to a point. "answered" is acted on when the next request of the service comes: only
 * then has the answer certainly arrived. What is asked for after the act, until it has ended, is dropped.
 */
export function atPoint(point: WritePoint, act: () => Promise<unknown>): RequestHook {
  let writes = 0;
  let answered = false;
  let acting: Promise<unknown> | null = null;
  return async (request, phase) => {
    if (acting !== null) return afterwards(acting, phase);
    if (request.service !== point.service) return undefined;
    if (phase === "before" && answered) {
      acting = act();
      return afterwards(acting, phase);
    }
    if (!isWrite(request)) return undefined;
    if (phase === "before") writes++;
    if (writes !== point.write || phase !== point.phase) return undefined;
    if (phase === "answered") {
      answered = true;
      return undefined;
    }
    acting = act();
    await acting;
    return phase === "before" ? "drop" : undefined;
  };
}

/** Requests in the middle of the act come from a process that is gone by its end; later ones are another's. */
async function afterwards(acting: Promise<unknown>, phase: RequestPhase): Promise<"drop" | undefined> {
  const done = await Promise.race([acting.then(() => true), Promise.resolve(false)]);
  if (done) return undefined;
  await acting;
  return phase === "before" ? "drop" : undefined;
}

/** What remotes have come to: both instances, and how often each organization was named to Slack. */
export function outcomeOf(sandbox: RunningSandbox) {
  const names = new Map(
    sandbox.zendesk("global").organizations.map(({ id, external_id }) => [String(id), String(external_id)]),
  );
  const named = sandbox.slackMessages().flatMap(({ metadata }) => {
    const { event_payload: payload } = (metadata ?? {}) as { event_payload?: { organization_ids?: string } };
    return (payload?.organization_ids ?? "").split(",").filter(Boolean);
  });
  return { state: stateOf(sandbox), notices: named.map((id) => names.get(id) ?? `organization ${id}`).sort() };
}
