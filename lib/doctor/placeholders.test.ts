import { expect, test } from "bun:test";
import { join } from "node:path";
import { type Config, DEFAULT_CONFIG } from "../domain/config.ts";
import { parseConfig } from "../settings/files/config.ts";
import { placeholderFindings } from "./placeholders.ts";

const EXAMPLE = await Bun.file(join(import.meta.dir, "../../zdsync.config.example.yml")).text();

const told = (config: Config) =>
  placeholderFindings(config).map(({ check, found }) => `${check}: ${found.split(" ")[0]}`);

test("every host, id, address and domain of the example is a placeholder, also where it is commented out", () => {
  const uncommented = EXAMPLE.replace(/^( *)# (notice_channels:)/m, "$1$2");
  expect(uncommented).not.toBe(EXAMPLE);
  const config = parseConfig(uncommented, "zdsync.config.example.yml");
  const { hosts, slack } = config;
  const values = [
    ...Object.values(hosts),
    ...config.protected_ids,
    ...config.excluded_account_ids,
    ...config.protected_email_domains,
    ...config.protected_emails,
    config.alliance_account_id,
    slack.team,
    ...slack.channels,
    ...slack.users,
    ...slack.user_groups,
    ...Object.values(slack.notice_channels),
  ];
  expect(values.length).toBeGreaterThan(12);
  expect(told(config).map((line) => line.split(": ")[1])).toEqual(values as string[]);
});

test("a team's own values are none, and nothing is one where nothing is set", () => {
  expect(told(DEFAULT_CONFIG)).toEqual([]);
  const hosts = { salesforce: "acme.my.salesforce.com", global: "acme.zendesk.com", us_government: null };
  const own = {
    protected_email_domains: ["acme-example.com", "example.com.acme.com"],
    protected_emails: ["a@acme.com"],
  };
  expect(told({ ...DEFAULT_CONFIG, ...own, hosts })).toEqual([]);
});

test("reserved domains are placeholders wherever they stand, and the key is named", () => {
  const protected_emails = ["x@example.net", "a@sub.example.org", "b@acme.com"];
  expect(told({ ...DEFAULT_CONFIG, protected_emails })).toEqual([
    "config protected_emails: x@example.net",
    "config protected_emails: a@sub.example.org",
  ]);
});
