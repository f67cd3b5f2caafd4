import type { Config } from "../domain/config.ts";
import type { Day } from "../domain/dates.ts";
import { INSTANCES } from "../domain/instance.ts";
import { applicableOverrides, type Override } from "../domain/overrides.ts";
import type { Plans } from "../domain/plans.ts";
import type { Problem } from "../errors.ts";
import { createRemotes } from "../pipeline/remotes.ts";
import { explain } from "../reasons/reason-text.ts";
import { SILENT_WAITS, type Waits } from "../remotes/http/waits.ts";
import { type Environment, type OverridesSettings, overridesSettings } from "../settings/environment.ts";
import { type ParsedOverrides, parseOverrides } from "../settings/files/overrides.ts";
import { overrideEndFindings } from "./expiry.ts";
import { failureFindings, problemFindings, type Remedies } from "./failure.ts";
import { type Found, ok, problem, warning } from "./finding.ts";
import { gitlabTokenEnd } from "./gitlab-token.ts";
import { notReachable } from "./reach.ts";

const REMEDIES: Remedies = {
  refused:
    "Set OVERRIDES_PROJECT (id or full path), OVERRIDES_PATH and OVERRIDES_REF to the file, and OVERRIDES_TOKEN to a project access token that can read it (GitLab → the project → Settings → Access tokens: role Reporter, scope read_api). Or set OVERRIDES_FILE to a local file.",
  unreachable:
    "Run doctor again in a few minutes. If this continues, check status.gitlab.com or ask the administrators of your GitLab.",
};

/** Inputs of the overrides check; `plans` is null if `plans.yml` itself is broken. */
interface OverridesCheckDeps {
  env: Environment;
  config: Config;
  plans: Plans | null;
  today: Day;
  waits?: Waits | undefined;
}

/** Checks that the overrides can be fetched, and every entry of theirs. Never throws. */
export async function checkOverrides({ env, config, plans, today, waits }: OverridesCheckDeps): Promise<Found[]> {
  const problems: Problem[] = [];
  const settings = overridesSettings(env, config, problems);
  if (problems.length > 0) return problemFindings(problems, REMEDIES.refused);
  if (settings.kind === "none") return [ok("overrides", "none (config: overrides: none)"), ...unused(env)];
  if (settings.kind === "gitlab" && !URL.canParse(settings.url))
    return [
      problem(
        "GITLAB_URL",
        "expected a URL like https://gitlab.com",
        "Set GITLAB_URL, or leave it out for gitlab.com.",
      ),
    ];
  const away =
    settings.kind === "gitlab" ? await notReachable(settings.url, "GITLAB_URL", { service: "GitLab", waits }) : null;
  if (away) return [away];
  const [content, token] = await Promise.all([
    contentFindings(settings, { env, config, plans, today, waits }),
    settings.kind === "gitlab" && settings.token
      ? gitlabTokenEnd("OVERRIDES_TOKEN", settings.url, settings.token, today)
      : [],
  ]);
  // A refused token says enough; that nobody knows its end does not help.
  return content.some((one) => one.check === "OVERRIDES_TOKEN") ? content : [...content, ...token];
}

async function contentFindings(
  overrides: OverridesSettings,
  { config, plans, today, waits = SILENT_WAITS }: OverridesCheckDeps,
): Promise<Found[]> {
  let file: { text: string; name: string } | null;
  try {
    const settings = { config, salesforce: null, zendesk: {}, overrides, plansFile: "", slack: null };
    file = await createRemotes(settings, { dryRun: true, warn: () => {}, waits, today }).overridesText();
  } catch (error) {
    return failureFindings("overrides", error, REMEDIES);
  }
  if (!file) return [];
  try {
    return overridesFindings(parseOverrides(file.text, file.name), plans, today);
  } catch (error) {
    const refused = "Correct the overrides file there. Until then, every run stops at process.";
    return failureFindings("overrides", error, { ...REMEDIES, refused });
  }
}

/** The overrides that are configured and, because the config says `overrides: none`, not looked at. */
function unused(env: Environment): Found[] {
  const set = ["OVERRIDES_PROJECT", "OVERRIDES_FILE"].filter((name) => env[name]);
  return set.map((name) =>
    warning(
      name,
      "is set, but the config says `overrides: none`, so none of its overrides apply",
      "Remove `overrides: none` from the config, or the setting from the environment.",
    ),
  );
}

/** Counts the overrides that apply in each instance; a warning if there are entries and none applies anywhere. */
function applyingFindings(going: readonly Override[], entries: number, plans: Plans | null, today: Day): Found[] {
  const read = `can be read: ${entries} ${entries === 1 ? "entry" : "entries"}`;
  if (plans === null) return [ok("overrides", read)];
  const accountIds = new Set(going.map((one) => one.salesforce_id));
  const { applicable } = applicableOverrides(going, { plans, accountIds, today });
  const applying = INSTANCES.map((instance) => `${instance}: ${appliesText(applicable[instance].size)}`);
  const found = `${read}; ${applying.join(", ")}`;
  if (entries === 0 || INSTANCES.some((instance) => applicable[instance].size > 0)) return [ok("overrides", found)];
  return [warning("overrides", found, "Every entry has ended or is invalid; correct those that are still needed.")];
}

function appliesText(count: number): string {
  return count === 0 ? "none applies" : count === 1 ? "1 applies" : `${count} apply`;
}

/**
 * Every entry that does not apply, or soon will not (E8): warnings, since a run leaves them out and goes on. Whether an
 * entry's account exists is not asked: that takes a whole gather.
 */
export function overridesFindings({ overrides, notes }: ParsedOverrides, plans: Plans | null, today: Day): Found[] {
  const going = overrides.filter(({ ends_on }) => ends_on === null || ends_on >= today);
  const accountIds = new Set(going.map((one) => one.salesforce_id));
  const inapplicable = plans ? applicableOverrides(going, { plans, accountIds, today }).notes : [];
  // Of an override that is there twice each entry says the same: all of the places.
  const sayingOf = ({ note: { reason } }: (typeof notes)[number]) =>
    JSON.stringify(reason.code === "override.repeated" ? reason.params.places : reason);
  const all = new Map([...notes, ...inapplicable].toReversed().map((one) => [sayingOf(one), one]));
  return [
    ...applyingFindings(going, overrides.length + notes.length, plans, today),
    ...[...all.values()].toReversed().map(({ note: { salesforce_id, reason } }) => {
      const { what, remedy } = explain(reason);
      return warning(
        `override of ${salesforce_id ?? "an unknown account"}`,
        what,
        `${remedy} Until then, the override has no effect.`,
      );
    }),
    ...overrideEndFindings(overrides, today),
  ];
}
