import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { ArtifactError, ConfigurationError, EXIT, messageOf } from "../../lib/errors.ts";
import { soqlId, soqlText } from "../../lib/remotes/salesforce/soql-literal.ts";
import { parseConfig } from "../../lib/settings/files/config.ts";
import { parseOverrides } from "../../lib/settings/files/overrides.ts";
import { parsePlans } from "../../lib/settings/files/plans.ts";
import { parseRecords } from "../../lib/storage/artifacts/parse-artifact.ts";
import { markdownText } from "../../lib/text/markdown-text.ts";
import { mrkdwnText } from "../../lib/text/mrkdwn.ts";
import { RUN_TIMEOUT } from "../pipeline/world.ts";
import { startSearchedWorld } from "./searched-world.ts";

setDefaultTimeout(RUN_TIMEOUT);

const INJECTION = "0014M00001kAbCd' OR Name != '";
/** Escape sequences, a line that looks like another program's, marks that turn the direction of reading, a byte order mark. */
const HOSTILE_NAME =
  "Acme\u001b[2K\u001b]0;title\u0007\u202eGmbH\u2066\r\n::error::x\ufeff<!channel> [x](http://evil.example) `|`";
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
const ACTIVE = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/;

function refusalOf(read: () => unknown): unknown {
  try {
    read();
  } catch (error) {
    return error;
  }
  return new Error("nothing was refused");
}

describe("ids", () => {
  test.each([INJECTION, "0014M00001kAbCd\\'", "0014M00001kAbCd%27", "", "0014M00001kAbC\u0000", "../../0014M0000"])(
    "S9: %j never becomes part of a query",
    (id) => {
      expect(refusalOf(() => soqlId(id))).toBeInstanceOf(Error);
      expect(() => soqlId(id)).toThrow("not a Salesforce id");
    },
  );

  test("S9: a text as a literal ends where it ends", () => {
    for (const text of [INJECTION, "\\", "\\'", "'", '"', "a\nb", "\\\\'"])
      expect(soqlText(text)).toMatch(/^'(?:[^'\\\n\r\t]|\\['"\\nrt])*'$/);
  });

  test("S9: ids in Zendesk fields, config and overrides reach no query, URL or path; the run goes on without them", async () => {
    await using world = await startSearchedWorld();
    for (const instance of ["global", "us-government"] as const)
      for (const { id } of world.sandbox.zendesk(instance).organizations.slice(0, 2))
        world.sandbox.editOrganization(instance, Number(id), {
          external_id: `x${id}${INJECTION}`,
          organization_fields: { salesforce_id: INJECTION },
        });
    world.sandbox.setOverrides(
      `${world.sandbox.world.overrides}\n- salesforce_id: "${INJECTION}"\n  reason: r\n  expiration_date: 2027-01-01\n`,
    );
    expect(await world.run()).toBe(EXIT.done);
    const queries = world.sandbox.requests.filter(({ service }) => service === "salesforce").map(({ path }) => path);
    expect(queries.length).toBeGreaterThan(2);
    expect(queries.filter((path) => path.includes("OR Name"))).toEqual([]);
    const others = world.sandbox.requests.filter(({ service }) => service !== "salesforce").map(({ path }) => path);
    expect(others.filter((path) => path.includes("OR Name"))).toEqual([]);
    expect(world.printed()).not.toContain("OR Name");
    const config = join(world.folder, "zdsync.config.yml");
    await writeFile(config, `alliance_account_id: "${INJECTION}"\nprotected_ids: ["${INJECTION}"]\n`);
    world.sandbox.clearRequests();
    expect(await world.run()).toBe(EXIT.usage);
    expect(world.sandbox.requests).toEqual([]);
  });

  test("S9: run ids and folders from outside lead nowhere else", async () => {
    await using world = await startSearchedWorld();
    for (const id of ["../../x", "a/b", "..", "-rf", "a\u0000b", "x".repeat(65), "$(id)"])
      expect(await world.run({ "run-id": id })).toBe(EXIT.usage);
    expect(world.sandbox.requests).toEqual([]);
  });
});

describe("names", () => {
  test("are harmless in the report, in Slack and on a terminal; Zendesk gets them", async () => {
    await using world = await startSearchedWorld();
    for (const { Id } of world.sandbox.world.salesforce.Account)
      world.sandbox.editSalesforce("Account", String(Id), { Name: `${HOSTILE_NAME} ${String(Id)}` });
    expect(await world.preview()).toBe(EXIT.done);
    expect(await world.run()).toBe(EXIT.done);
    const report = (await world.files()).find(({ path }) => path === "report.md")?.text ?? "";
    const slack = world.sandbox.slackMessages();
    expect(report).toContain("Acme");
    expect(slack.length).toBeGreaterThan(1);
    for (const text of [report, world.printed(), ...textsIn(slack)]) expect(text).not.toMatch(ACTIVE);
    expect(Bun.markdown.html(report, { autolinks: true, tables: true })).not.toMatch(/<(?:a|img|script|!)/);
    expect(JSON.stringify(slack)).not.toContain("<!channel>");
    expect(world.printed()).not.toContain("::error::");
  });

  test("B6: a charge name begins no line of a log, and no command of a CI runner", async () => {
    await using world = await startSearchedWorld();
    const charge = "Zuora__SubscriptionProductCharge__c";
    for (const { Id } of world.sandbox.world.salesforce[charge])
      world.sandbox.editSalesforce(charge, String(Id), {
        Zuora__SubscriptionRatePlanChargeName__c: `${HOSTILE_NAME}\n::add-mask::a`,
      });
    expect(await world.preview()).toBe(EXIT.done);
    expect(world.printed()).toContain("unknown charge name");
    expect(
      world
        .printed()
        .split("\n")
        .filter((line) => /^\s*(?:::|##)/.test(line)),
    ).toEqual([]);
    expect(
      world
        .printed()
        .split("\n")
        .find((line) => line.includes("unknown charge name")),
    ).not.toMatch(ACTIVE);
  });

  test.each([
    "\u202e",
    "\u2066",
    "\u200b",
    "\u200e",
    "\u200f",
    "\u061c",
    "\ufeff",
    "\u001b[31m",
    "\u0085",
    "\u2028",
    "\r\n",
    "\u0000",
  ])("%j becomes a blank in report and Slack", (mark) => {
    expect(markdownText(`a${mark}b`).replaceAll("`", "")).toMatch(/^a [^\p{Cc}\p{Cf}]*b$/u);
    expect(mrkdwnText(`a${mark}b`, 50)).toMatch(/^a [^\p{Cc}\p{Cf}]*b$/u);
  });
});

/** Every text in data; JSON would spell control characters differently. */
function textsIn(data: unknown): string[] {
  if (typeof data === "string") return [data];
  return typeof data === "object" && data !== null ? Object.values(data).flatMap(textsIn) : [];
}

describe("artifacts", () => {
  const NAME = "global_results.json";
  const message = (text: string | Uint8Array) => {
    const error = refusalOf(() => parseRecords(NAME, typeof text === "string" ? Buffer.from(text) : text));
    expect(error).toBeInstanceOf(ArtifactError);
    return messageOf(error);
  };
  const result = (after: string) =>
    `[\n{"effect":"create","salesforce_id":null,"id":1,"outcome":"applied","reason":null,"before":{},"after":${after}}\n]`;

  test.each([
    ["lists", "[".repeat(10_000_000), 1],
    ["objects", '{"a":'.repeat(2_000_000), 1],
    ["a record's values, well-formed", result(`{"a":${"[".repeat(5_000_000)}${"]".repeat(5_000_000)}}`), 2],
  ])("10 MB of nesting in %s is refused with its line, unparsed", (_, text, line) => {
    expect(message(text)).toStartWith(`${NAME}:${line} is nested more than 64 levels deep`);
  });

  test("brackets in text are no nesting", () => {
    expect(parseRecords(NAME, Buffer.from(result(JSON.stringify({ name: `\\"${"[{".repeat(1000)}` }))))).toHaveLength(
      1,
    );
  });

  test("what is no UTF-8, no JSON or holds NUL bytes is refused with its line; a byte order mark is not", () => {
    const bytes = Buffer.from(result('{"name":"x"}'));
    bytes[bytes.indexOf('"x"') + 1] = 0xff;
    expect(message(bytes)).toContain("is not UTF-8 text: it was edited, at line 2");
    expect(message(result("{}").replace("null", "nul"))).toContain("not JSON: it was cut off or edited, at line 2");
    expect(message(`${result("{}")}\n\n]`)).toContain("at line 5");
    expect(message("[\n{},\n{},\n")).toContain("at line 4");
    expect(message("\u0000".repeat(100))).toContain("at line 1");
    expect(parseRecords(NAME, Buffer.from(`\ufeff${result("{}")}`))).toHaveLength(1);
  });

  test("prototype keys change nothing; numbers that cannot be written are refused", () => {
    parseRecords(NAME, Buffer.from(result('{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}')));
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
    expect(message(result("{}").replace('"id":1', '"id":1e999'))).toMatch(/record 1 .*field id: expected finite/);
    const field = `[{"salesforce_id":"","name":"","sold_tos":[],"organization_fields":{"aar":-1e999}}]`;
    expect(() => parseRecords("global_creates.json", Buffer.from(field))).toThrow(
      "record 1, field organization_fields.aar",
    );
    const organization = `[{"id":9007199254740993,"name":"x","external_id":null,"created_at":"","updated_at":"","organization_fields":{}}]`;
    expect(refusalOf(() => parseRecords("zendesk_global.json", Buffer.from(organization)))).toBeInstanceOf(
      ArtifactError,
    );
  });
});

const READERS = { "plans.yml": parsePlans, "overrides.yml": parseOverrides, "zdsync.config.yml": parseConfig };

describe.each(Object.entries(READERS))("%s", (name, parse) => {
  const told = (text: string) => {
    const error = refusalOf(() => parse(text, name));
    expect(error).toBeInstanceOf(ConfigurationError);
    return messageOf(error);
  };

  test.each([
    ["[", "[".repeat(6000)],
    ["{a: ", "{a: ".repeat(500_000)],
    ["- ", "- ".repeat(100_000)],
    ["? ", "? ".repeat(3000)],
    ["indentation", Array.from({ length: 1900 }, (_, depth) => `${" ".repeat(depth)}a:`).join("\n")],
  ])("thousands of levels of %s are refused before they are parsed", (_, text) => {
    expect(told(text)).toMatch(/^\S+\.yml:\d+: lists or mappings are nested too deeply$/);
  });

  test("alias bombs, prototype keys, NUL bytes, broken UTF-8 and 10 MB are refused", () => {
    const bomb = ["- &a0 [x, x]", ...Array.from({ length: 30 }, (_, at) => `- &a${at + 1} [*a${at}, *a${at}]`)];
    expect(told(bomb.join("\n"))).toContain("aliases");
    for (const key of ["__proto__", "constructor", "prototype"])
      expect(told(`${key}: { polluted: 1 }\n`)).toContain(`${name}:1: the key ${key} is not allowed`);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
    expect(told("a: \u0000\n")).toContain(`${name}:1: the invisible character U+0000`);
    expect(told(`a: 1\nb: ${new TextDecoder().decode(Buffer.from([0xff]))}\n`)).toContain(
      `${name}:2: the invisible character U+FFFD`,
    );
    expect(told("a: 1\n".repeat(2_000_000))).toBe(`${name}: is larger than 2 MB: is it the right file?`);
  });
});
