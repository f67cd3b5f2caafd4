import { COMPARISON } from "../domain/comparisons.ts";
import { limitReasons } from "../domain/limits.ts";
import type { ComparisonReport } from "../pipeline/stage.ts";
import { type Place, reasonText, titleOf, whatText } from "../reasons/reason-text.ts";
import type { Effect, Result } from "../storage/artifacts/results.ts";
import { junitXml, type TestCase } from "./junit-xml.ts";

const EFFECTS: readonly Effect[] = ["create", "update", "mark", "contact"];

/** Records that a group names; the results file has them all. */
const SHOWN = 20;

/**
 * What became of a comparison as JUnit, for GitLab's tab "Tests": a case for each limit, and one for each group of records with
 * the same effect, outcome and reason. Records are named by id only. Of a dry run: what would have become of them.
 */
export function renderJunit(
  comparison: ComparisonReport,
  results: readonly Result[],
  { dryRun = false, place = "terminal" }: { dryRun?: boolean; place?: Place } = {},
): string {
  const title = `zdsync ${COMPARISON[comparison.name].title}`;
  const cases = [
    ...limitCases(comparison, place),
    ...refusalCases(comparison, place),
    ...EFFECTS.flatMap((effect) => groupCases(effect, results, dryRun)),
  ];
  return junitXml(title, cases);
}

function limitCases({ name, measures }: ComparisonReport, place: Place): TestCase[] {
  return measures.map((measure) => {
    const [exceeded] = limitReasons(name, [measure]);
    return {
      name: `limit of ${measure.effect}: ${measure.count}, allowed ${measure.limitText}`,
      outcome: exceeded ? "failure" : "passed",
      message: exceeded ? reasonText(exceeded, place) : "",
      detail: "",
    };
  });
}

/** Everything else that refused the comparison. */
function refusalCases({ refused = [] }: ComparisonReport, place: Place): TestCase[] {
  return refused.flatMap((one) =>
    one.code === "limit.exceeded"
      ? []
      : [
          {
            name:
              one.code === "count.unconfirmed"
                ? `confirmed ${one.params.effect}: ${one.params.confirmed}`
                : titleOf(one.code),
            outcome: "failure" as const,
            message: reasonText(one, place),
            detail: "",
          },
        ],
  );
}

function groupCases(effect: Effect, results: readonly Result[], dryRun: boolean): TestCase[] {
  const groups = Map.groupBy(
    results.filter((result) => result.effect === effect),
    ({ outcome, reason }) => `${dryRun ? WOULD_BE[outcome] : outcome}${reason ? `: ${whatText(reason)}` : ""}`,
  );
  return [...groups].sort(byKey).map(([what, members]) => {
    const outcome = members[0]?.outcome;
    const more = members.length > SHOWN ? `\n… and ${members.length - SHOWN} more in the results file` : "";
    return {
      name: `${effect} ${what} (${members.length})`,
      outcome: outcome === "failed" ? "failure" : outcome === "applied" && !dryRun ? "passed" : "skipped",
      message: what,
      detail: members.slice(0, SHOWN).map(recordName).join("\n") + more,
    };
  });
}

/** In a dry run nothing was done: its cases are skipped ones, and say what would be. */
const WOULD_BE: Record<Result["outcome"], string> = {
  applied: "would be applied",
  failed: "would fail",
  skipped: "would be skipped",
};

function recordName({ salesforce_id, id }: Result): string {
  return [...(salesforce_id ? [`account ${salesforce_id}`] : []), ...(id === null ? [] : [`id ${id}`])].join(", ");
}

function byKey([one]: [string, unknown], [other]: [string, unknown]): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
