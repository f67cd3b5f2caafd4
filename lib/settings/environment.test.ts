import { describe, expect, test } from "bun:test";
import { DEFAULT_CONFIG } from "../domain/config.ts";
import type { Problem } from "../errors.ts";
import {
  type Environment,
  hostOf,
  overridesSettings,
  salesforceSettings,
  secretsIn,
  slackSettings,
  zendeskSettings,
} from "./environment.ts";
import { checkHosts } from "./host-names.ts";

const SECRET = "c0nfidential-value";

/** What a reader makes of an environment, and which problems it finds. */
function read<T>(reader: (env: Environment, problems: Problem[]) => T, env: Environment) {
  const problems: Problem[] = [];
  const settings = reader(env, problems);
  return { settings, problems, where: problems.map((problem) => problem.where) };
}

const zendesk = (instance: "global" | "us-government") => (env: Environment, problems: Problem[]) =>
  zendeskSettings(env, instance, problems);
const overrides = (env: Environment, problems: Problem[]) => overridesSettings(env, DEFAULT_CONFIG, problems);

describe("Salesforce", () => {
  const base = { SALESFORCE_LOGIN_URL: "https://example.my.salesforce.com/", SALESFORCE_CLIENT_ID: " id " };

  test("client credentials", () => {
    const { settings, problems } = read(salesforceSettings, { ...base, SALESFORCE_CLIENT_SECRET: SECRET });
    expect(problems).toEqual([]);
    expect(settings).toEqual({
      loginUrl: "https://example.my.salesforce.com",
      auth: { kind: "client-credentials", clientId: "id", clientSecret: SECRET },
    });
  });

  test("JWT bearer with a user and a key, and a version", () => {
    const env = { ...base, SALESFORCE_USERNAME: "u", SALESFORCE_PRIVATE_KEY: SECRET, SALESFORCE_API_VERSION: "66.0" };
    expect(read(salesforceSettings, env).settings).toEqual({
      loginUrl: "https://example.my.salesforce.com",
      version: "66.0",
      auth: { kind: "jwt", clientId: "id", username: "u", privateKey: SECRET },
    });
  });

  test.each<[Environment, string[]]>([
    [{}, ["SALESFORCE_LOGIN_URL", "SALESFORCE_CLIENT_ID", "SALESFORCE_CLIENT_SECRET"]],
    [{ ...base, SALESFORCE_USERNAME: "u" }, ["SALESFORCE_PRIVATE_KEY"]],
    [{ ...base, SALESFORCE_PRIVATE_KEY: SECRET }, ["SALESFORCE_USERNAME"]],
    [
      { SALESFORCE_CLIENT_SECRET: "  ", SALESFORCE_API_VERSION: "v66" },
      ["SALESFORCE_LOGIN_URL", "SALESFORCE_CLIENT_ID", "SALESFORCE_API_VERSION", "SALESFORCE_CLIENT_SECRET"],
    ],
  ])("%j: every problem at once", (env, where) => {
    expect(read(salesforceSettings, env).where).toEqual(where);
  });
});

describe("Zendesk", () => {
  test.each(["global", "us-government"] as const)("%s: OAuth client credentials", (instance) => {
    const prefix = instance === "global" ? "ZENDESK_GLOBAL" : "ZENDESK_USGOV";
    const env = {
      [`${prefix}_URL`]: "https://example.zendesk.com",
      [`${prefix}_CLIENT_ID`]: "id",
      [`${prefix}_CLIENT_SECRET`]: SECRET,
    };
    const { settings, problems } = read(zendesk(instance), env);
    expect(problems).toEqual([]);
    expect(settings).toEqual({
      instance,
      url: "https://example.zendesk.com",
      auth: { kind: "oauth", clientId: "id", clientSecret: SECRET },
    });
  });

  const url = { ZENDESK_GLOBAL_URL: "https://example.zendesk.com" };

  test("an API token instead", () => {
    const env = { ...url, ZENDESK_GLOBAL_EMAIL: "a@example.com", ZENDESK_GLOBAL_TOKEN: SECRET };
    expect(read(zendesk("global"), env).settings.auth).toEqual({
      kind: "api-token",
      email: "a@example.com",
      token: SECRET,
    });
    expect(read(zendesk("global"), { ...url, ZENDESK_GLOBAL_TOKEN: SECRET }).where).toEqual(["ZENDESK_GLOBAL_EMAIL"]);
  });

  test("where both are set, OAuth: API tokens end", () => {
    const env = {
      ...url,
      ZENDESK_GLOBAL_CLIENT_ID: "id",
      ZENDESK_GLOBAL_CLIENT_SECRET: SECRET,
      ZENDESK_GLOBAL_EMAIL: "a@example.com",
      ZENDESK_GLOBAL_TOKEN: "old",
    };
    expect(read(zendesk("global"), env).settings.auth.kind).toBe("oauth");
  });

  test("nothing set: every problem at once, and none of the other instance", () => {
    expect(read(zendesk("us-government"), { ...url, ZENDESK_GLOBAL_TOKEN: SECRET }).where).toEqual([
      "ZENDESK_USGOV_URL",
      "ZENDESK_USGOV_CLIENT_ID",
      "ZENDESK_USGOV_CLIENT_SECRET",
    ]);
  });
});

describe("URLs that credentials are sent to", () => {
  const URLS: [string, (env: Environment, problems: Problem[]) => unknown, Environment][] = [
    ["SALESFORCE_LOGIN_URL", salesforceSettings, { SALESFORCE_CLIENT_ID: "i", SALESFORCE_CLIENT_SECRET: "s" }],
    ["ZENDESK_GLOBAL_URL", zendesk("global"), { ZENDESK_GLOBAL_CLIENT_ID: "i", ZENDESK_GLOBAL_CLIENT_SECRET: "s" }],
    ["ZENDESK_USGOV_URL", zendesk("us-government"), { ZENDESK_USGOV_CLIENT_ID: "i", ZENDESK_USGOV_CLIENT_SECRET: "s" }],
    ["GITLAB_URL", overrides, { OVERRIDES_PROJECT: "group/project" }],
    ["SLACK_API_URL", slackSettings, { SLACK_BOT_TOKEN: "t", SLACK_CHANNEL: "C012345" }],
  ];

  describe.each(URLS)("%s", (name, reader, others) => {
    const problemsWith = (value: string) => read(reader, { ...others, [name]: value }).problems;

    test("https anywhere, http on this machine only", () => {
      const fine = ["https://example.com", "http://127.0.0.1:4010", "http://localhost:4010", "http://[::1]:4010"];
      for (const url of fine) expect(problemsWith(url)).toEqual([]);
      for (const url of [
        "http://example.com",
        "http://10.0.0.1",
        "http://localhost.example.com",
        "http://127.0.0.1.example.com",
      ])
        expect(problemsWith(url)).toEqual([{ where: name, what: expect.stringContaining("must start with https://") }]);
    });

    test("what is no URL is named by its setting, with an example", () => {
      for (const value of ["example.com", "https://", "ftp://example.com", "file:///etc/passwd"])
        expect(problemsWith(value)).toEqual([
          { where: name, what: expect.stringMatching(/^expected a URL like https:/) },
        ]);
    });

    test("credentials in it are refused, and not repeated", () => {
      const problems = problemsWith(`https://user:${SECRET}@example.com`);
      expect(problems).toEqual([
        { where: name, what: expect.stringContaining("must not contain a user name or password") },
      ]);
      expect(JSON.stringify(problems)).not.toContain(SECRET);
    });
  });
});

describe("overrides", () => {
  test("from a GitLab project, with defaults", () => {
    expect(read(overrides, { OVERRIDES_PROJECT: "group/project" }).settings).toEqual({
      kind: "gitlab",
      url: "https://gitlab.com",
      project: "group/project",
      path: "overrides.yml",
      ref: "main",
      token: null,
    });
  });

  test("from a GitLab project, all set", () => {
    const env = {
      GITLAB_URL: "https://gitlab.example.com",
      OVERRIDES_PROJECT: "12",
      OVERRIDES_PATH: "a/b.yml",
      OVERRIDES_REF: "stable",
      OVERRIDES_TOKEN: SECRET,
    };
    expect(read(overrides, env)).toMatchObject({
      settings: { url: "https://gitlab.example.com", project: "12", path: "a/b.yml", ref: "stable", token: SECRET },
      problems: [],
    });
  });

  test("from a local file", () => {
    expect(read(overrides, { OVERRIDES_FILE: "o.yml", OVERRIDES_PROJECT: "x" }).settings).toEqual({
      kind: "file",
      file: "o.yml",
    });
  });

  test("running without any must be said in the config", () => {
    expect(read(overrides, {}).where).toEqual(["OVERRIDES_PROJECT"]);
    const none = read(
      (env, problems) => overridesSettings(env, { ...DEFAULT_CONFIG, overrides: "none" }, problems),
      {},
    );
    expect(none).toMatchObject({ settings: { kind: "none" }, problems: [] });
  });
});

describe("Slack", () => {
  test("not configured is no problem; half configured is", () => {
    expect(read(slackSettings, {})).toMatchObject({ settings: null, problems: [] });
    expect(read(slackSettings, { SLACK_BOT_TOKEN: SECRET }).where).toEqual(["SLACK_CHANNEL"]);
    expect(read(slackSettings, { SLACK_CHANNEL: "C012345" }).where).toEqual(["SLACK_BOT_TOKEN"]);
  });

  test("token, channel and base of the API, which is kept as it is", () => {
    const env = { SLACK_BOT_TOKEN: SECRET, SLACK_CHANNEL: "C012345", SLACK_API_URL: "https://slack.example.com/api/" };
    expect(read(slackSettings, env)).toMatchObject({
      settings: { token: SECRET, channel: "C012345", apiUrl: "https://slack.example.com/api/" },
      problems: [],
    });
  });

  test("a channel is an id, not a name", () => {
    for (const channel of ["#support", "support", "c012345"])
      expect(read(slackSettings, { SLACK_BOT_TOKEN: SECRET, SLACK_CHANNEL: channel }).where).toEqual(["SLACK_CHANNEL"]);
  });
});

describe("S10: hosts", () => {
  const check = (hosts: Parameters<typeof checkHosts>[1], expected = {}) => {
    const problems: Problem[] = [];
    checkHosts({ ...DEFAULT_CONFIG, hosts: { ...DEFAULT_CONFIG.hosts, ...expected } }, hosts, problems);
    return problems;
  };
  const hosts = {
    salesforce: "example.my.salesforce.com",
    global: "example.zendesk.com",
    "us-government": "gov.zendesk.com",
  };

  test("without expectations, two different instances pass", () => {
    expect(check(hosts)).toEqual([]);
  });

  test("each host that is another than expected is named, with both", () => {
    const problems = check(hosts, { salesforce: "a.example", global: "b.example", us_government: "c.example" });
    expect(problems.map((one) => one.where)).toEqual([
      "SALESFORCE_LOGIN_URL",
      "ZENDESK_GLOBAL_URL",
      "ZENDESK_USGOV_URL",
    ]);
    expect(problems[2]?.what).toContain("points at gov.zendesk.com, but the config (hosts) expects c.example");
  });

  test("the expected hosts pass; swapped ones do not", () => {
    const expected = { global: "example.zendesk.com", us_government: "gov.zendesk.com" };
    expect(check(hosts, expected)).toEqual([]);
    const swapped = { global: hosts["us-government"], "us-government": hosts.global };
    expect(check(swapped, expected).map((one) => one.where)).toEqual(["ZENDESK_GLOBAL_URL", "ZENDESK_USGOV_URL"]);
  });

  test("a port matters", () => {
    expect(check({ global: "127.0.0.1:1" }, { global: "127.0.0.1:2" })).toHaveLength(1);
  });

  test("the same host for both instances is refused", () => {
    expect(check({ global: "one.example", "us-government": "one.example" })).toEqual([
      { where: "ZENDESK_USGOV_URL", what: expect.stringContaining("same host as ZENDESK_GLOBAL_URL") },
    ]);
    expect(check({})).toEqual([]);
  });

  test("hostOf: lower case, with its port; nothing for what is no URL", () => {
    expect(hostOf("https://EXAMPLE.zendesk.com/x")).toBe("example.zendesk.com");
    expect(hostOf("http://127.0.0.1:4010")).toBe("127.0.0.1:4010");
    expect(hostOf("")).toBe("");
  });
});

describe("secrets", () => {
  test("every variable of interface.md that holds one is known, as it is used", () => {
    const names = [
      "SALESFORCE_CLIENT_SECRET",
      "SALESFORCE_PRIVATE_KEY",
      "ZENDESK_GLOBAL_CLIENT_SECRET",
      "ZENDESK_GLOBAL_TOKEN",
      "ZENDESK_USGOV_CLIENT_SECRET",
      "ZENDESK_USGOV_TOKEN",
      "OVERRIDES_TOKEN",
      "GITLAB_TRIGGER_TOKEN",
      "GITLAB_READ_TOKEN",
      "GITLAB_WEBHOOK_SECRET",
      "SLACK_BOT_TOKEN",
      "SLACK_SIGNING_SECRET",
      "SLACK_APP_TOKEN",
    ];
    const env = Object.fromEntries(names.map((name) => [name, `  ${SECRET}-${name}\n`]));
    expect(secretsIn(env)).toEqual(names.map((name) => `${SECRET}-${name}`));
  });

  test("what is no secret, empty or too short to be told from ordinary text is not blotted out", () => {
    expect(secretsIn({ ZENDESK_GLOBAL_URL: SECRET, X_TOKEN: "", Y_TOKEN: "short", Z_TOKEN: undefined })).toEqual([]);
  });

  test("no problem repeats a value", () => {
    const names = [
      "SALESFORCE_LOGIN_URL",
      "SALESFORCE_API_VERSION",
      "ZENDESK_GLOBAL_URL",
      "GITLAB_URL",
      "SLACK_API_URL",
    ];
    const env: Environment = {
      ...Object.fromEntries(names.map((name) => [name, SECRET])),
      SLACK_CHANNEL: SECRET,
      SLACK_BOT_TOKEN: SECRET,
      ZENDESK_GLOBAL_TOKEN: SECRET,
      SALESFORCE_PRIVATE_KEY: SECRET,
    };
    const readers = [salesforceSettings, zendesk("global"), overrides, slackSettings];
    const problems = readers.flatMap((reader) => read<unknown>(reader, env).problems);
    expect(problems.length).toBeGreaterThan(6);
    expect(JSON.stringify(problems)).not.toContain(SECRET);
  });
});
