import * as v from "valibot";
import { isDay } from "../../lib/domain/dates.ts";
import { INSTANCES, type InstanceName } from "../../lib/domain/instance.ts";
import { existsSync } from "../../lib/edges/files.ts";
import { ConfigurationError, EXIT, type ExitCode } from "../../lib/errors.ts";
import type { AccountExplanation } from "../../lib/explain/account-explanation.ts";
import { historyDocument, historyOfAccount, isUndo } from "../../lib/explain/account-history.ts";
import type { Subject } from "../../lib/explain/evidence.ts";
import { EvidenceIndex } from "../../lib/explain/evidence-index.ts";
import { explainAccount } from "../../lib/explain/explain-account.ts";
import { explanationDocument } from "../../lib/explain/explanation-document.ts";
import { type FoundSubject, findInRun } from "../../lib/explain/find-subject.ts";
import { isInEvidence } from "../../lib/explain/kept-evidence.ts";
import { knownOrganizations } from "../../lib/explain/known-organizations.ts";
import { readLiveAsKnown } from "../../lib/explain/live-as-known.ts";
import { readLive } from "../../lib/explain/live-material.ts";
import { pastOf } from "../../lib/explain/past-evidence.ts";
import { recordsAbout } from "../../lib/explain/records-about.ts";
import { renderMarkdown, renderTerminal } from "../../lib/explain/render-document.ts";
import { type OpenedRun, openKeptRun, openLatestRun, withRecords } from "../../lib/explain/run-material.ts";
import { dataDir, instance } from "../../lib/pipeline/inputs.ts";
import { parseInputs } from "../../lib/pipeline/parse-inputs.ts";
import { reportError } from "../../lib/pipeline/report-error.ts";
import { openSession } from "../../lib/pipeline/session.ts";
import { hostNames } from "../../lib/settings/host-names.ts";
import { RUN_ID } from "../../lib/storage/artifacts/manifest.ts";
import { ArtifactStore } from "../../lib/storage/artifacts/store.ts";
import { historyOf } from "../../lib/storage/history.ts";
import { oneLine } from "../../lib/text/outside-text.ts";
import type { Call, LoadedCommand } from "../commands.ts";
import { openPipeline } from "./explain/open-pipeline.ts";

const flag = (description: string) =>
  v.optional(
    v.pipe(
      v.picklist(["true", "false"]),
      v.transform((text) => text === "true"),
      v.description(description),
    ),
    "false",
  );

const inputs = v.object({
  "data-dir": dataDir,
  what: v.optional(
    v.pipe(
      v.string(),
      v.description("A Salesforce id, the id of an organization or user in Zendesk, a name or an email address"),
    ),
    "",
  ),
  run: v.optional(v.pipe(v.string(), v.description("An earlier run, by its id in the history (zdsync runs)")), ""),
  live: flag(
    "Read this one account from Salesforce and Zendesk now instead of a run's files. An organization linked only by salesforce_id is found only if the last run knew it",
  ),
  pipeline: v.optional(
    v.pipe(
      v.string(),
      v.regex(/^\d{0,18}$/, "the number of a pipeline"),
      v.description("A GitLab pipeline's files, by its number (GITLAB_PROJECT, GITLAB_READ_TOKEN)"),
    ),
    "",
  ),
  history: flag("Show what changed for it in each run of the history, and why"),
  instance: v.optional(instance),
  when: v.optional(
    v.pipe(
      v.string(),
      v.check((text) => text === "" || isDay(text), "a day (YYYY-MM-DD)"),
      v.description("Show what would be decided on this day instead of the run's"),
    ),
    "",
  ),
  markdown: flag("As Markdown"),
});
export type ExplainInputs = v.InferOutput<typeof inputs>;

/** Explains one account from a run's artifacts. Reads only. Never throws. */
export async function explainCommand({ given, json, shell }: Omit<Call, "name">): Promise<ExitCode> {
  const { env } = shell;
  try {
    const asked = parseInputs(inputs, given, env);
    if (asked.what.trim() === "")
      throw new ConfigurationError([
        {
          where: "explain",
          what: "expected a Salesforce id, a Zendesk organization or user id, a name or an email address",
        },
      ]);
    checkTogether(asked);
    if (asked.live) return await explainLive(asked, json, shell);
    const store = await storeOf(asked, shell);
    const { run, found } = await openedFor(asked, store, shell);
    if (found.is !== "one") return notOne(found, json, shell);
    if (asked.history || (asked.run !== "" && (await isUndo(store, asked.run))))
      return await tellHistory(found.subject, store, asked, json, shell);
    const records = await recordsAbout(run.files, found.subject);
    const past = await pastOf(store, run.about.run, found.subject);
    const evidence = { ...new EvidenceIndex(withRecords(run, records)).of(found.subject), past };
    const explanation = ofInstance(explainAccount(evidence, asked.when === "" ? {} : { when: asked.when }), asked);
    tell(explanation, asked, json, shell);
    return EXIT.done;
  } catch (error) {
    return reportError(error, { ...shell, json });
  }
}

/** Each of these says where to look: at most one. */
function checkTogether({ run, live, pipeline, history }: ExplainInputs): void {
  const given = [
    ...(run === "" ? [] : ["--run"]),
    ...(live ? ["--live"] : []),
    ...(pipeline === "" ? [] : ["--pipeline"]),
  ];
  if (given.length > 1 || (history && given.length > 0))
    throw new ConfigurationError([
      { where: [...given, ...(history ? ["--history"] : [])].join(", "), what: "use only one of them" },
    ]);
}

async function storeOf({ pipeline, "data-dir": folder }: ExplainInputs, shell: Call["shell"]): Promise<ArtifactStore> {
  return pipeline === "" ? new ArtifactStore(folder) : openPipeline(folder, pipeline, shell);
}

/** Explains from the current state of the remotes: reads only what this account needs, holds no lock, and leaves no file. */
async function explainLive(asked: ExplainInputs, json: boolean, shell: Call["shell"]): Promise<ExitCode> {
  const instances = asked.instance ? [asked.instance] : INSTANCES;
  const session = await openSession({
    command: "explain",
    dataDir: asked["data-dir"],
    runId: "",
    today: "",
    needs: { salesforce: true, zendesk: instances, overrides: true, plans: true },
    dryRun: true,
    writes: false,
    locks: "none",
    deadlineMs: null,
    rateShare: null,
    env: shell.env,
    output: { ...shell.output, err: () => {} },
    clock: shell.clock,
    timing: shell.timing,
  });
  try {
    const { context } = session;
    const hosts = hostNames(shell.env, context.config);
    const known = (one: InstanceName, account: string) => knownOrganizations(context.store, one, account);
    const order = { asked: asked.what, instances, hosts, known };
    const live = (await readLive(order, context)) ?? (await readLiveAsKnown(order, context, shell.env));
    if ("is" in live) return notOne(live, json, shell, NOT_FOUND_LIVE);
    const past = await pastOf(context.store, live.material.run, live.subject);
    const evidence = { ...new EvidenceIndex(live.material).of(live.subject), past: { ...past, undone: [] } };
    tell(explainAccount(evidence, asked.when === "" ? {} : { when: asked.when }), asked, json, shell);
    return EXIT.done;
  } finally {
    await session.close();
  }
}

async function tellHistory(
  subject: Subject,
  store: ArtifactStore,
  asked: ExplainInputs,
  json: boolean,
  { output, env }: Call["shell"],
): Promise<ExitCode> {
  const all = await historyOfAccount(store, subject, env);
  const entries = asked.run === "" ? all : all.filter(({ run_id }) => run_id === asked.run);
  const document = historyDocument(subject, entries, { undo: asked.run === "" ? null : asked.run });
  if (json) output.out(JSON.stringify({ exit: EXIT.done, history: entries, document }));
  else if (asked.markdown) output.out(renderMarkdown(document));
  else output.out(renderTerminal(document, output.colour === true), "styled");
  return EXIT.done;
}

/** The run that was asked for, or the latest; and who is meant. An older run knows only whom it changed, skipped or refused. */
async function openedFor(
  { run: runId, what }: ExplainInputs,
  store: ArtifactStore,
  { env, output }: Call["shell"],
): Promise<{ run: OpenedRun; found: FoundSubject }> {
  const latest = await openLatestRun(store, env);
  if (runId === "" || runId === latest.about.run.run_id)
    return { run: latest, found: await findInRun(what, latest.files) };
  if (!RUN_ID.test(runId) || !existsSync(historyOf(store.directory, runId).directory))
    throw new ConfigurationError([{ where: "--run", what: `the history has no run ${runId}; zdsync runs lists them` }]);
  if (await isUndo(store, runId)) return { run: latest, found: await findInRun(what, latest.files) };
  const kept = await openKeptRun(store, runId, env);
  const found = kept && (await findInRun(what, kept.files));
  if (kept && found?.is === "one" && (await isInEvidence(found.subject, kept.files))) return { run: kept, found };
  output.err(
    `Run ${runId} did not change, skip or refuse anything for this account, so its evidence was not kept. This is the latest run instead.`,
  );
  return { run: latest, found: await findInRun(what, latest.files) };
}

/** Only the instance that was asked for. */
function ofInstance(explanation: AccountExplanation, { instance: only }: ExplainInputs): AccountExplanation {
  if (!only) return explanation;
  return { ...explanation, instances: explanation.instances.filter((one) => one.instance === only) };
}

function tell(explanation: AccountExplanation, asked: ExplainInputs, json: boolean, { output }: Call["shell"]): void {
  const document = explanationDocument(explanation);
  if (json) output.out(JSON.stringify({ exit: EXIT.done, explanation, document }));
  else if (asked.markdown) output.out(renderMarkdown(document));
  else output.out(renderTerminal(document, output.colour === true), "styled");
}

/** Several or none: who they are, by id and name, and exit 2, as nothing was explained. */
type NotOne = Exclude<FoundSubject, { is: "one" }>;

function notOne(found: NotOne, json: boolean, { output }: Call["shell"], nobody = NOT_FOUND_IN_RUN): ExitCode {
  const subjects = found.is === "several" ? found.subjects : found.nearest;
  const message = notOneText(found, subjects.length, nobody);
  if (json) {
    output.out(JSON.stringify({ exit: EXIT.usage, found: found.is, message, subjects }));
    return EXIT.usage;
  }
  const names = subjects.map(({ salesforceId, names: [name = "(no name)"], organizations }) => {
    const ids = organizations.map(({ instance: where, id }) => `${where} ${id}`).join(", ");
    return `  ${(salesforceId ?? "no account").padEnd(18)}  ${oneLine(name)}${ids === "" ? "" : `  (${ids})`}`;
  });
  const more =
    found.is === "several" && found.more > 0
      ? [`  and ${found.more} more; use a longer part of the name, or an id`]
      : [];
  output.out([message, ...names, ...more].join("\n"));
  return EXIT.usage;
}

function notOneText(found: NotOne, named: number, nobody: string): string {
  if (found.is === "several") return "Several match; explain one of them by its id:";
  return named > 0 ? "Nothing has that id, name or address; did you mean one of these?" : nobody;
}

const NOT_FOUND_IN_RUN =
  "This run has no record with that id, name or address. zdsync gathers customers, partners, organizations and the sold-to contacts of subscriptions; for us-government also users and active support contacts (role Gitlab Admin, with a usable address).";
const NOT_FOUND_LIVE =
  "Zendesk has no organization with that id or exact name, and no user with that address, and the data directory has no run to search. Use the Salesforce id; after a run, sold-to addresses, user ids and parts of names work as well.";

export const explainingCommand: LoadedCommand = {
  inputs,
  argument: "what",
  examples: [
    "zdsync explain 0014M00000hrnZRQAY",
    'zdsync explain "Example Corp"',
    "zdsync explain ann@customer.example",
    "zdsync explain 0014M00000hrnZRQAY --when 2027-03-01",
    "zdsync explain 0014M00000hrnZRQAY --live",
    "zdsync explain 0014M00000hrnZRQAY --history",
    "zdsync explain 0014M00000hrnZRQAY --pipeline 4711",
  ],
  run: explainCommand,
};
