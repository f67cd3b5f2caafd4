import type { InstanceName } from "../../lib/domain/instance.ts";
import { reasonText, titleOf, whatText } from "../../lib/explain/reason-text.ts";
import type { Subject } from "../../lib/report/find-organization.ts";
import type { InstanceStory, OrganizationStory, StoryChange, StoryNote } from "../../lib/report/organization-story.ts";
import { mrkdwnAddress, mrkdwnLink, mrkdwnText } from "../../lib/slack/mrkdwn.ts";
import { mention, momentText } from "../render/blocks.ts";
import type { LastRun } from "./last-run.ts";
import type { KnownState } from "./organization-states.ts";
import type { Story } from "./stories.ts";

/** Hosts that links lead to; no link where one is not known. */
export type LinkHosts = Record<"salesforce" | InstanceName, string | null>;

/** What an answer is made of, beside the story itself. */
export interface StorySetting {
  hosts: LinkHosts;
  run: Pick<LastRun, "endedAt" | "url">;
  /** What people did about it in Slack since; null where nobody did anything. */
  state: KnownState | null;
}

/** Shown of each: a line says how many more there are. */
const MOST_VALUES = 12;
const MOST_CONTACTS = 8;
const MOST_NOTES = 6;
const MOST_FILES = 4;

/** What the last run knew and did about whoever was asked for, as mrkdwn lines in which everything from outside shows as text. Pure. */
export function storyLines(asked: string, { told, run }: Story, setting: StorySetting): string[] {
  const when = runLine(setting.run, run.runIds);
  const gaps = gapLines(run);
  if (told.is === "story") return [...aboutLines(told.story, when, setting), ...gaps];
  if (told.is === "several") {
    const more = told.more > 0 ? [`and ${told.more} more`] : [];
    return [
      `${told.subjects.length + told.more} organizations match ${quoted(asked)}. Ask again with an id:`,
      ...told.subjects.map((one) => hitLine(one, setting.hosts)),
      ...more,
      when,
      ...gaps,
    ];
  }
  const near = told.nearest.map((one) => hitLine(one, setting.hosts));
  return [
    `The last run knew nobody called ${quoted(asked)}, and no such id.`,
    ...(near.length > 0 ? ["Did you mean:", ...near] : []),
    "It knew customers and partners of Salesforce, and the organizations of both Zendesk instances.",
    when,
    ...gaps,
  ];
}

function aboutLines(story: OrganizationStory, when: string, { hosts, state }: StorySetting): string[] {
  const { name, otherNames, salesforceId, source, notes, instances } = story;
  const title = `*${mrkdwnText(name ?? "", 80) || "(no name)"}*`;
  const others = otherNames.slice(0, 3).map((one) => mrkdwnText(one, 80));
  return [
    salesforceId === null ? title : `${title}  ${accountLink(salesforceId, hosts)}`,
    ...(others.length > 0 ? [`Also called ${others.join(", ")}`] : []),
    when,
    source,
    ...noteLines(notes),
    ...(state ? [`Since then: ${stateText(state)}`] : []),
    ...instances.flatMap((one) => instanceLines(one, hosts)),
  ];
}

function instanceLines(story: InstanceStory, hosts: LinkHosts): string[] {
  const { instance, organizations, supportLevel, expirationDate, marked, changes, contacts, nothing, notes } = story;
  const links = organizations.map(({ id }) => organizationLink(instance, id, hosts));
  const facts = [
    story.inSource === true ? "in the source" : story.inSource === false ? "not in the source" : null,
    supportLevel === null ? null : `support level ${mrkdwnText(supportLevel, 40)}`,
    expirationDate === null ? null : `expires ${mrkdwnText(expirationDate, 20)}`,
    marked ? "marked for deletion" : null,
  ].filter((fact) => fact !== null);
  const shown = contacts
    .slice(0, MOST_CONTACTS)
    .map(
      ({ email, outcome, reason }) =>
        `• ${mrkdwnAddress(email, 80)}: ${mrkdwnText(reason === null ? outcome : whatText(reason), 160)}`,
    );
  return [
    `*${instance}*${links.length > 0 ? `  ${links.join(" · ")}` : ""}`,
    ...(facts.length > 0 ? [facts.join(" · ")] : []),
    ...changes.flatMap(changeLines),
    ...(nothing === null ? [] : [nothing]),
    ...noteLines(notes),
    ...(contacts.length > 0 ? [`${instance === "global" ? "Contacts" : "Users"} tried:`, ...shown] : []),
    ...more(contacts.length - MOST_CONTACTS, "address"),
  ];
}

const OUTCOME = { applied: "done", failed: "failed", skipped: "skipped", "not written": "not written" } as const;
const DOES = { create: "Create", update: "Update", mark: "Mark for deletion" } as const;

function changeLines({ does, values, outcome, reason }: StoryChange): string[] {
  const why = reason === null ? "" : ` (${mrkdwnText(whatText(reason), 200)})`;
  const shown = values
    .slice(0, MOST_VALUES)
    .map(
      ({ field, before, after }) => `• ${mrkdwnText(field, 60)}: ${mrkdwnText(before, 80)} → ${mrkdwnText(after, 80)}`,
    );
  return [`${DOES[does]}: ${OUTCOME[outcome]}${why}`, ...shown, ...more(values.length - MOST_VALUES, "field")];
}

function noteLines(notes: readonly StoryNote[]): string[] {
  const shown = notes
    .slice(0, MOST_NOTES)
    .map(({ rule, reason }) => `• ${rule} ${titleOf(reason.code)}: ${mrkdwnText(reasonText(reason), 300)}`);
  return [...shown, ...more(notes.length - MOST_NOTES, "finding")];
}

function more(count: number, noun: string): string[] {
  return count > 0 ? [`and ${count} more ${count === 1 ? noun : noun === "address" ? "addresses" : `${noun}s`}`] : [];
}

function hitLine({ names, salesforceId, organizations }: Subject, hosts: LinkHosts): string {
  const ids = organizations.slice(0, 3).map(({ instance, id }) => organizationLink(instance, id, hosts));
  const all = [...(salesforceId === null ? [] : [accountLink(salesforceId, hosts)]), ...ids];
  return `• ${mrkdwnText(names[0] ?? "", 80) || "(no name)"}  ${all.join(" · ")}`;
}

function stateText(state: KnownState): string {
  const who = `${mention(state.by)}, ${momentText(state.at)}`;
  if (state.is === "handled") return `marked handled by ${who}`;
  if (state.is === "still nobody") return `contacts retried by ${who}: still nobody`;
  return `contacts retried by ${who}: ${state.count === 0 ? "somebody was there already" : `${state.count} added`}`;
}

function runLine({ endedAt, url }: StorySetting["run"], runIds: readonly string[]): string {
  const which = url === null ? "the last run" : mrkdwnLink(url, "the last run");
  const several = runIds.length > 1 ? `, from files of ${runIds.length} runs` : "";
  return `As of ${which}, ${momentText(endedAt)}${several}.`;
}

function gapLines({ missing, unreadable }: Story["run"]): string[] {
  return [
    ...(missing.length > 0 ? [`Files that are missing, so that not all can be told: ${fileList(missing)}`] : []),
    ...(unreadable.length > 0 ? [`Files that are damaged: ${fileList(unreadable)}`] : []),
  ];
}

function fileList(names: readonly string[]): string {
  const others = names.length - MOST_FILES;
  return `${names.slice(0, MOST_FILES).join(", ")}${others > 0 ? ` and ${others} more` : ""}`;
}

function accountLink(id: string, { salesforce }: LinkHosts): string {
  return mrkdwnLink(salesforce === null ? "" : `https://${salesforce}/${encodeURIComponent(id)}`, `Salesforce ${id}`);
}

function organizationLink(instance: InstanceName, id: number, hosts: LinkHosts): string {
  const host = hosts[instance];
  return mrkdwnLink(host === null ? "" : `https://${host}/agent/organizations/${id}`, `Zendesk ${id}`);
}

/** What somebody typed, as text. */
function quoted(asked: string): string {
  return `“${mrkdwnText(asked, 80)}”`;
}
