import type { Day } from "../domain/dates.ts";
import type { Override } from "../domain/overrides.ts";
import { API_TOKENS_END } from "../settings/environment.ts";
import { type Found, ok, problem, warning } from "./finding.ts";

/** Days that doctor looks ahead. */
export const SOON_DAYS = 14;
const DAY_MS = 86_400_000;

/** Days from one day to another; negative where it has passed. */
export function daysUntil(day: Day, today: Day): number {
  return (Date.parse(day) - Date.parse(today)) / DAY_MS;
}

/** Finding for a Zendesk API token: always a warning, louder in its last days, a problem once all tokens have stopped working. */
export function apiTokenFinding(setting: string, today: Day): Found {
  const left = daysUntil(API_TOKENS_END, today);
  const prefix = setting.replace(/_TOKEN$/, "");
  const remedy = `Admin Center → Apps and integrations → APIs → OAuth clients: add a confidential client, set ${prefix}_CLIENT_ID and ${prefix}_CLIENT_SECRET, and remove ${prefix}_EMAIL and ${setting}.`;
  if (left <= 0) return problem(setting, `an API token; Zendesk ended support for them on ${API_TOKENS_END}`, remedy);
  if (left <= SOON_DAYS)
    return warning(setting, `an API token: STOPS WORKING IN ${left} ${days(left)}, on ${API_TOKENS_END}`, remedy);
  return warning(
    setting,
    `an API token: works until ${API_TOKENS_END} (${left} days); new ones can no longer be created`,
    remedy,
  );
}

/** Facts about an access token, as GitLab returns them. */
export interface TokenFacts {
  /** Null: never. */
  expires_at: Day | null;
  scopes: readonly string[];
}

/** Findings on when a GitLab token expires, and on any scope beyond reading (S9). */
export function gitlabTokenFindings(setting: string, token: TokenFacts, today: Day): Found[] {
  const rotate = `GitLab → the project → Settings → Access tokens: rotate the token and set ${setting}.`;
  const tooMuch = token.scopes.filter((scope) => !scope.startsWith("read_"));
  return [
    ...(tooMuch.length > 0
      ? [
          warning(
            setting,
            `allows more than reading (${tooMuch.join(", ")})`,
            `GitLab → the project → Settings → Access tokens: create one with only the scope read_api (role Reporter) and set ${setting}.`,
          ),
        ]
      : []),
    token.expires_at === null ? ok(setting, "never expires") : endFinding(setting, token.expires_at, today, rotate),
  ];
}

function endFinding(check: string, end: Day, today: Day, remedy: string): Found {
  const left = daysUntil(end, today);
  if (left > SOON_DAYS) return ok(check, `expires on ${end}`);
  return left > 0
    ? warning(check, `expires in ${left} ${days(left)}, on ${end}`, remedy)
    : problem(check, `expired on ${end}`, remedy);
}

/** Overrides that end soon, or have ended and are dead weight. */
export function overrideEndFindings(overrides: readonly Override[], today: Day): Found[] {
  return overrides.flatMap(({ ends_on, salesforce_id, instance, where }) => {
    if (ends_on === null) return [];
    const left = daysUntil(ends_on, today);
    if (left > SOON_DAYS) return [];
    const which = `override of ${salesforce_id} in ${instance}`;
    return left < 0
      ? [
          warning(
            where,
            `the ${which} ended on ${ends_on} and no longer applies`,
            "Remove the entry from the overrides file.",
          ),
        ]
      : [
          warning(
            where,
            `the ${which} ends ${left === 0 ? "today" : `in ${left} ${days(left)}`}: its last day is ${ends_on}`,
            "Ask the requester whether to extend it, then change or remove its ends_on.",
          ),
        ];
  });
}

function days(count: number): string {
  return count === 1 ? "day" : "days";
}
