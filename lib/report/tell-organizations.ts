import type { ArtifactStore } from "../artifacts/store.ts";
import type { Config } from "../domain/config.ts";
import { findSubject, type Subject, subjectsOf } from "./find-organization.ts";
import { type OrganizationStory, storyOf } from "./organization-story.ts";
import { type RunRecords, readRunRecords } from "./run-records.ts";
import { withoutUsGovernmentNames } from "./withhold-names.ts";

/** The answer to somebody who asked for an organization. */
export type Told =
  | { is: "story"; story: OrganizationStory }
  | { is: "several"; subjects: Subject[]; more: number }
  | { is: "none"; nearest: Subject[] };

/** Answers, in the order of the questions, and what they rest on. */
export interface Answers {
  told: Told[];
  run: Pick<RunRecords, "missing" | "unreadable" | "runIds">;
}

/** Whether names of us-government's customers are told (config `slack.us_government`). */
export type UsGovernmentShown = Config["slack"]["us_government"];

/** What a run knew and did about those who were asked for (Salesforce id, Zendesk id or name): its files are read once for all. */
export async function tellOrganizations(
  asked: readonly string[],
  store: ArtifactStore,
  usGovernment: UsGovernmentShown = "names",
): Promise<Answers> {
  const read = await readRunRecords(store);
  const run = usGovernment === "ids_only" ? withoutUsGovernmentNames(read) : read;
  const subjects = subjectsOf(run);
  const { missing, unreadable, runIds } = run;
  return { told: asked.map((one) => tell(one, subjects, run)), run: { missing, unreadable, runIds } };
}

function tell(asked: string, subjects: readonly Subject[], run: RunRecords): Told {
  const found = findSubject(asked, subjects);
  return found.is === "one" ? { is: "story", story: storyOf(found.subject, run) } : found;
}
