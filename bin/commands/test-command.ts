import { basename, dirname } from "node:path";
import { Glob } from "bun";
import * as v from "valibot";
import { toDay } from "../../lib/domain/dates.ts";
import type { Plans } from "../../lib/domain/plans.ts";
import { ConfigurationError, EXIT, type ExitCode, type Problem } from "../../lib/errors.ts";
import { COMMON_INPUTS } from "../../lib/pipeline/inputs.ts";
import { parseInputs } from "../../lib/pipeline/parse-inputs.ts";
import { reportError } from "../../lib/pipeline/report-error.ts";
import { junitXml } from "../../lib/report/junit-xml.ts";
import { parseCases } from "../../lib/rule-tests/parse-cases.ts";
import { caseFailures, plainText } from "../../lib/rule-tests/render-cases.ts";
import type { RuleCase } from "../../lib/rule-tests/rule-case.ts";
import { type CaseResult, runCase } from "../../lib/rule-tests/run-case.ts";
import { chargePlaces, parsePlans } from "../../lib/settings/files/plans.ts";
import { textIfFile } from "../../lib/storage/files/edited-file.ts";
import { writeWholeFile } from "../../lib/storage/files/write-whole-file.ts";
import type { Call, LoadedCommand } from "../commands.ts";
import { caseFromRun } from "./case-from-run.ts";

/** Looked for where no file is named: beside the plans, and in a folder of their own. */
const USUAL_FILES = ["plans.test.yml", "tests/*.yml"];

const inputs = v.object({
  "data-dir": COMMON_INPUTS["data-dir"],
  today: COMMON_INPUTS.today,
  files: v.optional(
    v.pipe(v.string(), v.description(`Test files (default: ${USUAL_FILES.join(" and ")}, if they exist)`)),
    "",
  ),
  plans: v.optional(v.pipe(v.string(), v.description("The plans to test (default: PLANS_FILE, or plans.yml)")), ""),
  junit: v.optional(v.pipe(v.string(), v.description("Also write a JUnit file, for GitLab's Tests tab")), ""),
  from: v.optional(
    v.pipe(
      v.string(),
      v.description(
        "Instead, print a test case made from this account of the last run (Salesforce id), without its name and addresses",
      ),
    ),
    "",
  ),
});

type Inputs = v.InferOutput<typeof inputs>;

/** Tests the plans, or makes a case of a real account. Reads files only; needs no credentials. Never throws. */
async function test({ given, json, shell }: Call): Promise<ExitCode> {
  const { output, env, clock } = shell;
  try {
    const asked = parseInputs(inputs, given, env);
    const today = asked.today || toDay(clock());
    if (asked.from !== "") {
      output.out(await caseFromRun(asked.from, asked["data-dir"], today));
      return EXIT.done;
    }
    const { plans, placeOfCharge, cases } = await readFiles(asked, env.PLANS_FILE || "plans.yml", today);
    const results = cases.map((one) => runCase(one, plans, placeOfCharge));
    if (asked.junit !== "") await writeWholeFile(asked.junit, junitXml("zdsync test", results.map(asTestCase)));
    const failed = results.filter(({ mismatches }) => mismatches.length > 0);
    const exit = failed.length > 0 ? EXIT.failed : EXIT.done;
    output.out(json ? JSON.stringify({ exit, cases: results.map(resultJson) }) : caseFailures(results));
    return exit;
  } catch (error) {
    return reportError(error, { ...shell, json });
  }
}

/** The plans and all cases; throws `ConfigurationError` with the problems of every file at once. */
async function readFiles(
  asked: Inputs,
  plansFile: string,
  today: string,
): Promise<{ plans: Plans; placeOfCharge: CaseResult["placeOfCharge"]; cases: RuleCase[] }> {
  const problems: Problem[] = [];
  const read = async <T>(path: string, parse: (text: string) => T): Promise<T | null> => {
    const text = await textIfFile(path);
    if (text === null) {
      problems.push({ where: path, what: "does not exist" });
      return null;
    }
    try {
      return parse(text);
    } catch (error) {
      if (!(error instanceof ConfigurationError)) throw error;
      problems.push(...error.problems);
      return null;
    }
  };
  const path = asked.plans || plansFile;
  const readPlans = await read(path, (text) => ({
    plans: parsePlans(text, path),
    placeOfCharge: chargePlaces(text, path),
  }));
  const files = asked.files === "" ? await usualFiles(dirname(path)) : asked.files.split("\n");
  if (files.length === 0)
    problems.push({ where: "files", what: `none given, and neither ${USUAL_FILES.join(" nor ")} exists` });
  const cases: RuleCase[] = [];
  for (const file of files) cases.push(...((await read(file, (text) => parseCases(text, file, today))) ?? []));
  if (problems.length > 0 || readPlans === null) throw new ConfigurationError(problems);
  return { ...readPlans, cases };
}

async function usualFiles(folder: string): Promise<string[]> {
  const found: string[] = [];
  for (const pattern of USUAL_FILES)
    for await (const file of new Glob(pattern).scan({ cwd: folder }))
      found.push(folder === "." ? file : `${folder}/${file}`);
  return found.sort();
}

function asTestCase({ ruleCase, ...result }: CaseResult) {
  const passed = result.mismatches.length === 0;
  const detail = passed ? "" : plainText({ ruleCase, ...result });
  const message = `${result.mismatches.length} not as expected (${ruleCase.where})`;
  const file = basename(ruleCase.where).replace(/:\d+$/, "");
  return {
    name: `${file}: ${ruleCase.name}`,
    outcome: passed ? ("passed" as const) : ("failure" as const),
    message: passed ? "" : message,
    detail,
  };
}

function resultJson({ ruleCase: { name, where, today }, mismatches, notes }: CaseResult) {
  return { name, where, today, passed: mismatches.length === 0, mismatches, notes };
}

export const testCommand: LoadedCommand = {
  inputs,
  examples: [
    "zdsync test",
    "zdsync test tests/premium.yml --plans plans-2027.yml",
    "zdsync test --junit junit.xml",
    "zdsync test --from 0014M00001kAbCdQAK >> plans.test.yml",
  ],
  argument: "files",
  severalArguments: true,
  run: test,
};
