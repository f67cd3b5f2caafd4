import { COMPARISON } from "../changesets/comparison.ts";
import type { Create, Mark, Note, Update } from "../domain/changeset.ts";
import type { UserCreate, UserMark, UserUpdate } from "../domain/user.ts";
import type { ComparisonReport } from "../stage/stage.ts";
import { changedValues, show } from "./changes.ts";

/** Records of one kind that a report shows in full; the files hold them all. */
const SHOWN = 200;

/** Characters of a name or reason that a report shows. */
const LONGEST = 400;

/** A comparison with its records, as a report shows it. */
export interface ReportedComparison {
  comparison: ComparisonReport;
  creates: readonly (Create | UserCreate)[];
  updates: readonly (Update | UserUpdate)[];
  marks: readonly (Mark | UserMark)[];
  notes: readonly Note[];
}

/** What a run is about, for the head of a report. */
export interface ReportHead {
  run_id: string;
  today: string;
  hosts: string;
}

/** A report in Markdown: what would change or was changed, comparison by comparison, with what was left alone and why. */
export function renderMarkdown(
  head: ReportHead,
  comparisons: readonly ReportedComparison[],
  otherNotes: readonly Note[],
): string {
  return [
    `# zdsync ${head.run_id}`,
    "",
    `${head.hosts} · today is ${head.today}`,
    "",
    "| | existing | create | update | mark | digest |",
    "|---|--:|--:|--:|--:|---|",
    ...comparisons.map(
      ({ comparison: { name, existing, planned, digest, refused } }) =>
        `| ${COMPARISON[name].title}${refused ? " **refused**" : ""} | ${existing} | ${planned.creates} | ${planned.updates} | ${planned.marks} | \`${digest}\` |`,
    ),
    "",
    ...comparisons.flatMap(renderComparison),
    ...renderNotes("Accounts and overrides", otherNotes),
  ].join("\n");
}

function renderComparison({ comparison, creates, updates, marks, notes }: ReportedComparison): string[] {
  return [
    `## ${COMPARISON[comparison.name].title}`,
    "",
    ...(comparison.refused ? [`> ${comparison.refused.replaceAll("\n", "\n> ")}`, ""] : []),
    ...renderLimits(comparison),
    ...section("Create", creates, (create) => [
      `- ${cell(create.name)} (${create.salesforce_id})${"organization_fields" in create ? `: ${show(create.organization_fields.support_level)}` : ""}`,
    ]),
    ...section("Update", updates, renderUpdate),
    ...section("Mark for deletion", marks, (mark) => [
      `- ${"name" in mark ? cell(mark.name) : `user ${mark.id}`} (${mark.salesforce_id ?? "no salesforce_id"})`,
    ]),
    ...renderNotes("Left alone", notes),
  ];
}

function renderLimits({ measures }: ComparisonReport): string[] {
  return [
    "| effect | count | limit |",
    "|---|--:|---|",
    ...measures.map(
      ({ effect, count, limitText, exceeded }) =>
        `| ${effect} | ${count} | ${limitText}${exceeded ? " **exceeded**" : ""} |`,
    ),
    "",
  ];
}

function renderUpdate(update: Update | UserUpdate): string[] {
  if (!("name" in update)) {
    const changes = Object.entries(update.change).map(
      ([field, after]) =>
        `${field}: ${cell(show(update.before[field as keyof typeof update.before]))} → ${cell(show(after))}`,
    );
    return [`- user ${update.id} (${update.salesforce_id}): ${changes.join(", ")}`];
  }
  const changes = changedValues(update.before, update.change).map(
    ({ field, before, after }) => `${field}: ${cell(before)} → ${cell(after)}`,
  );
  return [`- ${cell(update.name)} (${update.salesforce_id}): ${changes.join(", ")}`];
}

function section<T>(title: string, records: readonly T[], render: (record: T) => string[]): string[] {
  if (records.length === 0) return [];
  const more = records.length > SHOWN ? [`- … and ${records.length - SHOWN} more in the change files`] : [];
  return [`### ${title} (${records.length})`, "", ...records.slice(0, SHOWN).flatMap(render), ...more, ""];
}

function renderNotes(title: string, notes: readonly Note[]): string[] {
  return section(title, notes, (note) => [
    `- ${note.rule} ${[note.salesforce_id, note.id === null ? null : `organization or user ${note.id}`].filter((part) => part !== null).join(", ")}: ${cell(note.reason)}`,
  ]);
}

/** Text from outside, made harmless in Markdown: no markup, links or mentions, no line breaks, no invisible direction marks. */
export function cell(text: string): string {
  const visible = [...text.replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, " ").toWellFormed()].slice(0, LONGEST).join("");
  return visible
    .replace(/[\\`*_{}[\]<>()#+!|~&@$-]/g, "\\$&")
    .replace(/^(\s*\d+)\./, "$1\\.")
    .replaceAll("://", "\\://")
    .replace(/www\./gi, (www) => `${www.slice(0, 3)}\\.`);
}
