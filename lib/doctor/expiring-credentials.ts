import type { Day } from "../domain/dates.ts";
import { ENVIRONMENT_PREFIX, INSTANCES } from "../domain/instance.ts";
import { API_TOKENS_END, type Environment } from "../settings/environment.ts";
import { daysUntil, SOON_DAYS } from "./expiry.ts";
import { tokenFacts } from "./gitlab-token.ts";

/** A credential that ends within the days doctor looks ahead, or has ended. */
export interface EndingCredential {
  /** The setting that holds it: `OVERRIDES_TOKEN`. */
  setting: string;
  ends: Day;
  /** Negative once it has ended. */
  daysLeft: number;
  /** Text that says what to click or set. */
  remedy: string;
}

/** GitLab tokens that may be asked about themselves. */
const GITLAB_TOKENS = ["OVERRIDES_TOKEN", "GITLAB_READ_TOKEN", "GITLAB_API_TOKEN"] as const;

/**
 * The credentials of an environment that end soon. Asks GitLab about its tokens; one that GitLab tells nothing of is passed over,
 * and so are Salesforce's and Slack's, which have no end that can be asked for. Changes nothing, never throws.
 */
export async function endingCredentials(env: Environment, today: Day): Promise<EndingCredential[]> {
  const url = env.GITLAB_URL || "https://gitlab.com";
  const gitlab = await Promise.all(
    GITLAB_TOKENS.map(async (setting) => {
      const token = env[setting];
      const facts = token ? await tokenFacts(url, token).catch(() => null) : null;
      const remedy = `GitLab, the project, Settings, Access tokens: rotate the token and set ${setting}.`;
      return facts?.expires_at ? [ending(setting, facts.expires_at, today, remedy)] : [];
    }),
  );
  const zendesk = INSTANCES.flatMap((instance) => {
    const prefix = ENVIRONMENT_PREFIX[instance];
    if (!env[`${prefix}_TOKEN`] || env[`${prefix}_CLIENT_SECRET`]) return [];
    const remedy = `Zendesk is ending support for API tokens: create an OAuth client and set ${prefix}_CLIENT_ID and ${prefix}_CLIENT_SECRET.`;
    return [ending(`${prefix}_TOKEN`, API_TOKENS_END, today, remedy)];
  });
  return [...gitlab.flat(), ...zendesk].filter(({ daysLeft }) => daysLeft <= SOON_DAYS);
}

function ending(setting: string, ends: Day, today: Day, remedy: string): EndingCredential {
  return { setting, ends, daysLeft: daysUntil(ends, today), remedy };
}
