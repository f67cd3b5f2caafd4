import type { UsGovernmentShown } from "../../lib/domain/config.ts";
import {
  type ExplainedSubject,
  type ExplainSubjectsOptions,
  explainSubjects,
} from "../../lib/explain/explain-subjects.ts";
import { readAccountNames } from "../../lib/report/account-names.ts";
import type { ArtifactStore } from "../../lib/storage/artifacts/store.ts";

/** A question about the files of a run; plain data, as it is passed to a thread. */
export type Question =
  | ({ want: "explanations"; directory: string; asked: readonly string[] } & ExplainSubjectsOptions)
  | { want: "names"; directory: string; asked: readonly string[]; usGovernment: UsGovernmentShown };

/** Answers to each kind of question. */
export type Answer = ExplainedSubject[] | Map<string, string>;

/** Reads the answer from the files. Throws what reading them throws. */
export function answer(question: Question, store: ArtifactStore): Promise<Answer> {
  return question.want === "names"
    ? readAccountNames(store, question.asked, question.usGovernment)
    : explainSubjects(question.asked, store, question);
}
