import { describe, expect, test } from "bun:test";
import { reason } from "../../domain/reason.ts";
import { ConfigurationError } from "../../errors.ts";
import { joinOverrides, overridesOfInstance, parseOverrides } from "./overrides.ts";

const ID = "0014M00001kAbCdQAK";
const VALID = `- salesforce_id: ${ID}
  reason: renewal signed, invoice pending
  subscriptions: { sub_dotcom_ultimate: true, sub_edu: false }
`;

const refusal = (content: string) => {
  try {
    return parseOverrides(content, "overrides.yml");
  } catch (error) {
    return error instanceof ConfigurationError ? error.message : error;
  }
};
const notes = (content: string) => parseOverrides(content, "overrides.yml").notes.map(({ note }) => note);
const invalid = (where: string, problems: string[], salesforce_id: string | null = ID) => ({
  rule: "E8",
  salesforce_id,
  id: null,
  reason: reason("override.invalid", { where, problems }),
});

describe("a valid overrides file", () => {
  test("E8: has defaults where nothing is said", () => {
    expect(parseOverrides(VALID, "overrides.yml")).toEqual({
      overrides: [
        {
          salesforce_id: ID,
          reason: "renewal signed, invoice pending",
          instance: "global",
          subscriptions: new Map([
            ["sub_dotcom_ultimate", true],
            ["sub_edu", false],
          ]),
          expiration_date: null,
          ends_on: null,
          where: "overrides.yml:1",
        },
      ],
      notes: [],
    });
  });

  test("E8, G5: days need no quotes, ids may have 15 characters, and instances are named", () => {
    const entry = `# one\n\n- salesforce_id: ${ID.slice(0, 15)}\n  reason: x\n  instance: us-government\n  expiration_date: 2026-12-31\n  ends_on: 2027-01-31\n`;
    expect(parseOverrides(entry, "o.yml").overrides).toEqual([
      {
        salesforce_id: ID,
        reason: "x",
        instance: "us-government",
        subscriptions: new Map(),
        expiration_date: "2026-12-31",
        ends_on: "2027-01-31",
        where: "o.yml:3",
      },
    ]);
  });

  test("E8: an empty list is no overrides, on purpose", () => {
    expect(parseOverrides("[]\n", "overrides.yml")).toEqual({ overrides: [], notes: [] });
  });
});

describe("a file that stops the stage", () => {
  test.each([
    [
      "empty",
      "",
      "overrides.yml: is empty; write [] if there are no overrides, or overrides: none in zdsync.config.yml",
    ],
    [
      "only comments",
      "# x\n",
      "overrides.yml: is empty; write [] if there are no overrides, or overrides: none in zdsync.config.yml",
    ],
    ["no list", "a: 1\n", "overrides.yml:1: the file must be a list of overrides"],
    ["an error page", "<html>x</html>\n", "overrides.yml:1: the file must be a list of overrides"],
    [
      "no YAML",
      "- a: [\n",
      "overrides.yml:2: the indentation does not match the lines around it, or a bracket before this is not closed",
    ],
    [
      "a key twice",
      `${VALID}  reason: y\n`,
      'overrides.yml:4: the key "reason" is duplicated, first on line 2; keep one',
    ],
  ])("E8: %s", (_name, content, message) => {
    expect(refusal(content)).toBe(message);
  });
});

describe("an invalid entry is reported by line, and the others apply", () => {
  test("E8: every mistake of the entry is named", () => {
    const content = `- salesforce_id: ${ID}
  reasn: Secret
  instance: us_government
  subscriptions: { sub_edu: yes }
  expiration_date: 2026-02-30
${VALID}`;
    const parsed = parseOverrides(content, "overrides.yml");
    expect(parsed.overrides.map((one) => one.where)).toEqual(["overrides.yml:6"]);
    expect(parsed.notes.map(({ note }) => note)).toEqual([
      invalid("overrides.yml:1", [
        "reason is missing (line 1)",
        'instance must be one of global, us-government, not "us_government"; did you mean "us-government"? (line 3)',
        "subscriptions.sub_edu must be true or false, without quotes (line 4)",
        "expiration_date must be an existing date, as YYYY-MM-DD (line 5)",
        'reasn is not a known key; did you mean "reason"? (line 2)',
      ]),
    ]);
    expect(JSON.stringify(parsed.notes)).not.toContain("Secret");
  });

  test.each([
    [
      "an id that YAML reads as a number",
      "- salesforce_id: 001400000012345\n  reason: x\n  expiration_date: 2026-12-31\n",
      "salesforce_id must be quoted: YAML reads this Salesforce id as a number (line 1)",
    ],
    [
      "no Salesforce id",
      "- salesforce_id: Acme\n  reason: x\n  expiration_date: 2026-12-31\n",
      "salesforce_id must be a Salesforce id with 15 or 18 characters (line 1)",
    ],
    ["no id at all", "- reason: x\n  expiration_date: 2026-12-31\n", "salesforce_id is missing (line 1)"],
    ["no mapping", "- Acme\n", "the override must be a mapping of keys and values (line 1)"],
    ["nothing", "-\n", "the override must be a mapping of keys and values (line 1)"],
  ])("E8: %s", (_name, content, what) => {
    expect(notes(content)).toEqual([invalid("overrides.yml:1", [what], null)]);
  });

  test.each([
    [
      "nothing to set",
      `- salesforce_id: ${ID}\n  reason: x\n`,
      "the override sets nothing: it has neither subscriptions nor expiration_date (line 1)",
    ],
    [
      "an empty reason",
      `- salesforce_id: ${ID}\n  reason: ''\n  expiration_date: 2026-12-31\n`,
      "reason must not be empty (line 2)",
    ],
    [
      "a day that does not exist",
      `${VALID}  ends_on: 2026-13-01\n`,
      "ends_on must be an existing date, as YYYY-MM-DD (line 4)",
    ],
    [
      "subscriptions as a list",
      `- salesforce_id: ${ID}\n  reason: x\n  subscriptions: [sub_edu]\n`,
      "subscriptions must be a mapping of keys and values (line 3)",
    ],
  ])("E8: %s", (_name, content, what) => {
    expect(notes(content)).toEqual([invalid("overrides.yml:1", [what])]);
  });

  test("E8: the line is that of the entry", () => {
    expect(notes(`${VALID}- Acme\n`)).toEqual([
      invalid("overrides.yml:4", ["the override must be a mapping of keys and values (line 4)"], null),
    ]);
  });
});

describe("B5: what is one instance's in a file of both", () => {
  const OTHER = "0014M00001abcdEQAQ";
  const entry = (id: string, instance: string, why: string) =>
    `- salesforce_id: ${id}\n  reason: ${why}\n${instance}  expiration_date: 2026-12-31\n`;
  const file = [
    "# Acme and Initech are special\n",
    entry(ID, "", "of global"),
    entry(OTHER, "  instance: us-government\n", "of us-government"),
    entry(OTHER, "  instance: usgov\n", "of whom"),
    "- [Acme]\n- Initech\n",
  ].join("");
  const part = (instance: "global" | "us-government") => overridesOfInstance(file, "overrides.yml", instance);

  test("has nothing of the other one, no comment, and no reason of an entry whose instance nobody knows", () => {
    const [global, usGovernment] = [part("global"), part("us-government")];
    expect(global).toContain("of global");
    expect(usGovernment).toContain("of us-government");
    expect(global).not.toContain("of us-government");
    expect(usGovernment).not.toContain("of global");
    for (const text of [global, usGovernment]) expect(text).not.toMatch(/of whom|Acme|Initech/);
  });

  test("is read as it is in the file of both, on the same lines", () => {
    const whole = parseOverrides(file, "overrides.yml");
    for (const instance of ["global", "us-government"] as const) {
      const own = parseOverrides(part(instance), "overrides.yml");
      expect(own.overrides).toEqual(whole.overrides.filter((one) => one.instance === instance));
      expect(own.notes.map(({ note }) => "where" in note.reason.params && note.reason.params.where)).toEqual(
        whole.notes
          .filter(({ instances }) => instances.includes(instance))
          .map(({ note }) => "where" in note.reason.params && note.reason.params.where),
      );
    }
    const joined = parseOverrides(joinOverrides([part("global"), part("us-government")]), "overrides.yml");
    expect(joined.overrides).toEqual(whole.overrides);
    expect(joined.notes).toHaveLength(whole.notes.length);
  });

  test("is [] where there is none, and keeps all of several entries on one line", () => {
    expect(overridesOfInstance("[]\n", "overrides.yml", "global")).toBe("[]\n");
    expect(overridesOfInstance(entry(ID, "", "x"), "overrides.yml", "us-government")).toBe("[]\n");
    expect(joinOverrides(["[]\n", "[]\n"])).toBe("[]\n");
    const [one, other] = [ID, OTHER].map((id) => `{ salesforce_id: ${id}, reason: x, expiration_date: 2026-12-31 }`);
    const text = overridesOfInstance(`[${one}, ${other}]\n`, "overrides.yml", "global");
    expect(parseOverrides(text, "overrides.yml").overrides.map(({ salesforce_id }) => salesforce_id)).toEqual([
      ID,
      OTHER,
    ]);
  });
});
