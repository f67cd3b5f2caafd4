import { edges } from "../../edges/edges.ts";
import type { Environment } from "../../settings/environment.ts";
import { STARTED_BY } from "../../settings/setting-names.ts";

/** A kind of person or program and an id: nothing that a list of runs could be misled by. */
const GIVEN_FORM = /^[A-Za-z][A-Za-z ]{0,30} [\w.-]{1,40}$/;
const NAME_FORM = /^[\w.@-]{1,60}$/;

/** For whom another program started a run, as its record keeps it: `Slack user U0ANN00001`; null where none says so. */
export function starterFromEnvironment(env: Environment): string | null {
  const given = env[STARTED_BY] ?? "";
  return GIVEN_FORM.test(given) ? given : null;
}

/**
 * Returns who or what started a run, for its report: a person in Slack, a pipeline's user, a user of this machine; if the environment names
 * none, its process, as `zdsync runs` does.
 */
export function startedBy(env: Environment): string {
  const name = (value: string | undefined) => (value !== undefined && NAME_FORM.test(value) ? value : null);
  const login = name(env.GITLAB_USER_LOGIN);
  if (login) return `GitLab user ${login}`;
  const actor = name(env.GITHUB_ACTOR);
  if (actor) return `GitHub user ${actor}`;
  const user = name(env.USER ?? env.LOGNAME);
  const { hostname, pid } = edges().process;
  return starterFromEnvironment(env) ?? (user === null ? `${hostname()} (process ${pid})` : `${user} on ${hostname()}`);
}
