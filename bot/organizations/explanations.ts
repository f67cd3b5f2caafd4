import { InternalError } from "../../lib/errors.ts";
import type { ExplainedSubject } from "../../lib/explain/explain-subjects.ts";

/** Answers one question about the run whose files lie in a folder. Throws where they cannot be read at all. */
export type ReadExplanation = (directory: string, asked: string) => Promise<ExplainedSubject>;

interface Waiting {
  directory: string;
  asked: string;
  resolve(explained: ExplainedSubject): void;
  reject(error: unknown): void;
}

/**
 * Reads the files of a run for everybody who waits at that moment: whoever asks during a reading is served by the next one. So a
 * hundred questions at once open the files twice, and never two readings are in memory.
 */
export function createExplanations(
  read: (directory: string, asked: readonly string[]) => Promise<readonly ExplainedSubject[]>,
): ReadExplanation {
  let waiting: Waiting[] = [];
  let reading = false;
  const readAll = async () => {
    reading = true;
    while (waiting.length > 0) {
      const [first] = waiting;
      const served = waiting.filter(({ directory }) => directory === first?.directory);
      waiting = waiting.filter((one) => !served.includes(one));
      await serve(served, read);
    }
    reading = false;
  };
  return (directory, asked) =>
    new Promise((resolve, reject) => {
      waiting.push({ directory, asked, resolve, reject });
      if (!reading) void readAll();
    });
}

async function serve(served: readonly Waiting[], read: Parameters<typeof createExplanations>[0]): Promise<void> {
  const [first] = served;
  if (!first) return;
  try {
    const answers = await read(
      first.directory,
      served.map(({ asked }) => asked),
    );
    served.forEach(({ resolve, reject }, index) => {
      const one = answers[index];
      if (one) resolve(one);
      else reject(new InternalError("a question was not answered"));
    });
  } catch (error) {
    for (const { reject } of served) reject(error);
  }
}
