import { keptUnlessFailed } from "../../kept-unless-failed.ts";
import type { ZendeskClient } from "../client.ts";
import type { ZendeskReader } from "../ports.ts";
import { identityOf } from "./identity.ts";
import { SnapshotKeeper, type SnapshotOptions } from "./keeper.ts";
import { organizationsBySnapshot } from "./organizations.ts";
import { PeopleBySnapshot } from "./people.ts";

/**
 * A reader whose lists come from the snapshot of earlier runs and what changed since, where that is proved (decision 54), and are listed
 * in full everywhere else: the result is the same. What was read to its end is kept for the next run. Organization fields are read once.
 */
export function withSnapshots(reader: ZendeskReader, client: ZendeskClient, snapshot: SnapshotOptions): ZendeskReader {
  const keeper = new SnapshotKeeper(snapshot);
  const organizationFields = keptUnlessFailed(() => reader.organizationFields());
  const identity = async () => identityOf(client, await organizationFields(), snapshot.settings);
  const people = new PeopleBySnapshot(client, keeper, identity);
  return {
    ...reader,
    organizationFields,
    organizations: (options) => organizationsBySnapshot(client, keeper, identity, options),
    users: () => people.users(),
    memberships: () => people.memberships(),
  };
}
