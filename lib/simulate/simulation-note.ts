import { COMPARISON } from "../domain/comparisons.ts";
import type { Problem } from "../errors.ts";
import { reasonText, refusalLines } from "../reasons/reason-text.ts";
import { listed } from "../reasons/texts.ts";
import type { TestCase } from "../report/junit-xml.ts";
import { HARMS, type Harm, type ReportModel } from "../report/model.ts";
import { oneLine } from "../text/outside-text.ts";

/** Invisible beginning of a merge request's note: the next simulation finds the note by it and updates it in place. */
export const NOTE_MARKER = "<!-- zdsync simulate -->";

/** Accounts that a note names of each kind. */
const NAMED = 10;

/** Number of rows of one harm, and the ids of their accounts; no name, no address. */
export interface HarmSummary {
  harm: Harm;
  count: number;
  salesforce_ids: string[];
}

/** Returns the summary of each harm that has rows, worst first, by id. Pure. */
export function harmSummaries({ rows, folded }: Pick<ReportModel, "rows" | "folded">): HarmSummary[] {
  return HARMS.flatMap((harm): HarmSummary[] => {
    const own = rows.filter((row) => row.harm === harm);
    const groups = folded.filter((group) => group.harm === harm);
    const count = own.length + groups.reduce((sum, group) => sum + group.count, 0);
    const ids = [...own, ...groups.flatMap(({ members }) => members)].flatMap(({ salesforce_id: id }) => id ?? []);
    return count === 0 ? [] : [{ harm, count, salesforce_ids: [...new Set(ids)] }];
  });
}

/**
 * The note on a merge request of the rules' project: counts and ids only, as whoever may read that project need not know customers.
 * Everything in it is a word or number of ours, or an account's id. `page`: where the whole of it lies, in the project of the sync. Pure.
 */
export function simulationNote(
  model: Pick<ReportModel, "head" | "limits" | "comparisons" | "rows" | "folded">,
  { commit, page }: { commit: string; page: string | null },
): string {
  const { head, limits } = model;
  const exceeded = limits.filter((one) => one.exceeded);
  const summaries = harmSummaries(model);
  return [
    NOTE_MARKER,
    `**zdsync simulate: ${exceeded.length > 0 ? "over the limits" : summaries.length === 0 ? "changes nothing for any customer" : "within the limits"}** (${commit === "" ? "" : `rules of ${commit.slice(0, 8)}, `}data of run ${head.run_id}, ${head.today})`,
    "",
    ...(summaries.length > 0
      ? ["| what it means | records | accounts |", "|---|---:|---|", ...summaries.map(row), ""]
      : []),
    ...(exceeded.length > 0
      ? [
          "| limit | records | allowed |",
          "|---|---:|---:|",
          ...exceeded.map(limitRow),
          "",
          ...refusalLines(head.refusals, "gitlab").map((line) => `- ${line}`),
          "",
        ]
      : []),
    ...leftOut(head).flatMap((line) => [`- ${line}`, ""]),
    "This shows only the effect of the rule change; changes that are pending anyway are not included. Names are only in the report, which stays with the data of the runs.",
    ...(page === null ? [] : ["", `[Report](${page})`]),
  ].join("\n");
}

/** The note where the new rules cannot be read: places and what is wrong there, as `zdsync test` says it too. Pure. */
export function unreadableNote(problems: readonly Problem[], commit: string): string {
  const shown = problems.slice(0, NAMED).map(({ where, what }) => `- ${inCode(`${where}: ${what}`)}`);
  const more = problems.length > NAMED ? [`- and ${problems.length - NAMED} more`] : [];
  return [
    NOTE_MARKER,
    `**zdsync simulate: the ${commit === "" ? "new rules" : `rules of ${commit.slice(0, 8)}`} cannot be read**, so nothing was simulated.`,
    "",
    ...shown,
    ...more,
  ].join("\n");
}

/** Text from outside as code: no mention, no link, no command of GitLab's, no markup. */
function inCode(text: string): string {
  return `\`${oneLine(text).replaceAll("`", "'").slice(0, 300)}\``;
}

function row({ harm, count, salesforce_ids: ids }: HarmSummary): string {
  const named = ids.slice(0, NAMED).map((id) => `\`${id}\``);
  const more = ids.length > NAMED ? ` and ${ids.length - NAMED} more` : "";
  return `| ${harm} | ${count} | ${named.join(" ")}${more} |`;
}

function limitRow({ comparison, effect, count, limit }: ReportModel["limits"][number]): string {
  return `| ${COMPARISON[comparison].title}: ${effect.replace("_", " ")} | ${count} | ${limit ?? "none"} |`;
}

/** The same for a terminal or a job's log: counts and ids only. Pure. */
export function simulationLines(model: Pick<ReportModel, "head" | "limits" | "rows" | "folded">): string[] {
  return [
    ...harmSummaries(model).map(({ harm, count, salesforce_ids: ids }) => `  ${harm}: ${count} · ${listed(ids)}`),
    ...refusalLines(model.head.refusals),
    ...leftOut(model.head),
  ];
}

/** Says what the simulation leaves out; counts and names of settings only. */
function leftOut({ warnings = [] }: Pick<ReportModel["head"], "warnings">): string[] {
  return warnings.map((one) => reasonText(one, "gitlab"));
}

/** A case for each limit, for GitLab's tab "Tests". Pure. */
export function simulationCases({ limits }: Pick<ReportModel, "limits">): TestCase[] {
  return limits.map(({ comparison, effect, count, of, limit, exceeded }) => ({
    name: `${COMPARISON[comparison].title}, limit of ${effect}: ${count}, allowed ${limit ?? "any"}`,
    outcome: exceeded ? "failure" : "passed",
    message: exceeded ? `${count} of ${of}, limit ${limit}` : "",
    detail: "",
  }));
}
