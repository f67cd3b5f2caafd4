import { describe, expect, test } from "bun:test";
import { DEFAULT_CONFIG, DEFAULT_LIMITS, forEachComparison } from "../../domain/config.ts";
import { ConfigurationError } from "../../errors.ts";
import { parseConfig } from "./config.ts";

const config = (content: string) => parseConfig(content, "zdsync.config.yml");
const refusal = (content: string) => {
  try {
    return config(content);
  } catch (error) {
    return error instanceof ConfigurationError ? error.message : error;
  }
};
const ID = "0014M00001kAbCdQAK";

describe("every key is optional", () => {
  test("the defaults are those of interface.md", () => {
    expect(DEFAULT_CONFIG).toEqual({
      hosts: { salesforce: null, global: null, us_government: null },
      protected_ids: [],
      excluded_account_ids: [],
      protected_email_domains: [],
      protected_emails: [],
      alliance_account_id: null,
      overrides: "required",
      unmanaged_organizations: "keep",
      moved_organizations: "report",
      user_mark_field: "mark_for_deletion",
      limits: forEachComparison({
        holds: { percent: 5, max: 100 },
        creates: 500,
        contacts: 1000,
        marks: { percent: 5, max: 200 },
        updates: { percent: 30 },
        downgrades: { percent: 5, max: 100 },
        marked_total: { percent: 20 },
        minimum_existing: 10,
      }),
      max_contacts_per_organization: 30,
      slack: {
        team: null,
        channels: [],
        users: [],
        user_groups: [],
        us_government: "names",
        notice_channels: { global: null, us_government: null },
        page: false,
        page_url: null,
      },
      history_days: 30,
    });
  });

  const keys = Object.keys(DEFAULT_CONFIG);
  test.each(["", "# nothing\n", "{}\n", "hosts: {}\nlimits: {}\nslack: {}\n", keys.map((key) => `${key}:\n`).join("")])(
    "they hold for %j",
    (content) => {
      expect(config(content)).toEqual(DEFAULT_CONFIG);
    },
  );

  test("of a limit with two numbers one may be given", () => {
    const limits = config("limits:\n  marks: { max: 7 }\n  downgrades: { percent: 1.5 }\n  updates:\n").limits;
    expect(limits.global).toEqual({
      ...DEFAULT_LIMITS,
      marks: { percent: 5, max: 7 },
      downgrades: { percent: 1.5, max: 100 },
    });
  });

  test("C1: marks of users are 2 %, at most 50, whatever marks of organizations may be", () => {
    expect(config("").limits.usgov_user.marks).toEqual({ percent: 2, max: 50 });
    const { limits } = config("limits: { marks: { percent: 100, max: 1000 }, creates: 7 }");
    expect(limits.usgov_user).toEqual({ ...DEFAULT_LIMITS, creates: 7, marks: { percent: 2, max: 50 } });
    expect(limits.partner.marks).toEqual({ percent: 100, max: 1000 });
  });

  test("C1: each comparison may have limits of its own; the rest is as for all", () => {
    const { limits } = config(
      "limits: { creates: 7, usgov_user: { marks: { max: 9 } }, partner: { creates: 1, updates: { percent: 50 }, marks: }, usgov: }",
    );
    expect(limits.usgov_user).toEqual({ ...DEFAULT_LIMITS, creates: 7, marks: { percent: 2, max: 9 } });
    expect(limits.partner).toEqual({ ...DEFAULT_LIMITS, creates: 1, updates: { percent: 50 } });
    expect([limits.global, limits.usgov]).toEqual([
      { ...DEFAULT_LIMITS, creates: 7 },
      { ...DEFAULT_LIMITS, creates: 7 },
    ]);
  });
});

describe("what is said goes before the defaults", () => {
  test("ids have 18 characters, hosts, domains and addresses are in lower case", () => {
    const content = `
hosts: { salesforce: Example.my.salesforce.com, global: "localhost:3000", us_government: 127.0.0.1 }
protected_ids: ["0014M00001kAbCd"]
excluded_account_ids: ["${ID}"]
protected_email_domains: [ Mail.Example.COM ]
protected_emails: [ " EndUser@Support.Example.com" ]
alliance_account_id: 0014M00001kAbCd
overrides: none
unmanaged_organizations: mark
slack: { team: T0123ABCD, channels: [C1, G2, D3], users: [U1, W2], user_groups: [S1], us_government: ids_only, notice_channels: { us_government: C0GOV12345 }, page: true, page_url: https://zdsync.example.com/data }
history_days: 7
`;
    expect(config(content)).toEqual({
      ...DEFAULT_CONFIG,
      hosts: { salesforce: "example.my.salesforce.com", global: "localhost:3000", us_government: "127.0.0.1" },
      protected_ids: [ID],
      excluded_account_ids: [ID],
      protected_email_domains: ["mail.example.com"],
      protected_emails: ["enduser@support.example.com"],
      alliance_account_id: ID,
      overrides: "none",
      unmanaged_organizations: "mark",
      slack: {
        team: "T0123ABCD",
        channels: ["C1", "G2", "D3"],
        users: ["U1", "W2"],
        user_groups: ["S1"],
        us_government: "ids_only",
        notice_channels: { global: null, us_government: "C0GOV12345" },
        page: true,
        page_url: "https://zdsync.example.com/data",
      },
      history_days: 7,
    });
  });

  test("all limits", () => {
    const content = `limits:
  holds: { percent: 1, max: 2 }
  creates: 1
  contacts: 7
  marks: { percent: 2, max: 3 }
  updates: { percent: 4 }
  downgrades: { percent: 5.5, max: 6 }
  marked_total: { percent: 100 }
  minimum_existing: 0
`;
    expect(config(content).limits.global).toEqual({
      holds: { percent: 1, max: 2 },
      creates: 1,
      contacts: 7,
      marks: { percent: 2, max: 3 },
      updates: { percent: 4 },
      downgrades: { percent: 5.5, max: 6 },
      marked_total: { percent: 100 },
      minimum_existing: 0,
    });
  });

  test("the example is valid, and its limits are the defaults", async () => {
    const example = config(await Bun.file(`${import.meta.dir}/../../../zdsync.config.example.yml`).text());
    expect(example.limits).toEqual(DEFAULT_CONFIG.limits);
    expect(example.history_days).toBe(DEFAULT_CONFIG.history_days);
    expect(example.overrides).toBe("required");
  });
});

describe("mistakes are named with their line", () => {
  const host = "must be a host such as example.zendesk.com, without https:// and without a path";
  test.each([
    ["limts: {}", 'limts is not a known key; did you mean "limits"?'],
    ["limits: { mark: { percent: 5 } }", 'limits.mark is not a known key; did you mean "marks"?'],
    ["limits: { usgov_users: { creates: 5 } }", 'limits.usgov_users is not a known key; did you mean "usgov_user"?'],
    ["limits: { partner: { mark: } }", 'limits.partner.mark is not a known key; did you mean "marks"?'],
    ["limits: { usgov_user: { marks: 5 } }", "limits.usgov_user.marks must be a mapping of keys and values"],
    ["user_mark_field: Not in SFDC", "user_mark_field must be the key of a user field, such as mark_for_deletion"],
    ["limits: { updates: { max: 5 } }", 'limits.updates.max is not a known key; did you mean "percent"?'],
    [
      "hosts: { us-government: a.example.com }",
      'hosts.us-government is not a known key; did you mean "us_government"?',
    ],
    [
      "limits: { marks: { percent: 5% } }",
      "limits.marks.percent must be a number from 0 to 100, without quotes and without %",
    ],
    [
      "limits: { marked_total: { percent: 101 } }",
      "limits.marked_total.percent must be a number from 0 to 100, without quotes and without %",
    ],
    ["limits: { creates: -1 }", "limits.creates must be a whole number, 0 or more, without quotes"],
    ["limits: { downgrades: 5 }", "limits.downgrades must be a mapping of keys and values"],
    ["history_days: 0", "history_days must be a whole number, 1 or more, without quotes"],
    ["hosts: { global: https://example.zendesk.com }", `hosts.global ${host}`],
    ["hosts: { global: example.zendesk.com/x }", `hosts.global ${host}`],
    ["hosts: { global: 'a b.com' }", `hosts.global ${host}`],
    ["hosts: { global: 'example.com:' }", `hosts.global ${host}`],
    ["hosts: { global: '.example.com' }", `hosts.global ${host}`],
    ["protected_ids: x", "protected_ids must be a list, even for a single value"],
    ["protected_ids: [0014M]", "protected_ids[0] must be a Salesforce id with 15 or 18 characters"],
    [
      "alliance_account_id: 001400000012345",
      "alliance_account_id must be quoted: YAML reads this Salesforce id as a number",
    ],
    [
      "protected_email_domains: ['@example.com']",
      "protected_email_domains[0] must be an email domain such as example.com, without @",
    ],
    [
      "protected_email_domains: [localhost]",
      "protected_email_domains[0] must be an email domain such as example.com, without @",
    ],
    ["protected_emails: [example.com]", "protected_emails[0] must be an email address"],
    ["protected_emails: ['a@b@c']", "protected_emails[0] must be an email address"],
    ["protected_emails: ['a b@c']", "protected_emails[0] must be an email address"],
    [
      "protected_email_domains: [example.com/x]",
      "protected_email_domains[0] must be an email domain such as example.com, without @",
    ],
    ["overrides: non", 'overrides must be one of none, required, not "non"; did you mean "none"?'],
    [
      "unmanaged_organizations: delete",
      'unmanaged_organizations must be one of keep, mark, not "delete"; did you mean "keep"?',
    ],
    ["slack: { team: xT1 }", "slack.team must be a Slack id such as T0123ABCD"],
    ["slack: { team: T1-2 }", "slack.team must be a Slack id such as T0123ABCD"],
    ["slack: { team: C1 }", "slack.team must be a Slack id such as T0123ABCD"],
    ["slack: { channels: ['#support'] }", "slack.channels[0] must be a Slack id such as C0123ABCD"],
    ["slack: { users: [U1, xU1] }", "slack.users[1] must be a Slack id such as U0123ABCD"],
    ["slack: { users: ['U1-2'] }", "slack.users[0] must be a Slack id such as U0123ABCD"],
    ["slack: { user_groups: [U1] }", "slack.user_groups[0] must be a Slack id such as S0123ABCD"],
    [
      "slack: { us_government: yes }",
      'slack.us_government must be one of names, ids_only, not "yes"; did you mean "names"?',
    ],
    [
      "slack: { notice_channels: { global: '#support' } }",
      "slack.notice_channels.global must be a channel's id such as C0123ABCD (not its name: a renamed channel keeps its id)",
    ],
  ])("%s", (line, message) => {
    expect(refusal(`\n${line}\n`)).toBe(`zdsync.config.yml:2: ${message}`);
  });

  test("all at once, and without addresses", () => {
    expect(refusal("history_days: x\nprotected_emails: [sue]\nfoo: bar\n")).toBe(
      [
        "zdsync.config.yml:1: history_days must be a whole number, 1 or more, without quotes",
        "zdsync.config.yml:2: protected_emails[0] must be an email address",
        'zdsync.config.yml:3: foo is not a known key; did you mean "hosts"?',
      ].join("\n"),
    );
  });

  test("a list instead of keys", () => {
    expect(refusal("- a\n")).toBe("zdsync.config.yml:1: the file must be a mapping of keys and values");
  });
});
