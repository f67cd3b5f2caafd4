import type { ArtifactStore } from "../artifacts/store.ts";
import type { SlackConfig } from "../domain/config.ts";
import { historyOf } from "../stage/history.ts";
import { accountKey } from "./customers.ts";
import type { FoldedRows, ReportModel, Row } from "./model.ts";
import { writePage } from "./page/write-page.ts";

/** The page of a run without the customers of us-government: the one that goes where they are not named. */
export const SLACK_PAGE = "report.slack.html";

/**
 * Writes the page for channels where customers of us-government are not named, beside the artifacts and into the history, where the
 * config wants pages in Slack and has such a channel. Without one `report.html` is the page for Slack, too.
 */
export async function writeSlackPage(store: ArtifactStore, model: ReportModel, config: SlackConfig): Promise<void> {
  const isNeeded = config.us_government === "ids_only" || config.notice_channels.us_government !== null;
  if (!config.page || !isNeeded) return;
  const page = Buffer.from(writePage(withoutUsGovernment(model)));
  for (const one of [store, historyOf(store.directory, model.head.run_id)]) await one.writeText(SLACK_PAGE, page);
}

/**
 * A report without the customers of us-government: their rows, and rows of accounts that global does not know either (decision 15). What
 * an account's explanation says of its other instance is left out with the explanation. Counts stay: they say nothing of anybody. Pure.
 */
export function withoutUsGovernment(model: ReportModel): ReportModel {
  const { audit: _, ...others } = model;
  const known = accountsOfGlobal(model);
  const isShown = ({ instance, salesforce_id: id }: Pick<Row, "instance" | "salesforce_id">) =>
    instance === "global" || (instance === null && id !== null && known.has(accountKey(id)));
  const withheld = (rows: FoldedRows): FoldedRows[] => {
    const members = rows.members.filter(({ salesforce_id }) => isShown({ instance: rows.instance, salesforce_id }));
    return members.length > 0 ? [{ ...rows, members, count: members.length }] : [];
  };
  return {
    ...others,
    rows: model.rows.filter(isShown).map((row) => ({ ...row, explanation: null })),
    folded: model.folded.flatMap(withheld),
    // In a thread there are no pages beside it.
    trend: model.trend.map((run) => ({ ...run, href: null })),
  };
}

function accountsOfGlobal({ rows, folded }: Pick<ReportModel, "rows" | "folded">): ReadonlySet<string> {
  const all = [...rows, ...folded.flatMap(({ instance, members }) => members.map((one) => ({ ...one, instance })))];
  return new Set(
    all.flatMap(({ instance, salesforce_id: id }) => (instance === "global" && id !== null ? [accountKey(id)] : [])),
  );
}
