import { ATTRIBUTES, type Attribute } from "../../domain/attributes.ts";
import { type Day, threeYearsOut } from "../../domain/dates.ts";
import type { SourceField } from "../../domain/source-field.ts";
import type { ChildObject } from "./accounts-memory.ts";
import { CHARGES, SUBSCRIPTIONS } from "./child-lists.ts";
import type { IdRange } from "./id-ranges.ts";
import { soqlDay, soqlId } from "./soql-literal.ts";

/** The field that holds an account's own id, 18 characters, as text. */
export const ACCOUNT_ID = "Account_ID_18__c";

/** The account's attributes, by name. */
export type Attributes = Readonly<Record<string, Attribute>>;

/** Fields of the partner query, in addition to the attributes flagged `partner` (P1). */
const PARTNER_FIELDS = [
  "Partner_Track__c",
  "Support_Hold__c",
  "Account_Risk_Level__c",
  "Type",
  "Partners_Partner_Status__c",
];

/** Fields that the contact query reads (U3). */
export const CONTACT_FIELDS = ["Name", "Email", `Account.${ACCOUNT_ID}`] as const;

/** Fields read of accounts that were merged into others (C9), and the field that they are filtered by. All are standard fields. */
const MERGED_FIELDS = ["Id", "MasterRecordId", "SystemModstamp"] as const;
const DELETED = "IsDeleted";

/** The query of merged accounts (C9): deleted ones that have a winner. Only `queryAll` finds any. */
export const MERGED_QUERY = `SELECT ${MERGED_FIELDS.join(", ")} FROM Account WHERE ${DELETED} = true AND MasterRecordId != null`;

/** Contacts that may be users of us-government (U3), before the accounts they must belong to. */
const CONTACT_FILTER =
  "Inactive_Contact__c = false AND Role__c INCLUDES ('Gitlab Admin') AND Name != '' AND Email != ''";

/** The account query (A1): every attribute's fields, in table order, and both child lists of the last three years. */
export function accountQuery(today: Day, attributes: Attributes = ATTRIBUTES as Attributes): string {
  const fields = [...accountFields(attributes), childQuery(SUBSCRIPTIONS, today), childQuery(CHARGES, today)];
  return `SELECT ${fields.join(", ")} FROM Account WHERE ${customers("Type")}`;
}

/** The account query (A1) for some accounts by their own ids, which are indexed. No blanks between them. */
export function accountsByIdQuery(today: Day, accountIds: readonly string[]): string {
  return `${accountQuery(today)} AND Id IN (${accountIds.map(soqlId).join(",")})`;
}

/** The account query (A1) for a range of ids. */
export function accountsInRangeQuery(today: Day, range: IdRange): string {
  return `${accountQuery(today)}${inRange("Id", range)}`;
}

/** The accounts of the account query (A1) in a range of ids, without their children. */
export function flatAccountQuery(range: IdRange): string {
  const fields = accountFields(ATTRIBUTES as Attributes);
  return `SELECT ${fields.join(", ")} FROM Account WHERE ${customers("Type")}${inRange("Id", range)}`;
}

/** The children that the account query (A1) finds in a list, of accounts in a range of ids, each with its account's id. */
export function flatChildQuery(
  child: ChildList,
  { object, lookup }: ChildObject,
  { today, range }: { today: Day; range: IdRange },
): string {
  const fields = [lookup, ...childFields(child)].join(", ");
  const account = customers(`${relationshipOf(lookup)}.Type`);
  return `SELECT ${fields} FROM ${object} WHERE ${childFilter(child, today)} AND ${account}${inRange(lookup, range)}`;
}

/** The partner query (P1); `allianceAccountId` is the one configured alliance account. */
export function partnerQuery(
  allianceAccountId: string | null,
  attributes: Attributes = ATTRIBUTES as Attributes,
): string {
  const partners =
    "(Type = 'Partner' AND Partners_Partner_Status__c IN ('Authorized') AND Partner_Track__c IN ('Open', 'Select'))";
  const alliance = allianceAccountId === null ? "" : ` OR ${ACCOUNT_ID} = ${soqlId(allianceAccountId)}`;
  return `SELECT ${partnerFields(attributes).join(", ")} FROM Account WHERE ${partners}${alliance}`;
}

/** The account query (A1) for one account: the same fields, child lists and filters. */
export function oneAccountQuery(today: Day, accountId: string): string {
  return `${accountQuery(today)} AND ${ACCOUNT_ID} = ${soqlId(accountId)}`;
}

/** The partner query (P1) for one account. */
export function onePartnerQuery(allianceAccountId: string | null, accountId: string): string {
  const [select, where] = partnerQuery(allianceAccountId).split(" WHERE ");
  return `${select} WHERE (${where}) AND ${ACCOUNT_ID} = ${soqlId(accountId)}`;
}

/** The contact query (U3) for a few accounts. No blanks between the ids: each would cost three bytes of the request line. */
export function contactQuery(accountIds: readonly string[]): string {
  const accounts = accountIds.map(soqlId).join(",");
  return `SELECT ${CONTACT_FIELDS.join(", ")} FROM Contact WHERE ${CONTACT_FILTER} AND Account.${ACCOUNT_ID} IN (${accounts})`;
}

/** Every path that the queries read or filter by, by object; lookups as paths. For `doctor`. */
export function queriedFields(attributes: Attributes = ATTRIBUTES as Attributes): {
  account: string[];
  contact: string[];
  children: { list: string; fields: string[] }[];
} {
  return {
    account: [...new Set([...accountFields(attributes), ...partnerFields(attributes), ...MERGED_FIELDS, DELETED])],
    contact: [...CONTACT_FIELDS, "Inactive_Contact__c", "Role__c"],
    children: [SUBSCRIPTIONS, CHARGES].map((child) => ({
      list: child.list,
      fields: [...new Set([...childFields(child), child.status, child.end])],
    })),
  };
}

function accountFields(attributes: Attributes): string[] {
  return [...new Set([ACCOUNT_ID, ...Object.values(attributes).flatMap((one) => one.from.fields), "Type"])];
}

function partnerFields(attributes: Attributes): string[] {
  const flagged = Object.values(attributes).filter((one) => one.partner);
  return [...new Set([ACCOUNT_ID, ...flagged.flatMap((one) => one.from.fields), ...PARTNER_FIELDS])];
}

/** A child list as the queries need it. */
export interface ChildList {
  list: string;
  status: string;
  end: string;
  fields: Readonly<Record<string, SourceField<unknown>>>;
}

function childFields(child: ChildList): string[] {
  return Object.values(child.fields).flatMap((one) => one.fields);
}

function childQuery(child: ChildList, today: Day): string {
  return `(SELECT ${childFields(child).join(", ")} FROM ${child.list} WHERE ${childFilter(child, today)})`;
}

/** Children that ended more than three years ago tell nothing (A1). */
function childFilter(child: ChildList, today: Day): string {
  return `${child.status} != 'Cancelled' AND ${child.end} >= ${soqlDay(threeYearsOut(today))}`;
}

function customers(type: string): string {
  return `${type} IN ('Customer', 'Former Customer')`;
}

function inRange(field: string, { from, to }: IdRange): string {
  const lower = from === null ? "" : ` AND ${field} >= ${soqlId(from)}`;
  const upper = to === null ? "" : ` AND ${field} < ${soqlId(to)}`;
  return lower + upper;
}

/** `X__c` leads to the parent as `X__r`, `AccountId` as `Account`. */
function relationshipOf(lookup: string): string {
  return lookup.endsWith("__c") ? lookup.replace(/__c$/, "__r") : lookup.replace(/Id$/, "");
}
