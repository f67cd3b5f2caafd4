import { describe, expect, test } from "bun:test";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ExplainedSubject } from "../../lib/explain/explain-subjects.ts";
import { account } from "../../test/support/domain/process-examples.ts";
import { RunnerError } from "../runs/runner.ts";
import { accountNames, explainInThread } from "./explain-thread.ts";
import { createExplanations } from "./explanations.ts";

const HOSTS = { salesforce: null, global: null, "us-government": null };
const answers = (count: number): ExplainedSubject[] =>
  Array.from({ length: count }, () => ({ is: "none", nearest: [] }));

test("whoever asks during a reading is served by the next one: a hundred questions, two readings, never two at once", async () => {
  const readings: number[] = [];
  let going = 0;
  const explained = createExplanations(async (_, asked) => {
    expect(++going).toBe(1);
    readings.push(asked.length);
    await Promise.resolve();
    going--;
    return answers(asked.length);
  });
  await Promise.all(Array.from({ length: 100 }, (_, index) => explained("data", `name ${index}`)));
  expect(readings).toEqual([1, 99]);
});

test("questions about different folders are not mixed up; one that fails fails alone", async () => {
  const explained = createExplanations(async (directory, asked) => {
    if (directory === "broken") throw new Error("disk on fire");
    return answers(asked.length);
  });
  const ended = await Promise.allSettled([explained("a", "x"), explained("broken", "x"), explained("a", "y")]);
  expect(ended.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
  expect(await explained("a", "z")).toMatchObject({ is: "none" });
});

test("a folder that holds no run, or one of a version that kept no rules, is said so in words", async () => {
  await using folder = await folderWith("[]");
  const asking = explainInThread(folder.directory, ["Example"], { hosts: HOSTS, usGovernment: "names" });
  expect(await asking.catch((error: unknown) => error)).toBeInstanceOf(RunnerError);
});

describe("names of accounts, in a thread of its own", () => {
  const [ONE, TWO] = ["0014M00001kAbCdQAK", "0014M00001kAbCeQAK"];
  const accounts = [account({ salesforce_id: ONE, name: "Example One" }), account({ salesforce_id: TWO, name: "Two" })];

  test("those asked for; unknown ones are left out", async () => {
    await using folder = await folderWith(JSON.stringify(accounts));
    const names = await accountNames(folder, [TWO, TWO, "0014M00001kZzZzQAK"], "names");
    expect(names).toEqual(new Map([[TWO, "Two"]]));
  });

  test("B5: ids_only: those that global's own files name, and no others; without such files nobody", async () => {
    await using folder = await folderWith(JSON.stringify(accounts));
    expect(await accountNames(folder, [ONE, TWO], "ids_only")).toEqual(new Map());
    const organization = { id: 4711, name: "Example", external_id: TWO, created_at: "", updated_at: "" };
    const file = join(folder.directory, "zendesk_global.json");
    await writeFile(file, JSON.stringify([{ ...organization, organization_fields: {} }]));
    expect(await accountNames(folder, [ONE, TWO], "ids_only")).toEqual(new Map([[TWO, "Two"]]));
  });

  test("no file, a damaged one, nothing asked for: no names, and nothing is thrown", async () => {
    await using damaged = await folderWith("[{");
    expect(await accountNames(damaged, [ONE], "names")).toEqual(new Map());
    expect(await accountNames({ directory: join(damaged.directory, "nowhere") }, [ONE], "names")).toEqual(new Map());
    expect(await accountNames(damaged, [], "names")).toEqual(new Map());
  });
});

async function folderWith(text: string) {
  const directory = await mkdtemp(join(tmpdir(), "zdsync-names-"));
  await writeFile(join(directory, "salesforce_accounts.json"), text);
  return { directory, [Symbol.asyncDispose]: () => rm(directory, { recursive: true }) };
}
