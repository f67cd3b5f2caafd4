import { mrkdwnLink, mrkdwnText } from "../../lib/text/mrkdwn.ts";

/** Names of customers and where to look them up: account id → name, and the Salesforce host for links. */
export interface Customers {
  names: ReadonlyMap<string, string>;
  salesforceHost: string | null;
}

export const NO_NAMES: Customers = { names: new Map(), salesforceHost: null };

/** A customer as people know it, with a link, as mrkdwn; by its id alone where its name is not known, or not to be told. */
export function customerText(id: string, { names, salesforceHost }: Customers): string {
  const name = names.get(id);
  const link = salesforceHost ? mrkdwnLink(`https://${salesforceHost}/${id}`, id) : mrkdwnText(id, 18);
  return name ? `${mrkdwnText(name, 80)} ${link}` : link;
}
