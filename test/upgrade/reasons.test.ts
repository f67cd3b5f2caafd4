import { describe, expect, test } from "bun:test";
import { join } from "node:path";
import { openDatabase } from "../../bot/database.ts";
import { OrganizationStates } from "../../bot/organizations/organization-states.ts";
import { unknownChargesIn } from "../../lib/domain/process-notes.ts";
import { reason } from "../../lib/domain/reason.ts";
import { reasonText } from "../../lib/reasons/reason-text.ts";
import { ArtifactStore } from "../../lib/storage/artifacts/store.ts";
import { readRunRecordFile } from "../../lib/storage/runs/read-run-records.ts";
import { userUndoRows } from "../../lib/undo/user-undo-rows.ts";

/* Written by the version before reasons had codes (4d37f09), in a demo: the sentences are all there is. */
const FOLDER = join(import.meta.dir, "version-before");
const store = new ArtifactStore(FOLDER);

describe("files of the version before reasons had codes", () => {
  test("an undo knows which users the run made, and which were there before", async () => {
    const { records } = await store.readRecords("global_results.json");
    const contacts = records.filter(({ effect, outcome }) => effect === "contact" && outcome === "applied");
    const users = contacts.flatMap(({ id, after }) => (id === null ? [] : [{ id, after }]));
    const { rows, left } = userUndoRows(contacts, {
      users: new Map(
        users.map(({ id, after }) => [
          id,
          {
            id,
            name: "Somebody",
            email: String(after.email),
            role: "end-user",
            suspended: false,
            organization_id: Number(after.organization_id),
            marked: false,
          },
        ]),
      ),
      memberships: new Map(),
      protectedAddresses: { domains: new Set(), addresses: new Set() },
      canBeMarked: true,
    });
    expect(rows.map(({ effect }) => effect)).toEqual(["mark"]);
    expect(left.map(({ reason: why }) => why)).toEqual([reason("undo.user_was_there")]);
  });

  test("unknown charges are known from the notes", async () => {
    const { records } = await store.readRecords("process_notes.json");
    expect(unknownChargesIn(records).map(({ charge_name }) => charge_name)).toEqual([
      "GitLab Moonbase - 1 Year",
      "SaaS - Ultimate Plus - 1 Year",
      "saas - premium - 1 year",
    ]);
  });

  test("every other sentence is shown as it is, and kept with it when it is written again", async () => {
    for (const name of ["global_notes.json", "usgov_user_notes.json", "process_notes.json"] as const) {
      const { records, bytes } = await store.readRecords(name);
      const texts = (JSON.parse(bytes.toString()) as { reason: string }[]).map((note) => note.reason);
      records.forEach((note, index) => {
        if (note.reason.code !== "charge.unknown") expect(reasonText(note.reason)).toContain(texts[index] ?? "?");
      });
    }
  });

  test("the record of a run: its outcome, its conflicts", async () => {
    const record = await readRunRecordFile(join(FOLDER, "run.json"));
    expect(record).toMatchObject({ exit: 0, failures: [] });
    expect(record?.comparisons.map(({ refused }) => refused)).toEqual([[], [], [], []]);
    expect(record?.conflicts.length).toBeGreaterThan(3);
    for (const { reason: why } of record?.conflicts ?? []) expect(why.code).toBe("legacy.text");
  });

  test("what the bot knew of retries: the addresses with the sentences", () => {
    const database = openDatabase(":memory:");
    const states = new OrganizationStates(database);
    const addresses = JSON.stringify([{ email: "sue@example.com", reason: "user 7 is suspended" }]);
    database.run("insert into organization_states values ('1.2', 7, 'still nobody', 'U0ANN', 0, 0, ?)", [addresses]);
    expect(states.ofMessage("1.2").get(7)).toMatchObject({
      is: "still nobody",
      addresses: [{ email: "sue@example.com", failed: false, reason: { params: { text: "user 7 is suspended" } } }],
    });
  });
});
