import type { Create, Mark, Note, PlannedContact, Update } from "../domain/changeset.ts";
import { COMPARISON, type Comparison } from "../domain/comparisons.ts";
import {
  type FallenOut,
  harmAfter,
  harmOfMark,
  harmOfReason,
  harmOfUpdate,
  isUnmark,
  levelIn,
} from "../domain/harm.ts";
import { type Reason, reason as reasonOf } from "../domain/reason.ts";
import type { UserCreate, UserMark, UserUpdate } from "../domain/user.ts";
import { type Result, unattemptedBy } from "../storage/artifacts/results.ts";
import { changedValues, show } from "./changes.ts";
import { accountKey, type Customer, domainsOf, numberIn } from "./customers.ts";
import { recordLinks } from "./links.ts";
import type { Row } from "./model.ts";
import type { ReportAbout, ReportedComparison, ReportedNote, ReportSource } from "./report-source.ts";

/** Inputs for the rows of one comparison. */
interface Making {
  source: Pick<ReportSource, "customers"> & { about: Pick<ReportAbout, "hosts" | "writes" | "kind"> };
  comparison: Comparison | null;
  /** Why no result says what became of a row. */
  without: "refused" | "planned" | "not attempted";
  results: ReadonlyMap<string, Result>;
  fallenOut: FallenOut;
}

/** A row before its outcome is known. */
type Planned = Pick<Row, "effect" | "harm" | "salesforce_id" | "id" | "changes"> & {
  name: string | null;
  /** Fields that Zendesk holds now, if the change has them: they outweigh what is wanted. */
  held?: Readonly<Record<string, unknown>>;
  address?: string;
};

/** A row for each change and each note of a comparison. Pure. */
export function rowsOfComparison(reported: ReportedComparison, source: ReportSource, fallenOut: FallenOut): Row[] {
  const { comparison, creates, updates, marks, contacts, notes, results } = reported;
  const making: Making = {
    source,
    comparison: comparison.name,
    without: comparison.refused ? "refused" : source.about.writes ? "not attempted" : "planned",
    results: new Map(results.map((result) => [resultKey(result), result])),
    fallenOut,
  };
  const names = new Map(creates.map((create) => [create.salesforce_id, create.name]));
  return [
    ...creates.map((create) => changeRow(plannedCreate(create), "create", making)),
    ...updates.map((update) => changeRow(plannedUpdate(update), "update", making)),
    ...marks.map((mark) => changeRow(plannedMark(mark, making), "mark", making)),
    ...contacts.map((contact) => changeRow(plannedContact(contact, names), "contact", making)),
    ...notes.map((note) => noteRow(note, making)),
  ];
}

/** A row for each note that belongs to no comparison. Pure. */
export function rowsOfNotes(notes: readonly Note[], source: ReportSource): Row[] {
  const making = { source, comparison: null, without: "planned", results: new Map(), fallenOut: new Set() } as const;
  return notes.map((note) => noteRow(note, making));
}

function plannedCreate(create: Create | UserCreate): Planned {
  const isUser = !("organization_fields" in create);
  const after = isUser ? create.email : create.organization_fields.support_level;
  return {
    effect: "create",
    harm: "gains",
    salesforce_id: create.salesforce_id,
    id: null,
    name: create.name,
    changes: after ? [{ field: isUser ? "email" : "support_level", before: show(null), after: show(after) }] : [],
    ...(isUser ? { address: create.email } : { held: create.organization_fields }),
  };
}

function plannedUpdate(update: Update | UserUpdate): Planned {
  const isUser = "email" in update;
  return {
    effect: isUnmark(update) ? "unmark" : "update",
    harm: harmOfUpdate(update),
    salesforce_id: update.salesforce_id,
    id: update.id,
    name: isUser ? update.email : update.name,
    changes: isUser ? userChanges(update) : changedValues(update.before, update.change),
    ...(isUser ? { address: update.email } : { held: update.before.organization_fields ?? {} }),
  };
}

function userChanges({ before, change }: UserUpdate): Row["changes"] {
  const keys = Object.keys(change).sort() as (keyof UserUpdate["change"])[];
  return keys.map((field) => ({ field, before: show(before[field]), after: show(change[field]) }));
}

function plannedMark(mark: Mark | UserMark, { fallenOut, source, comparison }: Making): Planned {
  const isUser = "email" in mark;
  const instance = comparison && COMPARISON[comparison].instance;
  const found = isUser || instance === null ? null : source.customers.organization(mark.id, instance);
  return {
    effect: "mark",
    harm: harmOfMark(mark.salesforce_id, found?.level ?? null, fallenOut),
    salesforce_id: mark.salesforce_id,
    id: mark.id,
    name: isUser ? mark.email : mark.name,
    changes: [{ field: "mark_for_deletion", before: show(mark.before.mark_for_deletion), after: show(true) }],
    ...(isUser ? { address: mark.email } : {}),
  };
}

function plannedContact({ salesforce_id, id, email }: PlannedContact, names: ReadonlyMap<string, string>): Planned {
  return {
    effect: "contact",
    harm: "gains",
    salesforce_id,
    id,
    name: names.get(salesforce_id) ?? null,
    changes: [{ field: "contact", before: show(null), after: email }],
    address: email,
  };
}

function changeRow(planned: Planned, effect: Result["effect"], making: Making): Row {
  const { address, held = {}, name, ...rest } = planned;
  const { salesforce_id, id } = planned;
  const result = making.results.get(resultKey({ effect, salesforce_id, id, after: { email: address } }));
  const outcome = outcomeOf(result, making);
  const reason = result?.reason ?? ownReason(planned, making);
  const organization = id ?? (effect === "create" ? (result?.id ?? null) : null);
  // Contacts name the organization; every other change with an address is of a user, in an undo of global as well.
  const isUser = address !== undefined && effect !== "contact";
  const id_of = isUser ? "user" : "organization";
  const customer = customerOf({ salesforce_id, id: isUser ? null : organization }, making);
  return {
    ...rest,
    ...placeOf(making),
    id: organization,
    id_of,
    harm: harmAfter(planned.harm, outcome, reason),
    name: name ?? customer?.name ?? "",
    domains: address === undefined ? (customer?.domains ?? []) : domainsOf([address]),
    outcome,
    reason,
    weight: weightOf(held, customer),
    links: linksOf({ salesforce_id, id: organization, id_of }, making),
    explanation: null,
  };
}

/** A user is marked for one reason only (U6); an undo marks those that a run had made. */
function ownReason({ effect }: Planned, { comparison, source }: Making): Reason | null {
  const isMarkOfUser = comparison === "usgov_user" && effect === "mark" && source.about.kind !== "undo";
  return isMarkOfUser ? reasonOf("contact.not_wanted") : null;
}

function noteRow(note: ReportedNote, making: Making): Row {
  const { salesforce_id, id, reason } = note;
  const id_of = note.id_of ?? whatIdIsOf(reason, making);
  const customer = customerOf({ salesforce_id, id }, making);
  return {
    ...placeOf(making),
    effect: "none",
    harm: harmOfReason(reason),
    salesforce_id,
    id,
    id_of,
    name: customer?.name ?? "",
    domains: customer?.domains ?? [],
    changes: [],
    outcome: null,
    reason,
    weight: weightOf({}, customer),
    links: linksOf({ salesforce_id, id, id_of }, making),
    explanation: null,
  };
}

/** Notes about users of us-government name the user, those about its contacts the organization, or who has the address. */
function whatIdIsOf({ code }: Note["reason"], { comparison }: Making): Row["id_of"] {
  if (comparison !== "usgov_user") return "organization";
  return code.startsWith("contact.") && code !== "contact.holder_left_alone" ? "organization" : "user";
}

/** A dry run says `applied` of what it would have applied. */
function outcomeOf(result: Result | undefined, { without, source }: Making): Row["outcome"] {
  if (!result) return without;
  if (unattemptedBy(result.reason) && result.outcome === "skipped") return "not attempted";
  return result.outcome === "applied" && !source.about.writes ? "planned" : result.outcome;
}

function placeOf({ comparison }: Making): Pick<Row, "comparison" | "instance"> {
  return { comparison, instance: comparison && COMPARISON[comparison].instance };
}

/** The account's own words first; of an organization without a known account its own. Users' ids are no organizations'. */
function customerOf(
  { salesforce_id, id }: Pick<Row, "salesforce_id" | "id">,
  { source: { customers }, comparison }: Making,
): Customer | null {
  const instance = comparison && COMPARISON[comparison].instance;
  const account = salesforce_id === null ? null : customers.account(accountKey(salesforce_id), instance);
  if (account || comparison === "usgov_user" || instance === null || id === null) return account;
  return customers.organization(id, instance);
}

function weightOf(held: Readonly<Record<string, unknown>>, customer: Customer | null): Row["weight"] {
  const level = "support_level" in held ? levelIn(held) : (customer?.level ?? null);
  const arr = "aar" in held || "arr" in held ? numberIn(held, ["aar", "arr"]) : (customer?.arr ?? 0);
  return { level, arr, seats: Math.max(numberIn(held, ["seats_decimal", "number_of_seats"]), customer?.seats ?? 0) };
}

function linksOf(ids: Parameters<typeof recordLinks>[0], { source, comparison }: Making): Row["links"] {
  return recordLinks(ids, comparison, source.about.hosts);
}

/** Creates and contacts have no id before they are made: their accounts and addresses tell them apart. */
function resultKey({ effect, salesforce_id, id, after }: Pick<Result, "effect" | "salesforce_id" | "id" | "after">) {
  if (effect === "update" || effect === "mark") return `${effect} ${id}`;
  return `${effect} ${salesforce_id} ${String(after.email ?? "").toLowerCase()}`;
}
