import { describe, expect, test } from "bun:test";
import { toId18 } from "../domain/salesforce-id.ts";
import type { EvidenceArtifact } from "./evidence-records.ts";
import { RecordLines } from "./record-lines.ts";
import type { ScannedFiles } from "./records-about.ts";
import { accountKeyOf, linesOfMany, type RecordSubjects } from "./records-of-many.ts";

const idOf = (n: number) => toId18(`0014M00000abc${String(n).padStart(2, "0")}`) ?? "";
const account = (n: number, name: string) => JSON.stringify({ salesforce_id: idOf(n), name });
const organization = (n: number, name: string, rest: Record<string, unknown> = {}) =>
  JSON.stringify({ id: n, name, external_id: null, organization_fields: {}, ...rest });

/** Files whose blocks have so many lines each. */
function files(lines: Partial<Record<EvidenceArtifact, string[]>>, perBlock: number): ScannedFiles {
  const textOf = (all: string[]) => `[\n${all.join(",\n")}\n]\n`;
  return {
    open: async (name) => new RecordLines(name, Buffer.from(textOf(lines[name] ?? []))),
    blocks: async (name) => {
      const all = lines[name];
      return all ? blocksOf(textOf(all), perBlock) : null;
    },
  };
}

async function* blocksOf(text: string, perBlock: number): AsyncGenerator<Buffer> {
  const lines = text.split(/(?<=\n)/);
  for (let from = 0; from < lines.length; from += perBlock)
    yield Buffer.from(lines.slice(from, from + perBlock).join(""));
}

const NOBODY: RecordSubjects = {
  accounts: new Set(),
  organizations: new Set(),
  contested: new Set(),
  users: new Set(),
  addresses: new Set(),
};

async function picked(of: ScannedFiles, subjects: Partial<RecordSubjects>): Promise<Record<string, string[]>> {
  const found: Record<string, string[]> = {};
  for await (const { name, lines } of linesOfMany(of, { ...NOBODY, ...subjects })) found[name] = lines;
  return found;
}

for (const perBlock of [1, 2, 100])
  describe(`lines of many accounts, ${perBlock} to a block`, () => {
    const accounts = [account(1, "Łódź GmbH"), account(2, "Zwei"), account(3, "Drei")];
    const organizations = [
      organization(7, "zwei "),
      organization(8, "Acht", { external_id: idOf(1).toLowerCase() }),
      organization(9, "Neun", { organization_fields: { salesforce_id: idOf(3).slice(0, 15) } }),
      organization(77, "ŁÓDŹ gmbh"),
    ];
    const all = files(
      {
        "salesforce_accounts.json": accounts,
        "zendesk_global.json": organizations,
        "usgov_users.json": [
          JSON.stringify({ id: 5, organization_id: 7 }),
          JSON.stringify({ id: 7, organization_id: 70 }),
        ],
      },
      perBlock,
    );

    test("are those of their accounts, however organizations spell them, and of no file that is missing", async () => {
      const found = await picked(all, { accounts: new Set([1, 3].map((n) => accountKeyOf(idOf(n)))) });
      expect(found).toEqual({
        "salesforce_accounts.json": [accounts[0], accounts[2]] as string[],
        "zendesk_global.json": [organizations[1], organizations[2]] as string[],
        "usgov_users.json": [],
      });
    });

    test("are those of organizations by their whole id, the first line of a block included, and of who is in them", async () => {
      const found = await picked(all, { organizations: new Set([7]) });
      expect(found["zendesk_global.json"]).toEqual([organizations[0] as string]);
      expect(found["usgov_users.json"]).toHaveLength(2);
    });

    test("are those with a contested name, in any case", async () => {
      const one = new Set([accountKeyOf(idOf(1))]);
      const found = await picked(all, { accounts: one, contested: one });
      expect(found["zendesk_global.json"]).toEqual([organizations[1], organizations[3]] as string[]);
    });

    test("are those with a contested name wherever it stands, and however long it is", async () => {
      const name = `Ł${"ó".repeat(500)}\\" GmbH`;
      const late = JSON.stringify({ id: 6, external_id: "x".repeat(600), name });
      const named = [organization(5, name), late, organization(4, name.slice(0, 300))];
      const some = files({ "salesforce_accounts.json": [account(1, name)], "zendesk_global.json": named }, perBlock);
      const one = new Set([accountKeyOf(idOf(1))]);
      const found = await picked(some, { accounts: one, contested: one });
      expect(found["zendesk_global.json"]).toEqual(named.slice(0, 2));
    });
  });
