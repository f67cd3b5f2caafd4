import * as v from "valibot";
import { audit } from "../../lib/audit/audit.ts";
import { readAuditSources } from "../../lib/audit/read-sources.ts";
import { auditLines, renderAudit } from "../../lib/audit/render-audit.ts";
import { toDay } from "../../lib/domain/dates.ts";
import { AUDIT_REASONS } from "../../lib/domain/reasons/auditing.ts";
import { EXIT, type ExitCode } from "../../lib/errors.ts";
import { dataDir } from "../../lib/pipeline/inputs.ts";
import { parseInputs } from "../../lib/pipeline/parse-inputs.ts";
import { reportError } from "../../lib/pipeline/report-error.ts";
import { ArtifactStore } from "../../lib/storage/artifacts/store.ts";
import type { Call, LoadedCommand } from "../commands.ts";

/** Examples of each finding that are shown unless somebody asks for more. */
const SHOWN = "5";

const CODES = Object.keys(AUDIT_REASONS).map((code) => code.replace("audit.", ""));

const inputs = v.object({
  "data-dir": dataDir,
  examples: v.optional(
    v.pipe(
      v.string(),
      v.regex(/^\d{0,6}$/, "a number of examples, 0 for all"),
      v.description(`How many examples of each finding to show; 0: all (default: ${SHOWN}; with --json: all)`),
    ),
    "",
  ),
  "fail-on": v.optional(
    v.pipe(
      v.string(),
      v.transform((text) => text.split(/[\s,]+/).filter((part) => part !== "")),
      v.array(v.picklist(["any", ...CODES], `any, or one of ${CODES.join(", ")}`)),
      v.metadata({ repeatable: true }),
      v.description(
        "Exit with 1 if one of these is found: any, or finding codes without the prefix audit. (default: exit 0 despite findings)",
      ),
    ),
    "",
  ),
});

/** Looks at the identities that a run gathered. Reads artifacts only; needs no setting and no remote. Never throws. */
async function auditRun({ given, json, shell }: Call): Promise<ExitCode> {
  const { output, env, clock } = shell;
  try {
    const asked = parseInputs(inputs, given, env);
    const { run_id, sources, missing } = await readAuditSources(new ArtifactStore(asked["data-dir"]), toDay(clock()));
    const limit = Number(asked.examples || (json ? 0 : SHOWN)) || Number.POSITIVE_INFINITY;
    const lines = auditLines(audit(sources), limit);
    const failing = lines.some(
      ({ code }) => asked["fail-on"].includes("any") || asked["fail-on"].includes(code.replace("audit.", "")),
    );
    const exit = failing ? EXIT.failed : EXIT.done;
    output.out(
      json
        ? JSON.stringify({ exit, run_id, today: sources.today, findings: lines, missing })
        : renderAudit(lines, missing),
    );
    return exit;
  } catch (error) {
    return reportError(error, { ...shell, json });
  }
}

export const auditCommand: LoadedCommand = {
  inputs,
  examples: [
    "zdsync audit",
    "zdsync audit --examples 0",
    "zdsync audit --json",
    "zdsync audit --fail-on account_id_shared",
  ],
  run: auditRun,
};
