import { describe, expect, test } from "bun:test";
import { SUB_FIELDS } from "../../domain/plans.ts";
import { ConfigurationError } from "../../errors.ts";
import { parsePlans } from "./plans.ts";

const FILE = `${import.meta.dir}/../../../plans.yml`;
const GOVERNMENT = "us_government:\n  without_exception: []\n  with_exception: []\n";

function problems(content: string): string[] {
  try {
    parsePlans(content, "plans.yml");
  } catch (error) {
    if (error instanceof ConfigurationError) return error.message.split("\n");
    throw error;
  }
  return [];
}

describe("the project's plans.yml", async () => {
  const plans = parsePlans(await Bun.file(FILE).text(), "plans.yml");
  const is = (type: string, level: string, seats: boolean) => ({ name: type, level, seats }) as never;

  test.each([
    ["SaaS - Ultimate - 3 Year", is("sub_dotcom_ultimate", "ultimate", true)],
    ["SaaS - Ultimate (formerly Gold) - 1 Year", is("sub_dotcom_ultimate", "ultimate", true)],
    ["SaaS - Premium - Monthly", is("sub_dotcom_premium", "premium", true)],
    ["Self-Managed - Ultimate - 2 Year", is("sub_sm_ultimate", "ultimate", true)],
    ["Self-Managed - Premium - 1 Year", is("sub_sm_premium", "premium", true)],
    ["Self-Managed - Starter - 1 Year", is("legacy_starter", "silver", true)],
    ["Gold - 1 Year", is("legacy_gold", "gold", true)],
    ["Silver - 1 Year", is("legacy_silver", "silver", true)],
    ["Bronze - 1 Year", is("legacy_bronze", "silver", true)],
    ["Dedicated - Ultimate - 1 Year", is("sub_gitlab_dedicated", "ultimate", true)],
    ["Dedicated for Government - Ultimate - 1 Year", is("usgov_fedramp", "ultimate", true)],
    ["12x5 US Citizen Support - Monthly", is("sub_usgov_12x5", "custom", false)],
    ["24x7 US Citizen Support - 3 Year", is("sub_usgov_24x7", "custom", false)],
    ["[EDU Program] SaaS - Ultimate - 1 Year", is("sub_edu", "community", false)],
    ["[OSS Program] Self-Managed - Ultimate - 1 Year", is("sub_oss", "community", false)],
    ["[Startups Program] SaaS - Ultimate - 1 Year", is("sub_community_other", "community", false)],
    ["1,000 CI Minutes", is("sub_consumption_cicd_minutes", "consumption_only", false)],
    ["1,000 Compute Minutes", is("sub_consumption_cicd_minutes", "consumption_only", false)],
    ["Gitlab Storage 10GB - 1 Year", is("sub_consumption_storage", "consumption_only", false)],
    ["Enterprise Agile Planning - 1 Year", is("sub_consumption_eap", "consumption_only", false)],
    ["GitLab Duo Pro - 1 Year", is("sub_consumption_duo_premium", "consumption_only", false)],
    ["GitLab Duo Enterprise - 1 Year", is("sub_consumption_duo_enterprise", "consumption_only", false)],
    ["GitLab Duo with Amazon Q - 1 Year", is("sub_consumption_duo_amazon_q", "consumption_only", false)],
    ["Assigned Support Engineer - 1 Year", is("sub_ss_ase", "custom", false)],
    ["Success Advanced - 1 Year", is("sub_ss_growth", "custom", false)],
    ["Success Signature - 1 Year", is("sub_ss_enterprise", "custom", false)],
  ])("%s", (charge, type) => {
    expect(plans.typeOfCharge.get(charge)).toEqual(type);
  });

  test("has a type for every sub_* field", () => {
    expect(SUB_FIELDS).toHaveLength(19);
    expect(SUB_FIELDS.filter((field) => !plans.types.has(field))).toEqual([]);
  });

  test("sends to us-government what entitlements.md says", () => {
    const always = ["sub_usgov_12x5", "sub_usgov_24x7", "usgov_fedramp"];
    expect([...plans.governmentTypes.without_exception]).toEqual(always);
    expect([...plans.governmentTypes.with_exception]).toEqual([
      ...always,
      "sub_sm_premium",
      "sub_sm_ultimate",
      "sub_gitlab_dedicated",
    ]);
  });

  test("ignores what means nothing for support", () => {
    expect(plans.ignoredCharges.size).toBe(7);
    expect(plans.ignoredCharges.has("Implementation QuickStart - GitLab.com")).toBe(true);
  });
});

describe("plans become look-ups", () => {
  test("with names trimmed, and without seats or ignored charges where nothing is said", () => {
    const plans = parsePlans(`subscriptions:\n  t: {level: gold, charges: [' A ', B]}\n${GOVERNMENT}`, "plans.yml");
    const type = { name: "t", level: "gold", seats: false } as const;
    expect(plans).toEqual({
      types: new Map([["t", type]]),
      typeOfCharge: new Map([
        ["A", type],
        ["B", type],
      ]),
      governmentTypes: { without_exception: new Set(), with_exception: new Set() },
      ignoredCharges: new Set(),
    });
  });
});

describe("mistakes in plans.yml are named with their line", () => {
  const within = (lines: string) => `subscriptions:\n  t:\n    level: gold\n    charges: [A]\n${lines}${GOVERNMENT}`;

  const cases: [string, string, string[]][] = [
    ["an empty file", "# nothing\n", ["plans.yml: is empty; it must list what each charge stands for"]],
    ["a list", "- a\n", ["plans.yml:1: the file must be a mapping of keys and values"]],
    [
      "one charge in two types",
      within("  u:\n    level: gold\n    charges:\n      - B\n      - ' A'\n"),
      ['plans.yml:9: subscriptions.u.charges[1] is "A", which is already on line 4; keep one of the two'],
    ],
    [
      "one charge twice in a type",
      within("  u: {level: gold, charges: [B, B]}\n"),
      ['plans.yml:5: subscriptions.u.charges[1] is "B", which is already on line 5; keep one of the two'],
    ],
    [
      "a charge that is ignored as well",
      within("ignored_charges:\n  - X\n  - A\n"),
      ['plans.yml:7: ignored_charges[1] is "A", which is already on line 4; keep one of the two'],
    ],
    [
      "a charge ignored twice",
      within("ignored_charges: [X, X]\n"),
      ['plans.yml:5: ignored_charges[1] is "X", which is already on line 5; keep one of the two'],
    ],
    [
      "an unknown level",
      within("  u: {charges: [], level: ultimat}\n"),
      [
        'plans.yml:5: subscriptions.u.level must be one of ultimate, gold, premium, silver, consumption_only, custom, community, not "ultimat"; did you mean "ultimate"?',
      ],
    ],
    [
      "expired as a level",
      within("  u: {charges: [], level: expired}\n"),
      [
        'plans.yml:5: subscriptions.u.level must be one of ultimate, gold, premium, silver, consumption_only, custom, community, not "expired"; did you mean "gold"?',
      ],
    ],
    [
      "an unknown key",
      within("  u:\n    level: gold\n    charge: [B]\n    charges: []\n"),
      ['plans.yml:7: subscriptions.u.charge is not a known key; did you mean "charges"?'],
    ],
    [
      "an unknown key of the file",
      within("ignore_charges: []\n"),
      ['plans.yml:5: ignore_charges is not a known key; did you mean "ignored_charges"?'],
    ],
    [
      "a sub_* type that is no field",
      within("  sub_dotcom_ultimat: {level: ultimate, charges: [B]}\n"),
      [
        'plans.yml:5: subscriptions.sub_dotcom_ultimat is not an organization field that zdsync sets in Zendesk; did you mean "sub_dotcom_ultimate"?',
      ],
    ],
    [
      "no level and no charges",
      within("  u: {seats: true}\n"),
      ["plans.yml:5: subscriptions.u.level is missing", "plans.yml:5: subscriptions.u.charges is missing"],
    ],
    [
      "charges left empty",
      within("  u:\n    level: gold\n    charges:\n"),
      ["plans.yml:7: subscriptions.u.charges must be a list, even for a single value"],
    ],
    [
      "a charge that is a number, and one that is empty",
      within("  u: {level: gold, charges: [5, '', ' ']}\n"),
      [
        "plans.yml:5: subscriptions.u.charges[0] must be text; put it in quotes",
        "plans.yml:5: subscriptions.u.charges[1] must not be empty",
        "plans.yml:5: subscriptions.u.charges[2] must not be empty",
      ],
    ],
    [
      "seats that are no flag",
      within("  u: {level: gold, seats: 5, charges: []}\n"),
      ["plans.yml:5: subscriptions.u.seats must be true or false, without quotes"],
    ],
    [
      "a type twice",
      within("  t: {level: gold, charges: []}\n"),
      ['plans.yml:5: the key "t" is duplicated, first on line 2; keep one'],
    ],
    ["no us_government", "subscriptions: {}\n", ["plans.yml:1: us_government is missing"]],
    [
      "half a us_government",
      "subscriptions: {}\nus_government:\n  with_exception: []\n",
      ["plans.yml:2: us_government.without_exception is missing"],
    ],
    [
      "a us_government entry that names no type",
      "subscriptions:\n  fedramp: {level: gold, charges: []}\nus_government:\n  without_exception:\n    - fedramp\n    - fedrmp\n  with_exception: [A, '']\n",
      [
        'plans.yml:6: us_government.without_exception[1] is "fedrmp", which is none of the subscription types above; did you mean "fedramp"?',
        "plans.yml:7: us_government.with_exception[1] must not be empty",
        'plans.yml:7: us_government.with_exception[0] is "A", which is none of the subscription types above; did you mean "fedramp"?',
      ],
    ],
    [
      "a us_government entry without any types",
      "subscriptions: {}\nus_government: {without_exception: [a], with_exception: []}\n",
      ['plans.yml:2: us_government.without_exception[0] is "a", which is none of the subscription types above'],
    ],
    [
      "mistakes of all kinds, at once",
      "subscriptions:\n  t: 5\n  u: {level: gld, charges: [A, A]}\nus_government: {without_exception: [x], with_exception: 3}\nignored_charges: [A]\n",
      [
        "plans.yml:2: subscriptions.t must be a mapping of keys and values",
        'plans.yml:3: subscriptions.u.level must be one of ultimate, gold, premium, silver, consumption_only, custom, community, not "gld"; did you mean "gold"?',
        'plans.yml:3: subscriptions.u.charges[1] is "A", which is already on line 3; keep one of the two',
        "plans.yml:4: us_government.with_exception must be a list, even for a single value",
        'plans.yml:4: us_government.without_exception[0] is "x", which is none of the subscription types above; did you mean "t"?',
        'plans.yml:5: ignored_charges[0] is "A", which is already on line 3; keep one of the two',
      ],
    ],
  ];

  test.each(cases)("%s", (_name, content, expected) => {
    expect(problems(content)).toEqual(expected);
  });
});
