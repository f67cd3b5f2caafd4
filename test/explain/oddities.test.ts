import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { explainCommand } from "../../bin/commands/explain-command.ts";
import { buildWorld } from "../../sandbox/seed/build-world.ts";
import type { Oddity } from "../../sandbox/types.ts";
import { RUN_TIMEOUT, startWorld, type TestWorld, TODAY } from "../pipeline/world.ts";
import { causeOf } from "./oddity-causes.ts";

setDefaultTimeout(RUN_TIMEOUT);

/* Of every oddity of the sandbox's world, `explain` names the cause in its first three lines. */

const ODDITIES = buildWorld({ accounts: 150, seed: 1, today: TODAY }).oddities;

let world: TestWorld;
beforeAll(async () => {
  world = await startWorld({ accounts: 150 });
  expect((await world.run()).exit).toBe(0);
});
afterAll(() => world[Symbol.asyncDispose]());

/** Who is asked for: people by address, unless two accounts want them; all others by account, else by name. */
function askedOf({ name, salesforce_id, expect: expected }: Oddity): string {
  const email = expected.users?.[0]?.email;
  if (/^(?:U|Y|E14)/.test(name) && email !== undefined && !name.includes("wanted by two")) return email;
  return salesforce_id ?? expected.global?.name ?? "";
}

async function answerTo(what: string): Promise<string> {
  let printed = "";
  const output = {
    out: (text: string) => {
      printed += text;
    },
    err: () => {},
    live: false as const,
  };
  const shell = { env: {}, output, clock: () => new Date() };
  await explainCommand({ given: { what, "data-dir": world.dataDir }, json: true, shell });
  const told = JSON.parse(printed);
  const lines = told.document?.answer ?? [{ spans: [{ text: told.message }] }];
  expect(lines.length).toBeLessThanOrEqual(3);
  return lines.map(({ spans }: { spans: { text: string }[] }) => spans.map(({ text }) => text).join("")).join("\n");
}

describe("explain names the cause in its first three lines", () => {
  for (const oddity of ODDITIES) {
    test(oddity.name, async () => {
      expect(await answerTo(askedOf(oddity))).toMatch(causeOf(oddity));
    });
  }
});
