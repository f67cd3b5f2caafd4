import type { SlackConfig } from "../domain/config.ts";
import type { ArtifactStore } from "../storage/artifacts/store.ts";
import { historyOf } from "../storage/history.ts";
import type { ReportModel } from "./model.ts";
import { writePage } from "./page/write-page.ts";
import { type PageExtras, shownModel } from "./shown-model.ts";

/** The page of a run without the customers of us-government: the one that goes where they are not named. */
export const SLACK_PAGE = "report.slack.html";

/**
 * Writes the page for channels where customers of us-government are not named, beside the artifacts and into the history, where the
 * config wants pages in Slack and has such a channel. Without one `report.html` is the page for Slack, too.
 *
 * @param model the whole one, without explanations and audit: `parts` has these, with names withheld before anything is rendered
 */
export async function writeSlackPage(
  store: ArtifactStore,
  model: ReportModel,
  parts: PageExtras,
  config: SlackConfig,
): Promise<void> {
  const isNeeded = config.us_government === "ids_only" || config.notice_channels.us_government !== null;
  if (!config.page || !isNeeded) return;
  // In a thread there are no pages beside it.
  const trend = model.trend.map((run) => ({ ...run, href: null }));
  const page = Buffer.from(writePage({ ...shownModel(model, "ids_only", parts), trend }));
  for (const one of [store, historyOf(store.directory, model.head.run_id)]) await one.writeText(SLACK_PAGE, page);
}
