import type { ContactRecord } from "../../../sandbox/seed/records.ts";
import { to18 } from "../../../sandbox/seed/salesforce-ids.ts";
import type { World } from "../../../sandbox/types.ts";
import type { HourSeen, RunSeen } from "../story/seen.ts";
import type { Difference } from "./differences.ts";
import { parsed } from "./results-seen.ts";

/** An empty answer of Salesforce proves itself complete: who is told so twice has to believe it, within the limits. */
export function saidTwiceThatThereIsNothing({ requests }: RunSeen): boolean {
  const lies = requests.filter(({ service, fault }) => service === "salesforce" && fault === "empty");
  return [...Map.groupBy(lies, ({ path }) => path).values()].some((same) => same.length > 1);
}

/**
 * Whether a difference is about a record that a list of Zendesk left out, as if there were none: nobody could know that it should be
 * marked. (One that should exist is looked up before it is created, and named.) A user whose organization was left out is in a note.
 */
export function leftOutOfLists({ runs, after }: HourSeen): (difference: Difference) => boolean {
  const short = new Set(
    runs.flatMap(({ requests }) =>
      requests.flatMap(({ service, path, fault }) =>
        fault === "drop-record" && /\/(?:organizations|users)\?page/.test(path) ? [service] : [],
      ),
    ),
  );
  if (short.size === 0) return () => false;
  const files = runs.flatMap((run) => [...run.files]);
  const records = (name: RegExp) =>
    files.flatMap(([path, content]) => (name.test(path) ? ((parsed(content) ?? []) as { id: number | null }[]) : []));
  const listed = new Set(records(/^(?:zendesk_(?:global|usgov)|usgov_users)\.json$/).map(({ id }) => id));
  const noted = new Set(
    (records(/^usgov_user_notes\.json$/) as { id: number | null; code?: string }[])
      .filter(({ code }) => code === "user.in_unknown_organization")
      .map(({ id }) => id),
  );
  // A run lists organizations once (decision 53): whoever belongs into one that was left out waits for the next run.
  const isIntoUnlisted = ({ comparison, email }: Difference) => {
    const homes = homesOf(email, after);
    return comparison === "usgov_user" && homes.length > 0 && homes.every((id) => !listed.has(id));
  };
  return (difference) => {
    const { effect, id, instance } = difference;
    if (!short.has(`zendesk-${instance}`)) return false;
    return effect === "mark" ? !listed.has(id) || noted.has(id) : effect === "create" && isIntoUnlisted(difference);
  };
}

/** The organizations of us-government that belong to the accounts of contacts with an address. */
function homesOf(email: string | null, { salesforce, zendesk }: World): number[] {
  const accounts = new Set(
    (salesforce.Contact as ContactRecord[])
      .filter((contact) => contact.Email?.trim().toLowerCase() === email)
      .map(({ Account }) => Account.Account_ID_18__c),
  );
  return zendesk["us-government"].organizations
    .filter(({ organization_fields }) => accounts.has(to18(String(organization_fields.salesforce_id ?? ""))))
    .map(({ id }) => id);
}
