import { sleep } from "../../../lib/edges/clock.ts";
import { edges } from "../../../lib/edges/edges.ts";
import type { ExpectedOrganization } from "../../../sandbox/seed/expected.ts";
import type { Differences } from "./compare.ts";
import type { Json, Remote } from "./one-after-the-other.ts";

const JOB_ROWS = 100;
/** "For every 20 updates jobs created in this way, the script will sleep for 30 seconds". */
const JOBS_BEFORE_SLEEP = 20;
const SLEEP_MS = 30_000;

/** Creates one at a time, each with its contacts; then updates, then marks, in jobs that nobody looks at again. */
export async function write(
  zendesk: Remote,
  { creates, updates, marks }: Differences,
  contactsOf: ((organization: number, wanted: ExpectedOrganization) => Promise<void>) | null,
): Promise<void> {
  for (const wanted of creates) {
    const { organization } = await zendesk.ask<{ organization: { id: number } }>("/api/v2/organizations.json", "POST", {
      organization: { name: wanted.name, external_id: wanted.salesforce_id, organization_fields: wanted.fields },
    });
    await contactsOf?.(organization.id, wanted);
  }
  for (const rows of [updates, marks]) await inJobs(zendesk, rows);
}

async function inJobs(zendesk: Remote, rows: readonly Json[]): Promise<void> {
  let jobs = 0;
  for (let at = 0; at < rows.length; at += JOB_ROWS) {
    const organizations = rows.slice(at, at + JOB_ROWS);
    await zendesk.ask("/api/v2/organizations/update_many.json", "PUT", { organizations });
    if (++jobs % JOBS_BEFORE_SLEEP === 0) await sleep(SLEEP_MS);
  }
}

interface FoundUser {
  id: number;
  role: string;
  organization_id: number | null;
}

/** Adds the sold-to people to a new organization, each with a search before; posts where there is nobody. */
export async function addContacts(
  zendesk: Remote,
  env: Readonly<Record<string, string>>,
  organization: number,
  { name, sold_tos }: ExpectedOrganization,
): Promise<void> {
  let added = 0;
  for (const soldTo of sold_tos) {
    const { email } = soldTo;
    const { users } = await zendesk.ask<{ users: FoundUser[] }>(
      `/api/v2/users/search.json?query=${encodeURIComponent(`email:"${email}"`)}`,
    );
    const [user] = users;
    if (user === undefined) {
      await createUser(zendesk, {
        name: soldTo.name ?? email.split("@")[0] ?? email,
        email,
        organization_id: organization,
      });
      added++;
    } else if (user.role === "end-user" && user.organization_id === null) {
      await zendesk.ask(`/api/v2/users/${user.id}.json`, "PUT", { user: { organization_id: organization } });
      added++;
    }
  }
  if (added > 0) return;
  const text = `${name} was created without contacts.`;
  const headers = { authorization: `Bearer ${env.SLACK_BOT_TOKEN}`, "content-type": "application/json" };
  const body = JSON.stringify({ channel: env.SLACK_CHANNEL, text });
  await edges().fetch(`${env.SLACK_API_URL}chat.postMessage`, { method: "POST", headers, body });
}

/** One user, by a request of its own. */
export async function createUser(
  zendesk: Remote,
  user: { name: string; email: string; organization_id: number },
): Promise<void> {
  await zendesk.ask("/api/v2/users.json", "POST", { user: { ...user, role: "end-user", skip_verify_email: true } });
}
