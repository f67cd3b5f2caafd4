import type { Config } from "../domain/config.ts";
import { type Found, warning } from "./finding.ts";

/** Placeholders in zdsync.config.example.yml for a team's own values; a test keeps the two in step. */
const EXAMPLE_VALUES: ReadonlySet<string> = new Set([
  "example.my.salesforce.com",
  "example.zendesk.com",
  "example-gov.zendesk.com",
  "0014M00001abcdEQAQ",
  "0014M00001allyaQAA",
  "T0123ABCD",
  "C0123ABCD",
  "C0456EFGH",
  "U0123ABCD",
  "S0123ABCD",
]);

/** Domains that belong to nobody (RFC 2606), and addresses and hosts below them. */
const RESERVED = /(?:^|[@.])example\.(?:com|net|org)$/;

/** Values of the example that were left in a team's config: they protect and allow nobody, and look as if they did. Pure. */
export function placeholderFindings(config: Config): Found[] {
  const remedy = "Replace it with your own value in the config, or remove it; every key is optional.";
  return valuesOf(config)
    .filter(({ value }) => EXAMPLE_VALUES.has(value) || RESERVED.test(value))
    .map(({ key, value }) =>
      warning(`config ${key}`, `${value} is a placeholder from zdsync.config.example.yml`, remedy),
    );
}

function valuesOf(config: Config): { key: string; value: string }[] {
  const of = (key: string, values: readonly (string | null | undefined)[]) =>
    values.flatMap((value) => (value ? [{ key, value }] : []));
  const { hosts, slack } = config;
  return [
    ...of("hosts.salesforce", [hosts.salesforce]),
    ...of("hosts.global", [hosts.global]),
    ...of("hosts.us_government", [hosts.us_government]),
    ...of("protected_ids", config.protected_ids),
    ...of("excluded_account_ids", config.excluded_account_ids),
    ...of("protected_email_domains", config.protected_email_domains),
    ...of("protected_emails", config.protected_emails),
    ...of("alliance_account_id", [config.alliance_account_id]),
    ...of("slack.team", [slack.team]),
    ...of("slack.channels", slack.channels),
    ...of("slack.users", slack.users),
    ...of("slack.user_groups", slack.user_groups),
    ...of("slack.notice_channels", Object.values(slack.notice_channels)),
  ];
}
