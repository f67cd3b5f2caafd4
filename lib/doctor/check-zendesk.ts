import * as v from "valibot";
import type { Day } from "../domain/dates.ts";
import { ENVIRONMENT_PREFIX, type InstanceName } from "../domain/instance.ts";
import type { Problem } from "../errors.ts";
import type { Waits } from "../remotes/http/waits.ts";
import { ZendeskClient } from "../remotes/zendesk/client.ts";
import type { ZendeskReader } from "../remotes/zendesk/ports.ts";
import { readerOn } from "../remotes/zendesk/read.ts";
import { type Environment, type ZendeskSettings, zendeskSettings } from "../settings/environment.ts";
import { apiTokenFinding } from "./expiry.ts";
import { failureFindings, problemFindings, type Remedies, runChecks } from "./failure.ts";
import { type Found, type NamedCheck, ok, problem, warning } from "./finding.ts";
import { notReachable } from "./reach.ts";
import { organizationFieldFindings, userFieldFindings } from "./zendesk-fields.ts";

type ExaminedSettings = ZendeskSettings & { userMarkField: string };

/** One instance, logged in for reading. */
interface Opened {
  settings: ExaminedSettings;
  prefix: string;
  reader: ZendeskReader;
  user: ZendeskUser;
}

/** Whose rights the credential has, as far as `GET /users/me` tells. */
export interface ZendeskUser {
  role: string;
  custom_role_id: number | null;
}

/** Without credentials Zendesk does not refuse `/users/me`: it answers a user without id (facts/zendesk.md 1). */
const MeSchema = v.object({
  user: v.object({
    id: v.nullish(v.number(), null),
    role: v.nullish(v.string(), ""),
    custom_role_id: v.nullish(v.number(), null),
  }),
});

const CHECKS: readonly NamedCheck<Opened>[] = [
  { name: "role", run: async ({ prefix, user }) => [roleFinding(prefix, user)] },
  { name: "scope for writing", run: checkWriteScope },
  {
    name: "organization fields",
    run: async ({ reader, settings }) =>
      organizationFieldFindings(settings.instance, await reader.organizationFields()),
  },
  {
    name: "user fields",
    run: async ({ reader, settings }) =>
      userFieldFindings(reader.instance, await reader.userFields(), settings.userMarkField),
  },
];

interface Examination {
  env: Environment;
  today: Day;
  hostProblems: readonly Problem[];
  /** The user field that marks users (config `user_mark_field`). */
  userMarkField: string;
  waits?: Waits | undefined;
}

/** Checks one Zendesk instance: settings, log-in, role, scopes, fields. Asks nothing where a setting is wrong. Never throws. */
export async function checkZendesk(
  instance: InstanceName,
  { env, today, hostProblems, userMarkField, waits }: Examination,
): Promise<Found[]> {
  const prefix = ENVIRONMENT_PREFIX[instance];
  const problems: Problem[] = [];
  const settings = zendeskSettings(env, instance, problems);
  problems.push(...hostProblems.filter(({ where }) => where === `${prefix}_URL`));
  const token = settings.auth.kind === "api-token" ? [apiTokenFinding(`${prefix}_TOKEN`, today)] : [];
  if (problems.length > 0) return [...problemFindings(problems, settingsRemedy(prefix)), ...token];
  return [...(await askZendesk({ ...settings, userMarkField }, prefix, waits)), ...token];
}

async function askZendesk(settings: ExaminedSettings, prefix: string, waits: Waits | undefined): Promise<Found[]> {
  const remedies = remediesOf(settings, prefix);
  const away = await notReachable(settings.url, `${prefix}_URL`, { service: `Zendesk ${settings.instance}`, waits });
  if (away) return [away];
  const client = new ZendeskClient({ ...settings, ...(waits ? { waits } : {}) }, "read");
  try {
    const me = v.safeParse(MeSchema, await client.get("/users/me"));
    if (!me.success)
      return [problem(`${prefix}_URL`, `${client.host} does not respond like Zendesk`, remedies.refused)];
    const { id, ...user } = me.output.user;
    if (id === null)
      return [problem("log-in", "Zendesk treats these credentials as an anonymous visitor", remedies.refused)];
    const opened = { settings, prefix, reader: readerOn(client), user };
    return [ok("log-in", `reads ${client.host}`), ...(await runChecks(CHECKS, opened, remedies))];
  } catch (error) {
    return failureFindings("log-in", error, remedies);
  }
}

/** Only an administrator may write organizations; a custom role may, and does not say whether it does. */
export function roleFinding(prefix: string, { role, custom_role_id }: ZendeskUser): Found {
  if (role === "admin") return ok("role", "administrator");
  if (custom_role_id !== null)
    return warning(
      "role",
      `a custom role (${custom_role_id}); doctor cannot see what it allows`,
      "Admin Center → People → Team → Roles: the role must allow adding and editing organizations and end users. Or make the user an administrator.",
    );
  return problem(
    "role",
    `the user of ${prefix}_… is ${role || "of unknown role"}: expected an administrator, because others cannot write organizations`,
    `Admin Center → People → Team → Team members: give that user the role Administrator, or use the credentials of one that has it.`,
  );
}

/** A token that may write can be had; nothing is written with it. */
async function checkWriteScope({ settings }: Opened): Promise<Found[]> {
  if (settings.auth.kind === "api-token") return [];
  const client = new ZendeskClient(settings, "read write");
  try {
    await client.get("/users/me");
  } finally {
    await client.close();
  }
  return [ok("scope for reading", "read"), ok("scope for writing", "read write")];
}

function settingsRemedy(prefix: string): string {
  return `Set it in the environment: ${prefix}_URL is https:// and the instance's host; ${prefix}_CLIENT_ID and ${prefix}_CLIENT_SECRET are of a confidential client in Admin Center → Apps and integrations → APIs → OAuth clients. The expected host stands in the config under hosts.`;
}

function remediesOf({ auth }: ZendeskSettings, prefix: string): Remedies {
  const unreachable = "Run doctor again in a few minutes. If this continues, check status.zendesk.com.";
  return auth.kind === "oauth"
    ? {
        unreachable,
        refused: `Admin Center → Apps and integrations → APIs → OAuth clients: open the client named by ${prefix}_CLIENT_ID. It must be confidential and allow the scopes read and write; if in doubt, create a new secret and set ${prefix}_CLIENT_SECRET.`,
      }
    : {
        unreachable,
        refused: `Check ${prefix}_EMAIL and ${prefix}_TOKEN. New API tokens can no longer be created: if this one is gone, set ${prefix}_CLIENT_ID and ${prefix}_CLIENT_SECRET instead.`,
      };
}
