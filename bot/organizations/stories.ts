import { InternalError } from "../../lib/errors.ts";
import type { Answers, Told } from "../../lib/report/tell-organizations.ts";

/** The answer to one question, and what it rests on. */
export interface Story {
  told: Told;
  run: Answers["run"];
}

/** Answers one question about the run whose files lie in a folder. Throws where they cannot be read at all. */
export type ReadStory = (directory: string, asked: string) => Promise<Story>;

interface Waiting {
  directory: string;
  asked: string;
  resolve(story: Story): void;
  reject(error: unknown): void;
}

/**
 * Reads the files of a run for everybody who waits at that moment: whoever asks during a reading is served by the next one. So a
 * hundred questions at once read the files twice, and never two readings are in memory.
 */
export function createStories(read: (directory: string, asked: readonly string[]) => Promise<Answers>): ReadStory {
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

async function serve(served: readonly Waiting[], read: Parameters<typeof createStories>[0]): Promise<void> {
  const [first] = served;
  if (!first) return;
  try {
    const { told, run } = await read(
      first.directory,
      served.map(({ asked }) => asked),
    );
    served.forEach(({ resolve, reject }, index) => {
      const one = told[index];
      if (one) resolve({ told: one, run });
      else reject(new InternalError("a question about an organization was not answered"));
    });
  } catch (error) {
    for (const { reject } of served) reject(error);
  }
}
