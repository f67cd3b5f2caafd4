import type { User, UserCreate, UserMark, UserUpdate } from "../domain/user.ts";
import type { Progress } from "../pipeline/progress.ts";
import type { ZendeskConnection } from "../remotes/zendesk/ports.ts";
import type { Stop } from "../stop.ts";
import { applyInOrder, jobsOf, type Recorder } from "./apply-in-jobs.ts";
import type { Results } from "./results-file.ts";
import { userChangeRows, userCreateRows, userRows } from "./user-rows.ts";

/** The changes of users to be written to one instance, and the connection and results they are written with. */
export interface UserSync {
  creates: readonly UserCreate[];
  updates: readonly UserUpdate[];
  marks: readonly UserMark[];
  /** The users as they were listed for the comparison. */
  users: readonly User[];
  connection: ZendeskConnection;
  results: Results;
  progress: Progress;
  stop: Stop;
}

/** Writes user creates, updates and marks (U6). Every record ends up in the results file, also where this throws in the end. */
export async function syncUsers(sync: UserSync): Promise<void> {
  const { updates, marks } = userRows(sync.updates, sync.marks, sync.users);
  const errors: unknown[] = [];
  const begin = (effect: string, total: number): Recorder => ({
    stop: sync.stop,
    errors,
    line: sync.progress.begin(`us-government users: ${effect}`, total),
    record: (results) => sync.results.add(results),
  });
  const changes = userChangeRows(sync.connection);
  await applyInOrder([
    jobsOf(sync.creates, userCreateRows(sync.connection), begin("creates", sync.creates.length)),
    jobsOf(updates, changes, begin("updates", updates.length)),
    jobsOf(marks, changes, begin("marks", marks.length)),
  ]);
  await sync.results.close();
  if (errors.length > 0) throw errors[0];
}
