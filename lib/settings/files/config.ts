import * as v from "valibot";
import type { Config } from "../../domain/config.ts";
import { DEFAULT_CONFIG, DEFAULT_LIMITS, forEachComparison, type Limits } from "../../domain/config.ts";
import { ConfigurationError } from "../../errors.ts";
import { check, problemsOf, readYaml } from "./parse-yaml-file.ts";
import {
  exactText,
  flag,
  listOf,
  lowerCaseText,
  mapping,
  optional,
  orNull,
  percent,
  salesforceId,
  wholeNumber,
  word,
} from "./schema.ts";

const host = () =>
  orNull(
    lowerCaseText(
      /^[a-z0-9-]+(\.[a-z0-9-]+)*(:\d{1,5})?$/,
      "a host such as example.zendesk.com, without https:// and without a path",
    ),
  );

const domain = lowerCaseText(/^[a-z0-9-]+(\.[a-z0-9-]+)+$/, "an email domain such as example.com, without @");
const address = lowerCaseText(/^[^\s@]+@[^\s@]+$/, "an email address");

const slackIds = (letters: string, example: string) =>
  optional(listOf(exactText(new RegExp(`^[${letters}][A-Z0-9]+$`), `a Slack id such as ${example}`)), []);

const slackChannel = () =>
  orNull(
    exactText(/^[CG][A-Z0-9]{5,}$/, "a channel's id such as C0123ABCD (not its name: a renamed channel keeps its id)"),
  );

const HostsSchema = mapping({ salesforce: host(), global: host(), us_government: host() });

/** Limits of one comparison alone: what is left out is as for all. */
const OwnLimitsSchema = mapping({
  holds: orNull(ownPercentAndMax()),
  creates: orNull(wholeNumber(0)),
  contacts: orNull(wholeNumber(0)),
  marks: orNull(ownPercentAndMax()),
  updates: orNull(mapping({ percent: orNull(percent()) })),
  downgrades: orNull(ownPercentAndMax()),
  marked_total: orNull(mapping({ percent: orNull(percent()) })),
  minimum_existing: orNull(wholeNumber(0)),
});
type OwnLimits = v.InferOutput<typeof OwnLimitsSchema>;

const LimitsSchema = v.pipe(
  mapping({
    holds: percentAndMax(DEFAULT_LIMITS.holds),
    creates: optional(wholeNumber(0), DEFAULT_LIMITS.creates),
    contacts: optional(wholeNumber(0), DEFAULT_LIMITS.contacts),
    marks: percentAndMax(DEFAULT_LIMITS.marks),
    updates: justPercent(DEFAULT_LIMITS.updates),
    downgrades: percentAndMax(DEFAULT_LIMITS.downgrades),
    marked_total: justPercent(DEFAULT_LIMITS.marked_total),
    minimum_existing: optional(wholeNumber(0), DEFAULT_LIMITS.minimum_existing),
    global: orNull(OwnLimitsSchema),
    usgov: orNull(OwnLimitsSchema),
    partner: orNull(OwnLimitsSchema),
    usgov_user: orNull(OwnLimitsSchema),
  }),
  v.transform(({ global, usgov, partner, usgov_user, ...all }): Config["limits"] => {
    const each = forEachComparison(all);
    return {
      global: withOwn(each.global, global),
      usgov: withOwn(each.usgov, usgov),
      partner: withOwn(each.partner, partner),
      usgov_user: withOwn(each.usgov_user, usgov_user),
    };
  }),
);

const SlackSchema = mapping({
  team: orNull(exactText(/^[TE][A-Z0-9]+$/, "a Slack id such as T0123ABCD")),
  channels: slackIds("CGD", "C0123ABCD"),
  users: slackIds("UW", "U0123ABCD"),
  user_groups: slackIds("S", "S0123ABCD"),
  us_government: optional(word(["names", "ids_only"]), DEFAULT_CONFIG.slack.us_government),
  notice_channels: optional(
    mapping({ global: slackChannel(), us_government: slackChannel() }),
    DEFAULT_CONFIG.slack.notice_channels,
  ),
  page: optional(flag(), DEFAULT_CONFIG.slack.page),
  page_url: orNull(
    exactText(
      /^https?:\/\/[^\s/?#@]+(\/[^\s?#]*)?$/,
      "an address such as https://zdsync.example.com/data, without ? and #",
    ),
  ),
});

const ConfigSchema = mapping({
  hosts: optional(HostsSchema, DEFAULT_CONFIG.hosts),
  protected_ids: optional(listOf(salesforceId()), []),
  excluded_account_ids: optional(listOf(salesforceId()), []),
  protected_email_domains: optional(listOf(domain), []),
  protected_emails: optional(listOf(address), []),
  alliance_account_id: orNull(salesforceId()),
  overrides: optional(word(["none", "required"]), DEFAULT_CONFIG.overrides),
  unmanaged_organizations: optional(word(["keep", "mark"]), DEFAULT_CONFIG.unmanaged_organizations),
  moved_organizations: optional(word(["report", "mark"]), DEFAULT_CONFIG.moved_organizations),
  user_mark_field: optional(
    exactText(/^[a-z0-9_]{1,100}$/, "the key of a user field, such as mark_for_deletion"),
    DEFAULT_CONFIG.user_mark_field,
  ),
  limits: optional(LimitsSchema, DEFAULT_CONFIG.limits),
  max_contacts_per_organization: optional(wholeNumber(1), DEFAULT_CONFIG.max_contacts_per_organization),
  slack: optional(SlackSchema, DEFAULT_CONFIG.slack),
  history_days: optional(wholeNumber(1), DEFAULT_CONFIG.history_days),
});

/**
 * Reads `zdsync.config.yml` (interface.md). A key that is absent, or has nothing after its colon, has its default; so has
 * everything in an empty file.
 *
 * @throws ConfigurationError with every problem and its line.
 */
export function parseConfig(content: string, fileName: string): Config {
  const file = readYaml(content, fileName);
  const checked = check(file.data ?? {}, ConfigSchema);
  if ("mistakes" in checked) throw new ConfigurationError(problemsOf(file, checked.mistakes));
  return checked.value;
}

function percentAndMax(byDefault: { percent: number; max: number }) {
  const schema = mapping({
    percent: optional(percent(), byDefault.percent),
    max: optional(wholeNumber(0), byDefault.max),
  });
  return optional(schema, byDefault);
}

function justPercent(byDefault: { percent: number }) {
  return optional(mapping({ percent: optional(percent(), byDefault.percent) }), byDefault);
}

function ownPercentAndMax() {
  return mapping({ percent: orNull(percent()), max: orNull(wholeNumber(0)) });
}

/** The limits of a comparison, with what the config says of it alone. */
function withOwn(limits: Limits, own: OwnLimits | null): Limits {
  if (own === null) return limits;
  const merged = Object.entries(limits).map(([effect, usual]: [string, number | object]) => {
    const given = own[effect as keyof OwnLimits];
    if (given === null || typeof given === "number") return [effect, given ?? usual];
    return [
      effect,
      { ...(usual as object), ...Object.fromEntries(Object.entries(given).filter(([, one]) => one !== null)) },
    ];
  });
  return Object.fromEntries(merged) as Limits;
}
