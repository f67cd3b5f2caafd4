import { describe, expect, test } from "bun:test";
import * as v from "valibot";
import { ConfigurationError, type Problem } from "../errors.ts";
import { COMMON_INPUTS, dryRun, instance, today, WRITING_INPUTS } from "./inputs.ts";
import { describeInputs, inputProblems, parseInputs } from "./parse-inputs.ts";

const inputs = v.object({ ...COMMON_INPUTS, instance, ...WRITING_INPUTS });
const MINIMUM = { instance: "global" };

function parse(given: Record<string, string>, env: Record<string, string> = {}) {
  return parseInputs(inputs, { ...MINIMUM, ...given }, env);
}

function problems(given: Record<string, string | undefined>, env: Record<string, string> = {}): readonly Problem[] {
  try {
    parseInputs(inputs, given, env);
  } catch (error) {
    if (error instanceof ConfigurationError) return error.problems;
    throw error;
  }
  return [];
}

test("without flags, the defaults", () => {
  expect(parse({})).toEqual({
    "data-dir": "data",
    today: "",
    "run-id": "",
    instance: "global",
    "dry-run": false,
    allow: {},
    "at-most": null,
    expect: [],
    "max-age": null,
    deadline: null,
    "rate-share": null,
  });
});

describe("flags win over the environment, which wins over the default", () => {
  const env = {
    ZDSYNC_DATA_DIR: "from-env",
    ZDSYNC_TODAY: "2026-01-01",
    ZDSYNC_RUN_ID: "run-env",
    ZDSYNC_RATE_SHARE: "0.2",
  };

  test("environment", () => {
    expect(parse({}, env)).toMatchObject({
      "data-dir": "from-env",
      today: "2026-01-01",
      "run-id": "run-env",
      "rate-share": 0.2,
    });
  });

  test("flags", () => {
    const flags = { "data-dir": "d", today: "2026-02-02", "run-id": "r", "rate-share": "0.3" };
    expect(parse(flags, env)).toMatchObject({ ...flags, "rate-share": 0.3 });
  });

  test("an empty variable counts as not set", () => {
    expect(parse({}, { ZDSYNC_DATA_DIR: "" })["data-dir"]).toBe("data");
  });

  test("no other input can be set by the environment", () => {
    expect(parse({}, { ZDSYNC_ALLOW: "marks=1", ZDSYNC_DRY_RUN: "true" })).toMatchObject({
      allow: {},
      "dry-run": false,
    });
  });
});

describe("values", () => {
  test.each([
    ["90s", 90_000],
    ["45m", 2_700_000],
    ["2h", 7_200_000],
    ["0s", 0],
    ["", null],
  ])("a duration %p is %p milliseconds", (text, ms) => {
    expect(parse({ deadline: text, "max-age": text })).toMatchObject({ deadline: ms, "max-age": ms });
  });

  test.each(["5", "m", "1d", "-1m", "1.5h", "1 h", "45M", "100000s"])("%p is no duration", (text) => {
    expect(problems({ ...MINIMUM, deadline: text })).toEqual([
      { where: "--deadline", what: "expected a duration such as 90s, 45m or 2h" },
    ]);
  });

  test.each(["0.1", "0.10", "0.5", "0.75", "0.9", "0.95"])("--rate-share %p is a share", (text) => {
    expect(parse({ "rate-share": text })["rate-share"]).toBe(Number(text));
  });

  test.each([
    "0",
    "0.0",
    "0.09",
    "0.96",
    "0.99",
    "1",
    "1.0",
    ".5",
    "0,5",
    "50%",
    "0.123",
    "-0.5",
    "0.5 ",
    "half",
    "1e-1",
  ])("--rate-share %p is none: 0.1 to 0.95", (text) => {
    expect(problems({ ...MINIMUM, "rate-share": text })).toEqual([
      { where: "--rate-share", what: "expected a share from 0.1 to 0.95, such as 0.5" },
    ]);
  });

  test("S2: several effects, separated by spaces or commas", () => {
    expect(parse({ allow: "marks=120 creates=0,marked_total=7" }).allow).toEqual({
      marks: 120,
      creates: 0,
      marked_total: 7,
    });
  });

  test.each(["marks", "marks=", "marks=all", "marks=-1", "mark=1", "marks=12345678", "__proto__=1"])(
    "S2: --allow %p is refused: an allowance is a known effect and a number",
    (text) => {
      expect(problems({ ...MINIMUM, allow: text })).toEqual([
        { where: "--allow", what: expect.stringContaining("EFFECT=N") },
      ]);
    },
  );

  test("S3: --expect takes digests only", () => {
    const digest = "0123456789abcdef".repeat(4);
    expect(parse({ expect: `${digest} ${digest}` }).expect).toEqual([digest, digest]);
    for (const text of [digest.slice(1), digest.toUpperCase(), `${digest}0`, "anything"])
      expect(problems({ ...MINIMUM, expect: text })).toHaveLength(1);
  });

  test.each(["2026-02-30", "2026-2-3", "today", "2026-11-23T00:00:00Z"])("G3: --today %p is no day", (text) => {
    expect(problems({ ...MINIMUM, today: text })).toEqual([
      { where: "--today", what: "expected a day written YYYY-MM-DD" },
    ]);
  });

  test.each(["../other", "..", ".hidden", "a/b", "a b", "-x", "x".repeat(65), "ä", "a\n"])(
    "--run-id %p names no folder of the history",
    (text) => {
      expect(problems({ ...MINIMUM, "run-id": text })).toHaveLength(1);
    },
  );

  test.each(["pipeline-4711.2_b", "x".repeat(64)])("--run-id %p does", (text) => {
    expect(parse({ "run-id": text })["run-id"]).toBe(text);
  });
});

describe("problems", () => {
  test("all at once, each named by its flag or by the variable that gave it", () => {
    const wrong = { "dry-run": "yes", "max-age": "5", "run-id": "a b" };
    expect(problems(wrong, { ZDSYNC_TODAY: "tomorrow" })).toEqual([
      { where: "ZDSYNC_TODAY", what: "expected a day written YYYY-MM-DD" },
      { where: "--run-id", what: expect.stringContaining("up to 64 letters") },
      { where: "--instance", what: "missing; expected one of global, us-government" },
      { where: "--dry-run", what: "expected one of true, false" },
      { where: "--max-age", what: "expected a duration such as 90s, 45m or 2h" },
    ]);
  });

  test("two wrong members of a list are told once", () => {
    expect(problems({ ...MINIMUM, allow: "a=b c=d" })).toHaveLength(1);
    expect(problems({ ...MINIMUM, "at-most": "marks=3 global=1" })).toEqual([
      { where: "--at-most", what: expect.stringContaining("global.creates=3") },
    ]);
  });
});

test("describeInputs: what flags, action.yml and documentation are made from", () => {
  const described = Object.fromEntries(describeInputs(inputs).map((one) => [one.name, one]));
  expect(Object.keys(described)).toEqual(Object.keys(inputs.entries));
  expect(described.instance).toEqual({
    name: "instance",
    description: "Zendesk instance: global or us-government",
    required: true,
    options: ["global", "us-government"],
    flag: false,
    repeatable: false,
  });
  expect(described["dry-run"]).toMatchObject({ required: false, flag: true, repeatable: false, default: "false" });
  expect(described["data-dir"]).toMatchObject({ required: false, flag: false, default: "data" });
  expect(described.allow).toMatchObject({ repeatable: true, flag: false });
  expect(described.expect).toMatchObject({ repeatable: true });
  for (const one of Object.values(described)) expect(one.description).not.toBe("");
});

describe("INPUT_ variables, which jobs in CI set (S9)", () => {
  const schema = v.object({ today, "dry-run": dryRun });

  test("win over the other variables, and flags over them; blanks around are no part of a value", () => {
    const env = { INPUT_TODAY: " 2026-11-23\n", ZDSYNC_TODAY: "2026-01-01", INPUT_DRY_RUN: " true" };
    expect(parseInputs(schema, {}, env)).toEqual({ today: "2026-11-23", "dry-run": true });
    expect(parseInputs(schema, { today: "2026-02-02" }, env).today).toBe("2026-02-02");
  });

  test("an empty one counts as not set", () => {
    expect(parseInputs(schema, {}, { INPUT_TODAY: " ", ZDSYNC_TODAY: "2026-01-01" })).toEqual({
      today: "2026-01-01",
      "dry-run": false,
    });
  });

  test("a wrong one is named", () => {
    expect(inputProblems(schema, {}, { INPUT_TODAY: "tomorrow" }).map(({ where }) => where)).toEqual(["INPUT_TODAY"]);
  });
});
