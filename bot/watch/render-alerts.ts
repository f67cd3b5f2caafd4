import type { EndingCredential } from "../../lib/doctor/expiring-credentials.ts";
import { COMPARISON } from "../../lib/domain/comparisons.ts";
import type { Day } from "../../lib/domain/dates.ts";
import { reasonText } from "../../lib/reasons/reason-text.ts";
import type { Block, OutgoingPost } from "../../lib/remotes/slack/ports.ts";
import { mrkdwnLink, mrkdwnText } from "../../lib/text/mrkdwn.ts";
import { messageLines, momentText } from "../render/blocks.ts";
import { type Customers, customerText } from "../render/customer.ts";
import { pageLink, pagePath } from "../render/format-run.ts";
import { harmLines } from "../render/matters.ts";
import { failureLines, outcomeText } from "../render/run.ts";
import type { RunState } from "../runs/runner.ts";
import { ATTENTION_LISTS, attentionKey } from "./attention-lists.ts";
import { type Alert, endOf, type Incident } from "./incidents.ts";

/** Things of one kind that a message names; it says how many more there are. */
const NAMED = 10;
/** Customers named of one charge. */
const CUSTOMERS = 5;
/** Characters of the reason of one organization: what to do stands at its end. */
const MAX_REASON_LENGTH = 600;
/** An alert as the message that is posted once. Pure. */
export function renderAlert(alert: Alert, customers: Customers): OutgoingPost {
  switch (alert.say) {
    case "missing":
      return message(`alert missing since ${alert.since}`, "No scheduled run for two hours", [
        `The last one started ${momentText(new Date(alert.since))}. Zendesk is not updated until runs happen again.`,
        "Check the schedule (GitLab: Build > Pipeline schedules; cron: the machine and its crontab) and `/zdsync status`.",
      ]);
    case "unseen":
      return message(`alert unseen since ${alert.since}`, "The bot cannot see the runs", [
        `Since ${momentText(new Date(alert.since))}: ${mrkdwnText(alert.reason, 400)}`,
        "Runs may or may not be happening. Run `zdsync bot --check` on the bot's machine to find the problem.",
      ]);
    case "seen":
      return message(`alert seen after ${alert.since}`, "The bot can see the runs again", [
        `It could not since ${momentText(new Date(alert.since))}. If there is a problem with the runs, the next message reports it.`,
      ]);
    case "failed":
      return message(keyOf(alert), "The scheduled run failed", [
        ...aboutRun(alert.run),
        ...failures(alert.run),
        "The next run does what this one left undone. `zdsync doctor` checks every setting and permission.",
        ...attention(alert.run, null, customers),
      ]);
    case "refused":
      return message(keyOf(alert), "The scheduled run was refused by a safety limit", [
        ...aboutRun(alert.run),
        ...failures(alert.run),
        ...(alert.run.record ? harmLines(alert.run.record, customers) : []),
        "If the changes are not right, correct Salesforce first.",
        ...attention(alert.run, null, customers),
      ]);
    case "records":
      return message(keyOf(alert), "Scheduled runs finish, but some records fail", [
        ...aboutRun(alert.run),
        ...failedRecords(alert.run),
        "The results files have the reason for each; every run tries them again.",
      ]);
    case "well":
      return message(keyOf(alert), "Scheduled runs recovered", [
        `${BEFORE[alert.after.kind]} since ${momentText(new Date(alert.after.since))}.`,
        ...aboutRun(alert.run),
        ...failedRecords(alert.run),
      ]);
    case "attention":
      return message(keyOf(alert), "Something in Salesforce or Zendesk needs attention", [
        ...aboutRun(alert.run),
        ...attention(alert.run, new Set(alert.keys), customers),
      ]);
  }
}

/** Credentials that end within the days doctor looks ahead, named once a day. Pure. */
export function renderCredentials(credentials: readonly EndingCredential[], today: Day): OutgoingPost {
  const lines = credentials.map(({ setting, ends, daysLeft, remedy }) => {
    const when =
      daysLeft > 0 ? `ends in ${daysLeft} ${daysLeft === 1 ? "day" : "days"}, on ${ends}` : `ended on ${ends}`;
    return `• *${mrkdwnText(setting, 60)}* ${when}. ${mrkdwnText(remedy, 300)}`;
  });
  const title = `${credentials.length === 1 ? "A credential ends" : `${credentials.length} credentials end`} soon`;
  return message(`credentials ${today}`, title, lines);
}

/** One message for each end of a run: a pipeline that is retried may end twice. */
function keyOf({ say, run }: Extract<Alert, { run: RunState }>): string {
  return `alert ${say} ${run.id} ${endOf(run)}`;
}

const BEFORE: Record<Incident["kind"], string> = {
  failed: "They had failed",
  refused: "They had been refused",
  missing: "None had happened",
  records: "Some records had failed",
};

function aboutRun(run: RunState): string[] {
  const { id, url, pageUrl, startedAt, endedAt } = run;
  const path = pagePath(run);
  const page = pageUrl ? ` ${pageLink(pageUrl)}` : path === null ? "" : ` (${path})`;
  const name = url ? mrkdwnLink(url, `Run ${id}`) : `Run ${mrkdwnText(id, 80)}`;
  const end = endedAt ? `, ended ${momentText(endedAt)}` : "";
  return [`${name}, started ${momentText(startedAt)}${end}: ${outcomeText(run)}.${page}`];
}

function failures({ record }: RunState): string[] {
  return record === null ? ["It left no readable report."] : failureLines(record);
}

function failedRecords({ record }: RunState): string[] {
  return (record?.comparisons ?? []).flatMap(({ name, results }) => {
    const failed = Object.values(results ?? {}).reduce((sum, counts) => sum + counts.failed, 0);
    return failed > 0 ? [`• ${COMPARISON[name].title}: ${failed} failed`] : [];
  });
}

/** Unknown charge names, conflicts, merged and moved accounts with the customers they concern; `keys` null: all of them. */
function attention({ record }: RunState, keys: ReadonlySet<string> | null, customers: Customers): string[] {
  if (record === null) return [];
  const charges = record.unknown_charges.filter(({ charge_name }) => keys?.has(`charge ${charge_name}`) ?? true);
  const lists = ATTENTION_LISTS.map(({ list, word, heading, rest }) => {
    const shown = record[list].filter((one) => keys?.has(attentionKey(word, one)) ?? true);
    const lines = shown.map((one) => skippedLine(one, customers));
    return lines.length > 0 ? [heading, ...capped(lines, rest)] : [];
  });
  return [
    ...(charges.length > 0
      ? ["*Charge names missing from plans.yml:* they give no support until they are added."]
      : []),
    ...capped(
      charges.map((charge) => chargeLine(charge, customers)),
      "more charge names",
    ),
    ...lists.flat(),
  ];
}

type Recorded = NonNullable<RunState["record"]>;

function chargeLine(charge: Recorded["unknown_charges"][number], customers: Customers): string {
  const hurt = new Set(charge.hurt_accounts);
  const unexpired = new Set(charge.unexpired_accounts);
  // Those whose support may be missing right now come first.
  const accounts = [...new Set([...charge.hurt_accounts, ...charge.unexpired_accounts, ...charge.accounts])];
  const nearest = charge.nearest === null ? "" : ` (did you mean ${mrkdwnText(charge.nearest, 120)}?)`;
  const named = accounts.slice(0, CUSTOMERS).map((id) => customerText(id, customers));
  const more = accounts.length > CUSTOMERS ? ` and ${accounts.length - CUSTOMERS} more` : "";
  return `• ${mrkdwnText(charge.charge_name, 120)}${nearest}: ${named.join(", ")}${more} (less support now: ${hurt.size}, unexpired: ${unexpired.size})`;
}

function skippedLine(
  { comparison, salesforce_id, id, reason }: Recorded["conflicts"][number],
  customers: Customers,
): string {
  const who = salesforce_id ? customerText(salesforce_id, customers) : `organization ${id}`;
  const where = id === null ? "" : `, organization ${id}`;
  return `• ${who} (${COMPARISON[comparison].title}${salesforce_id ? where : ""}): ${mrkdwnText(reasonText(reason, "slack"), MAX_REASON_LENGTH)}`;
}

function capped(lines: readonly string[], rest: string): string[] {
  return lines.length <= NAMED ? [...lines] : [...lines.slice(0, NAMED), `and ${lines.length - NAMED} ${rest}`];
}

function message(key: string, title: string, lines: readonly string[]): OutgoingPost {
  const header: Block = { type: "header", text: { type: "plain_text", text: title, emoji: false } };
  return { key, thread: null, text: title, blocks: [header, ...messageLines(lines).blocks] };
}
