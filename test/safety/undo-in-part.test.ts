import { expect, setDefaultTimeout, test } from "bun:test";
import { EXIT } from "../../lib/errors.ts";
import { sameMeaning } from "../../sandbox/seed/meaning.ts";
import { QUICK, RUN_TIMEOUT, startWorld } from "../pipeline/world.ts";
import { smallWorld } from "./small-world.ts";

setDefaultTimeout(RUN_TIMEOUT);

type Wire = Record<string, unknown>;

interface Result {
  effect: string;
  id: number;
  outcome: string;
  code?: string;
  before: { organization_fields?: Wire };
}

test("S8: of organizations of which Zendesk kept only a part, that part is taken back, and created ones are marked", async () => {
  const OPTIONS = ["amer", "apj", "emea", "latam"];
  await using world = await startWorld({ timing: QUICK, world: smallWorld() });
  const { sandbox } = world;
  sandbox.behave("global", { removedOptions: OPTIONS, unknownDropdown: "dropped" });
  for (const { Id, Account_Demographics_Geo__c: region } of sandbox.world.salesforce.Account)
    sandbox.editSalesforce("Account", String(Id), { Account_Demographics_Geo__c: region === "AMER" ? "EMEA" : "AMER" });
  const organizations = () =>
    new Map(structuredClone(sandbox.zendesk("global").organizations).map((one) => [one.id, one]));
  const before = organizations();
  expect((await world.run()).exit).toBe(EXIT.someFailed);
  const inPart = (await world.artifact<Result>("global_results.json")).filter(
    ({ code }) => code === "organization.did_not_stick",
  );
  const updates = inPart.filter(({ effect }) => effect === "update");
  const creates = inPart.filter(({ effect }) => effect === "create");
  const written = updates.filter(({ before: old }) => Object.keys(old.organization_fields ?? {}).length > 1);
  expect([written.length > 0, creates.length > 0]).toEqual([true, true]);

  expect((await world.undo("global_results.json")).exit).toBe(EXIT.done);

  const after = organizations();
  const fields = (one: Wire | undefined) => (one?.organization_fields ?? {}) as Wire;
  const differing = updates.flatMap(({ id }) => {
    const [old, now] = [fields(before.get(id)), fields(after.get(id))];
    return Object.keys(now).filter((key) => !sameMeaning("global", key, now[key], old[key]));
  });
  expect(differing).toEqual([]);
  expect(creates.filter(({ id }) => fields(after.get(id)).mark_for_deletion !== true)).toEqual([]);
  const told = new Map((await world.artifact<Result>("global_undo_results.json")).map((one) => [one.id, one]));
  for (const { id } of [...written, ...creates]) expect(told.get(id)).toMatchObject({ id, outcome: "applied" });
  // Of the others Zendesk kept nothing: they are named.
  for (const { id } of updates.filter((one) => !written.includes(one)))
    expect(told.get(id)).toMatchObject({ id, outcome: "skipped", code: "organization.already_so" });
});
