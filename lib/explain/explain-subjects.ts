import type { UsGovernmentShown } from "../domain/config.ts";
import type { Subject as NamedSubject } from "../domain/find-organization.ts";
import { toId18 } from "../domain/salesforce-id.ts";
import type { ArtifactStore } from "../storage/artifacts/store.ts";
import type { ExplanationDocument } from "./document.ts";
import type { RunEvidence, Subject } from "./evidence.ts";
import { EvidenceIndex } from "./evidence-index.ts";
import { explainAccount } from "./explain-account.ts";
import { explanationDocument } from "./explanation-document.ts";
import { type FoundSubject, findInRun } from "./find-subject.ts";
import { isInEvidence } from "./kept-evidence.ts";
import { pastOf } from "./past-evidence.ts";
import { type RecordFiles, recordsAbout } from "./records-about.ts";
import { dataDirOf, type OpenedRun, openRunIn, RulesMissing, withRecords } from "./run-material.ts";
import { withoutUsGovernmentNames } from "./withhold-explanation.ts";

/** The answer to somebody who asked why something is as it is. */
export type ExplainedSubject =
  | {
      is: "explained";
      subject: Subject;
      /** Ids of its organizations, in both instances. */
      organizations: number[];
      document: ExplanationDocument;
      /** `history`: its own files are gone, this is from what was kept of it. */
      source: "run" | "history";
    }
  /** The run's own files are gone, and nothing was kept of whom it left as they were. */
  | { is: "not kept" }
  /** The run left no rules to work anything out by: it did not come so far, or is of a version that kept none. */
  | { is: "no rules" }
  | Exclude<FoundSubject, { is: "one" }>;

/** Hosts for links, and whether customers of us-government are named in answers. */
export interface ExplainSubjectsOptions {
  /** For links; those that the run's config names come first. */
  hosts: RunEvidence["hosts"];
  /** `ids_only`: customers of us-government are neither named nor found by what they are called. */
  usGovernment: UsGovernmentShown;
}

/**
 * Explains those who were asked for (Salesforce id, organization id, name, address) from the files of one run, which are opened once for
 * all: of a data directory, or of a run's folder in its history, where they are those it changed, skipped, refused or failed. Throws `ConfigurationError` where they are no run's, and `ArtifactError` for what is damaged.
 */
export async function explainSubjects(
  asked: readonly string[],
  store: ArtifactStore,
  { hosts, usGovernment }: ExplainSubjectsOptions,
): Promise<ExplainedSubject[]> {
  const opened = await openRunIn(store, {}).catch((error: unknown) => {
    if (error instanceof RulesMissing) return null;
    throw error;
  });
  if (!opened) return asked.map(() => ({ is: "no rules" }));
  const run = withHosts(opened, hosts);
  const known = usGovernment === "ids_only" ? await accountsOfGlobal(run.files) : null;
  const answers: ExplainedSubject[] = [];
  for (const one of asked) answers.push(await explainOne(one, run, { known, store: dataDirOf(store) }));
  return answers;
}

/** `known`: the accounts that may be named; null: all. `store`: the data directory with the history. */
async function explainOne(
  asked: string,
  run: OpenedRun,
  { known, store }: { known: ReadonlySet<string> | null; store: ArtifactStore },
): Promise<ExplainedSubject> {
  const found = await findInRun(asked, run.files);
  const isId = toId18(asked.trim()) !== null || /^\d+$/.test(asked.trim());
  const isKnown = (id: string | null) => known === null || (id !== null && known.has(id));
  const isHistory = run.about.run.source === "history";
  if (isHistory && found.is === "none") return { is: "not kept" };
  if (found.is !== "one") return nameable(found, isId, isKnown);
  const { subject } = found;
  // Who is not named is not found by a name or an address either.
  if (!isId && !isKnown(subject.salesforce_id)) return isHistory ? { is: "not kept" } : { is: "none", nearest: [] };
  if (isHistory && !(await isInEvidence(subject, run.files))) return { is: "not kept" };
  const records = await recordsAbout(run.files, subject);
  const past = await pastOf(store, run.about.run, subject);
  const explanation = explainAccount({ ...new EvidenceIndex(withRecords(run, records)).of(subject), past });
  const shown = known === null ? explanation : withoutUsGovernmentNames(explanation, isKnown(subject.salesforce_id));
  const organizations = explanation.instances.flatMap((one) => one.organizations.map(({ id }) => id));
  const source = isHistory ? "history" : "run";
  return { is: "explained", subject, organizations, document: explanationDocument(shown), source };
}

function nameable(
  found: Exclude<FoundSubject, { is: "one" }>,
  isId: boolean,
  isKnown: (id: string | null) => boolean,
): ExplainedSubject {
  const named = (subjects: readonly NamedSubject[]) =>
    subjects.flatMap((one) => (isKnown(one.salesforceId) ? [one] : isId ? [{ ...one, names: [] }] : []));
  if (found.is === "none") return { is: "none", nearest: named(found.nearest) };
  const subjects = named(found.subjects);
  if (subjects.length === 0) return { is: "none", nearest: [] };
  // How many more there are would count those who are not named.
  return { is: "several", subjects, more: subjects.length === found.subjects.length ? found.more : 0 };
}

function withHosts(run: OpenedRun, hosts: RunEvidence["hosts"]): OpenedRun {
  const own = run.about.run.hosts;
  const all = {
    salesforce: own.salesforce ?? hosts.salesforce,
    global: own.global ?? hosts.global,
    "us-government": own["us-government"] ?? hosts["us-government"],
  };
  return { ...run, about: { ...run.about, run: { ...run.about.run, hosts: all } } };
}

const ACCOUNT_ID = /"(?:salesforce_id|external_id)":"(\w{15,18})"/g;

/** The accounts that global's own files name, read off their lines. */
async function accountsOfGlobal(files: RecordFiles): Promise<ReadonlySet<string>> {
  const known = new Set<string>();
  for (const name of ["global_accounts.json", "partner_accounts.json", "zendesk_global.json"] as const)
    for (const line of (await files.open(name))?.lines() ?? [])
      for (const [, id = ""] of line.matchAll(ACCOUNT_ID)) known.add(toId18(id) ?? id);
  return known;
}
