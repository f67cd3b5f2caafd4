import { Worker } from "node:worker_threads";
import type { UsGovernmentShown } from "../../lib/domain/config.ts";
import { existsSync } from "../../lib/edges/files.ts";
import { InternalError, messageOf, ZdsyncError } from "../../lib/errors.ts";
import type { ExplainedSubject, ExplainSubjectsOptions } from "../../lib/explain/explain-subjects.ts";
import { ArtifactStore } from "../../lib/storage/artifacts/store.ts";
import { RunnerError } from "../runs/runner.ts";
import { type Answer, answer, type Question } from "./explain-question.ts";

/**
 * Explains from the files in a folder, in a thread of its own. Throws `RunnerError` where they are no run's that can be explained, or
 * are damaged.
 */
export async function explainInThread(
  directory: string,
  asked: readonly string[],
  { hosts, usGovernment }: ExplainSubjectsOptions,
): Promise<readonly ExplainedSubject[]> {
  const answers = await inThread({ want: "explanations", directory, asked, hosts, usGovernment });
  return Array.isArray(answers) ? answers : [];
}

/**
 * What a run called the accounts with these ids, read in a thread of its own: the file of a large run takes seconds. Ids that are not
 * known, or may not be told, are left out; where there is no file, or a damaged one, all of them. Never throws.
 */
export async function accountNames(
  { directory }: Pick<ArtifactStore, "directory">,
  ids: Iterable<string>,
  usGovernment: UsGovernmentShown,
): Promise<Map<string, string>> {
  const asked = [...new Set(ids)];
  if (asked.length === 0) return new Map();
  try {
    const names = await inThread({ want: "names", directory, asked, usGovernment });
    return Array.isArray(names) ? new Map() : names;
  } catch {
    return new Map();
  }
}

function inThread(question: Question): Promise<Answer> {
  // In the source it stands beside this file, in a bundle beside the program (scripts/bundle.ts).
  const script = ["./explain-worker.ts", "./explain-worker.js"]
    .map((name) => new URL(name, import.meta.url))
    .find((url) => existsSync(url));
  // Somebody took the program alone along: the files are read in this thread, and clicks wait meanwhile.
  if (!script) return withReadableErrors(() => answer(question, new ArtifactStore(question.directory)));
  return new Promise((resolve, reject) => {
    // It reads files and needs no setting and no secret.
    const thread = new Worker(script, { workerData: question, env: {} });
    const end = () => void thread.terminate();
    thread.once("message", (said: { answer: Answer } | { failed: string }) => {
      if ("answer" in said) resolve(said.answer);
      else reject(new RunnerError(said.failed));
      end();
    });
    thread.once("error", (error) => reject(new InternalError(messageOf(error))));
    thread.once("exit", () => reject(new InternalError("reading the files of the last run ended without a result")));
  });
}

async function withReadableErrors<T>(read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    throw error instanceof ZdsyncError ? new RunnerError(messageOf(error)) : error;
  }
}
