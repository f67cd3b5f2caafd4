import { COMPARISON, contactsFile } from "../changesets/comparison.ts";
import type { Create, Mark, Note, PlannedContact, Update } from "../domain/changeset.ts";
import type { UnknownCharge } from "../domain/process-notes.ts";
import type { UserCreate, UserMark, UserUpdate } from "../domain/user.ts";
import { type Place, reasonText, refusalLines, titleOf } from "../explain/reason-text.ts";
import { oneLine } from "../outside-text.ts";
import type { ComparisonReport } from "../stage/stage.ts";
import { changedValues, show } from "./changes.ts";

/** Records of one kind that a report shows in full; the files hold them all. */
const SHOWN = 200;

/** A comparison with its records, as a report shows it. */
export interface ReportedComparison {
  comparison: ComparisonReport;
  creates: readonly (Create | UserCreate)[];
  updates: readonly (Update | UserUpdate)[];
  marks: readonly (Mark | UserMark)[];
  notes: readonly Note[];
  /** Where the comparison plans any (C10). */
  contacts?: readonly PlannedContact[];
}

/** What a run is about, for the head of a report. */
export interface ReportHead {
  run_id: string;
  today: string;
  hosts: string;
  /** Charge names that nobody mapped (E2); the customers that have less support for it now are named. */
  unknownCharges?: readonly ReportedCharge[];
}

/** An unknown charge name with what customers are called, by account id. */
export interface ReportedCharge extends UnknownCharge {
  names: ReadonlyMap<string, string>;
}

/** How a report looks; what it says is the same in every style. Lines end nowhere: they are joined. */
export interface Style {
  /** Where it is read. */
  place: Place;
  /** Text from outside, made harmless where it is shown. */
  plain(text: string): string;
  heading(level: 1 | 2 | 3, text: string): string[];
  paragraph(text: string): string[];
  item(text: string): string;
  /** First row is the head; numbers stand to the right. */
  table(rows: readonly (readonly (string | number)[])[]): string[];
}

/** What would change or was changed, comparison by comparison, with what was left alone and why. */
export function renderReport(
  head: ReportHead,
  comparisons: readonly ReportedComparison[],
  otherNotes: readonly Note[],
  style: Style,
): string {
  return [
    ...style.heading(1, `zdsync ${head.run_id}`),
    ...style.paragraph(`${head.hosts} · today is ${head.today}`),
    ...style.table([
      ["", "existing", "create", "update", "mark", "contacts", "digest"],
      ...comparisons.map(({ comparison: { name, existing, planned, digest, refused } }) => [
        `${COMPARISON[name].title}${refused ? " REFUSED" : ""}`,
        existing,
        planned.creates,
        planned.updates,
        planned.marks,
        contactsFile(name) ? planned.contacts : "–",
        digest,
      ]),
    ]),
    ...comparisons.flatMap((one) => renderComparison(one, style)),
    ...renderUnknownCharges(head.unknownCharges ?? [], style),
    ...renderNotes("Accounts and overrides", otherNotes, style),
  ].join("\n");
}

function renderComparison(reported: ReportedComparison, style: Style): string[] {
  const { comparison, creates, updates, marks, notes } = reported;
  return [
    ...style.heading(2, COMPARISON[comparison.name].title),
    ...(comparison.refused ? style.paragraph(refusalLines(comparison.refused, style.place).join("\n")) : []),
    ...style.table([
      ["effect", "count", "limit"],
      ...comparison.measures.map(({ effect, count, limitText, exceeded }) => [
        effect,
        count,
        exceeded ? `${limitText} EXCEEDED` : limitText,
      ]),
    ]),
    ...section(
      "Create",
      creates,
      style,
      (create) =>
        `${style.plain(create.name)} (${create.salesforce_id})${"organization_fields" in create ? `: ${show(create.organization_fields.support_level)}` : ""}`,
    ),
    ...section("Update", updates, style, (update) => renderUpdate(update, style)),
    ...section(
      "Mark for deletion",
      marks,
      style,
      (mark) =>
        `${"name" in mark ? style.plain(mark.name) : `user ${mark.id}`} (${mark.salesforce_id ?? "no salesforce_id"})`,
    ),
    ...renderContacts(reported, style),
    ...renderNotes("Left alone", notes, style),
  ];
}

/** How many people which organization gets; who they are stands in the change file. */
function renderContacts({ contacts = [], creates }: ReportedComparison, style: Style): string[] {
  const names = new Map(creates.map(({ salesforce_id: id, name }) => [id, name]));
  const organizations = [...Map.groupBy(contacts, ({ salesforce_id: id }) => id)];
  return section("Add contacts to organizations", organizations, style, ([account, own]) => {
    const id = own[0]?.id ?? null;
    const which = id === null ? style.plain(names.get(account) ?? "new organization") : `organization ${id}`;
    return `${which} (${account}): ${own.length} ${own.length === 1 ? "contact" : "contacts"}`;
  });
}

/** Which names nobody mapped, what they were probably meant to be, and whom that costs support now (E2). */
function renderUnknownCharges(charges: readonly ReportedCharge[], style: Style): string[] {
  if (charges.length === 0) return [];
  const items = charges.map(({ charge_name, nearest, accounts, unexpired_accounts: unexpired }) => {
    const meant = nearest === null ? "" : ` Did you mean ${style.plain(nearest)}?`;
    const whom = `${accounts.length} ${accounts.length === 1 ? "account" : "accounts"}, unexpired of ${unexpired.length}`;
    return style.item(`${style.plain(charge_name)}: ${whom}.${meant}`);
  });
  return [
    ...style.heading(2, "Charges that plans.yml does not know"),
    ...style.paragraph("They give no support until somebody adds them to plans.yml, or corrects them in Salesforce."),
    ...items,
    "",
    ...charges.flatMap(({ charge_name, nearest, hurt_accounts, names }) => {
      const less = `${nearest === null ? "May have" : "Have"} less support now for ${style.plain(charge_name)}`;
      return section(less, hurt_accounts, style, (id) => {
        const name = names.get(id);
        return name === undefined ? id : `${style.plain(name)} (${id})`;
      });
    }),
  ];
}

function renderUpdate(update: Update | UserUpdate, style: Style): string {
  if (!("name" in update)) {
    const changes = Object.entries(update.change).map(
      ([field, after]) =>
        `${field}: ${style.plain(show(update.before[field as keyof typeof update.before]))} → ${style.plain(show(after))}`,
    );
    return `user ${update.id} (${update.salesforce_id}): ${changes.join(", ")}`;
  }
  const changes = changedValues(update.before, update.change).map(
    ({ field, before, after }) => `${field}: ${style.plain(before)} → ${style.plain(after)}`,
  );
  return `${style.plain(update.name)} (${update.salesforce_id}): ${changes.join(", ")}`;
}

function section<T>(title: string, records: readonly T[], style: Style, render: (record: T) => string): string[] {
  if (records.length === 0) return [];
  const items = records.slice(0, SHOWN).map((record) => style.item(render(record)));
  const more = records.length > SHOWN ? [style.item(`… and ${records.length - SHOWN} more in the change files`)] : [];
  return [...style.heading(3, `${title} (${records.length})`), ...items, ...more, ""];
}

function renderNotes(title: string, notes: readonly Note[], style: Style): string[] {
  return section(title, notes, style, ({ rule, salesforce_id: account, id, reason }) => {
    const what = [account, id === null ? null : `organization or user ${id}`].filter((part) => part !== null);
    const heading = `${rule} ${titleOf(reason.code)}`;
    return `${heading}${what.length > 0 ? ` · ${what.join(", ")}` : ""}: ${style.plain(reasonText(reason))}`;
  });
}

/** Text from outside as one visible line, cut to what a report shows. */
export function shownLine(text: string): string {
  return [...oneLine(text)].slice(0, LONGEST).join("");
}

/** Characters of a name or reason that a report shows. */
const LONGEST = 400;
