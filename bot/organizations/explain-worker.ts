import { parentPort, workerData } from "node:worker_threads";
import { messageOf, ZdsyncError } from "../../lib/errors.ts";
import { ArtifactStore } from "../../lib/storage/artifacts/store.ts";
import { answer, type Question } from "./explain-question.ts";

/* A thread of its own: the files of a large run take seconds and hundreds of megabytes, and clicks must be answered meanwhile. */

// Made by explain-thread.ts alone: nothing from outside.
const question = workerData as Question;
try {
  parentPort?.postMessage({ answer: await answer(question, new ArtifactStore(question.directory)) });
} catch (error) {
  // An error loses its kind on the way: what is meant for people is said to be.
  if (!(error instanceof ZdsyncError)) throw error;
  parentPort?.postMessage({ failed: messageOf(error) });
}
