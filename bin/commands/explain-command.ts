import * as v from "valibot";
import { ArtifactStore } from "../../lib/artifacts/store.ts";
import { isDay } from "../../lib/domain/dates.ts";
import { ConfigurationError, EXIT, type ExitCode } from "../../lib/errors.ts";
import type { AccountExplanation } from "../../lib/explain/account-explanation.ts";
import { EvidenceIndex } from "../../lib/explain/evidence-index.ts";
import { explainAccount } from "../../lib/explain/explain-account.ts";
import { explanationDocument } from "../../lib/explain/explanation-document.ts";
import { type FoundSubject, findInRun } from "../../lib/explain/find-subject.ts";
import { recordsAbout } from "../../lib/explain/records-about.ts";
import { renderMarkdown, renderTerminal } from "../../lib/explain/render-document.ts";
import { openLatestRun, withRecords } from "../../lib/explain/run-material.ts";
import { oneLine } from "../../lib/outside-text.ts";
import { dataDir, instance } from "../../lib/stage/inputs.ts";
import { parseInputs } from "../../lib/stage/parse-inputs.ts";
import { reportError } from "../../lib/stage/report-error.ts";
import type { Call, LoadedCommand } from "../commands.ts";

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
    v.pipe(v.string(), v.description("Who: a Salesforce id, a Zendesk organization id, a name or an e-mail address")),
    "",
  ),
  instance: v.optional(instance),
  when: v.optional(
    v.pipe(
      v.string(),
      v.check((text) => text === "" || isDay(text), "a day (YYYY-MM-DD)"),
      v.description("Another day than the run's: what would be decided then"),
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
        { where: "explain", what: "expected who: a Salesforce id, a Zendesk organization id, a name or an address" },
      ]);
    const run = await openLatestRun(new ArtifactStore(asked["data-dir"]), env);
    const found = await findInRun(asked.what, run.files);
    if (found.is !== "one") return notOne(found, json, shell);
    const records = await recordsAbout(run.files, found.subject);
    const evidence = new EvidenceIndex(withRecords(run, records)).of(found.subject);
    tell(
      ofInstance(explainAccount(evidence, asked.when === "" ? {} : { when: asked.when }), asked),
      asked,
      json,
      shell,
    );
    return EXIT.done;
  } catch (error) {
    return reportError(error, { ...shell, json });
  }
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
function notOne(found: Exclude<FoundSubject, { is: "one" }>, json: boolean, { output }: Call["shell"]): ExitCode {
  const subjects = found.is === "several" ? found.subjects : found.nearest;
  const message = notOneText(found, subjects.length);
  if (json) {
    output.out(JSON.stringify({ exit: EXIT.usage, found: found.is, message, subjects }));
    return EXIT.usage;
  }
  const names = subjects.map(({ salesforceId, names: [name = "(no name)"], organizations }) => {
    const ids = organizations.map(({ instance: where, id }) => `${where} ${id}`).join(", ");
    return `  ${(salesforceId ?? "no account").padEnd(18)}  ${oneLine(name)}${ids === "" ? "" : `  (${ids})`}`;
  });
  const more =
    found.is === "several" && found.more > 0 ? [`  and ${found.more} more; give more of the name, or an id`] : [];
  output.out([message, ...names, ...more].join("\n"));
  return EXIT.usage;
}

function notOneText(found: Exclude<FoundSubject, { is: "one" }>, named: number): string {
  if (found.is === "several") return "Several match; explain one of them by its id:";
  if (named > 0) return "This run knows nobody with that id, name or address; did you mean one of these?";
  return "This run knows nobody with that id, name or address. zdsync gathers customers, partners and organizations, the sold-to contacts of subscriptions, and in us-government users and active support contacts (role Gitlab Admin, with a usable address).";
}

export const explainingCommand: LoadedCommand = {
  inputs,
  argument: "what",
  examples: [
    "zdsync explain 0014M00000hrnZRQAY",
    'zdsync explain "Example Corp"',
    "zdsync explain ann@customer.example",
    "zdsync explain 0014M00000hrnZRQAY --when 2027-03-01",
  ],
  run: explainCommand,
};
