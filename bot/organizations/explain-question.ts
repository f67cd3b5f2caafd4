import type { UsGovernmentShown } from "../../lib/domain/config.ts";
import { type Explained, type ExplainSetting, explainAsked } from "../../lib/explain/explain-asked.ts";
import { readAccountNames } from "../../lib/report/account-names.ts";
import type { ArtifactStore } from "../../lib/storage/artifacts/store.ts";

/** What is asked about the files of a run; plain data, as it goes to a thread. */
export type Question =
  | ({ want: "explanations"; directory: string; asked: readonly string[] } & ExplainSetting)
  | { want: "names"; directory: string; asked: readonly string[]; usGovernment: UsGovernmentShown };

/** Answers to each kind of question. */
export type Answer = Explained[] | Map<string, string>;

/** Reads the answer from the files. Throws what reading them throws. */
export function answer(question: Question, store: ArtifactStore): Promise<Answer> {
  return question.want === "names"
    ? readAccountNames(store, question.asked, question.usGovernment)
    : explainAsked(question.asked, store, question);
}
