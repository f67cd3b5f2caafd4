import type { Day } from "../../domain/dates.ts";
import { toId18 } from "../../domain/salesforce-id.ts";
import { readDescription } from "./describe.ts";
import { idChunks } from "./id-chunks.ts";
import { mapContact } from "./map-contact.ts";
import { mapMerged } from "./map-merged.ts";
import { mapPartner } from "./map-partner.ts";
import { inParallel } from "./parallel.ts";
import type { SalesforceContact, SalesforceReader } from "./ports.ts";
import { contactQuery, MERGED_QUERY, oneAccountQuery, onePartnerQuery, partnerQuery } from "./queries.ts";
import { readPages } from "./read.ts";
import { readAccountPages, readAccounts } from "./read-accounts.ts";
import { queryPath, type Session } from "./session.ts";
import type { WireRecord } from "./wire-record.ts";

/** A reader of the Salesforce that the session is logged in to. */
export function createReader(session: Session): SalesforceReader {
  return {
    host: session.host,
    accounts: (today, options = {}) => readAccounts(session, today, options),
    account: (id, today, allianceAccountId) => readAccount(session, id, today, allianceAccountId),
    partners: (allianceAccountId) => readPartners(session, allianceAccountId, partnerQuery(allianceAccountId)),
    mergedAccounts: () => readMerged(session),
    contacts: (accountIds) => readContacts(session, accountIds),
    describe: (object) => readDescription(session, object),
    apiUsage: session.apiUsage,
  };
}

async function readAccount(
  session: Session,
  id: string,
  today: Day,
  allianceAccountId: string | null,
): ReturnType<SalesforceReader["account"]> {
  const pages = await Array.fromAsync(readAccountPages(session, oneAccountQuery(today, id)));
  const { partners, unreadable } = await readPartners(
    session,
    allianceAccountId,
    onePartnerQuery(allianceAccountId, id),
  );
  return {
    accounts: pages.flatMap((page) => page.accounts),
    isPartner: partners.length > 0,
    unreadable: [...pages.flatMap((page) => page.unreadable), ...unreadable],
  };
}

async function readPartners(
  session: Session,
  allianceAccountId: string | null,
  soql: string,
): ReturnType<SalesforceReader["partners"]> {
  const alliance = allianceAccountId === null ? null : toId18(allianceAccountId);
  const records = await readAll(session, "partners", soql);
  const mapped = records.map((record) => mapPartner(record, alliance));
  return {
    partners: mapped.flatMap((one) => ("partner" in one ? one.partner : [])).sort(by((one) => one.salesforce_id)),
    unreadable: mapped.flatMap((one) => ("unreadable" in one ? one.unreadable : [])),
  };
}

async function readMerged(session: Session): ReturnType<SalesforceReader["mergedAccounts"]> {
  const mapped = (await readAll(session, "merged accounts", MERGED_QUERY, "queryAll")).map(mapMerged);
  return {
    merged: mapped.flatMap((one) => ("merged" in one ? one.merged : [])).sort(by((one) => one.salesforce_id)),
    unreadable: mapped.flatMap((one) => ("unreadable" in one ? one.unreadable : [])),
  };
}

async function readContacts(session: Session, accountIds: readonly string[]): ReturnType<SalesforceReader["contacts"]> {
  const pathBytes = queryPath(session, "").length;
  const chunks = idChunks(accountIds, contactQuery, { pathBytes, tokenBytes: session.tokenBytes() });
  const records = await inParallel(session.streams.max, chunks, (ids) =>
    readAll(session, "contacts", contactQuery(ids)),
  );
  const mapped = records.flat().map(mapContact);
  const order = by((one: SalesforceContact) => `${one.salesforce_id} ${one.email} ${one.name}`);
  return {
    contacts: mapped.flatMap((one) => ("contact" in one ? one.contact : [])).sort(order),
    unreadable: mapped.flatMap((one) => ("unreadable" in one ? one.unreadable : [])),
  };
}

async function readAll(
  session: Session,
  what: string,
  soql: string,
  resource: "query" | "queryAll" = "query",
): Promise<WireRecord[]> {
  const records: WireRecord[] = [];
  const pages = readPages(session.get, {
    what,
    path: queryPath(session, soql, resource),
    children: [],
    confirmsEmpty: resource === "query",
  });
  for await (const page of pages) records.push(...page.records);
  return records;
}

/** Orders by a key, by code unit: the same in every locale. */
function by<T>(key: (one: T) => string): (one: T, other: T) => number {
  return (one, other) => (key(one) < key(other) ? -1 : key(one) > key(other) ? 1 : 0);
}
