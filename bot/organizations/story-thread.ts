import { existsSync } from "node:fs";
import { Worker } from "node:worker_threads";
import { ArtifactStore } from "../../lib/artifacts/store.ts";
import { InternalError, messageOf } from "../../lib/errors.ts";
import { readAccountNames } from "../../lib/report/account-names.ts";
import { type Answers, tellOrganizations, type UsGovernmentShown } from "../../lib/report/tell-organizations.ts";

/** Answers questions about organizations from the files in a folder, in a thread of its own. Throws where they cannot be read. */
export function storiesInThread(
  directory: string,
  asked: readonly string[],
  usGovernment: UsGovernmentShown,
): Promise<Answers> {
  return inThread({ want: "stories", directory, asked, usGovernment }, () =>
    tellOrganizations(asked, new ArtifactStore(directory), usGovernment),
  );
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
    return await inThread({ want: "names", directory, asked, usGovernment }, () =>
      readAccountNames(new ArtifactStore(directory), asked, usGovernment),
    );
  } catch {
    return new Map();
  }
}

/** What the thread (story-worker.ts) is asked. */
interface Question {
  want: "stories" | "names";
  directory: string;
  asked: readonly string[];
  usGovernment: UsGovernmentShown;
}

function inThread<T>(question: Question, here: () => Promise<T>): Promise<T> {
  // In the source it stands beside this file, in a bundle beside the program (scripts/bundle.ts).
  const script = ["./story-worker.ts", "./story-worker.js"]
    .map((name) => new URL(name, import.meta.url))
    .find((url) => existsSync(url));
  // Somebody took the program alone along: the files are read in this thread, and clicks wait meanwhile.
  if (!script) return here();
  return new Promise((resolve, reject) => {
    // It reads files and needs no setting and no secret.
    const thread = new Worker(script, { workerData: question, env: {} });
    const end = () => void thread.terminate();
    thread.once("message", (answer: T) => {
      resolve(answer);
      end();
    });
    thread.once("error", (error) => reject(new InternalError(messageOf(error))));
    thread.once("exit", () => reject(new InternalError("reading the files of the last run ended without an answer")));
  });
}
