import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { RUN_TIMEOUT, startWorld, withLimits } from "../pipeline/world.ts";
import { accountOf, answerIn, explainIn, proofOf } from "./ask.ts";

setDefaultTimeout(RUN_TIMEOUT);

/* What a support engineer reads first: what Zendesk holds, the cause with its own remedy, what happened and what comes. */

const UNKNOWN_CHARGE = "E2 unknown charge name beside nothing else";
const BAD_ADVICE = /Run zdsync run|Nothing to do|apply it|--allow/;

describe("the cause's own remedy, whatever kept the run from writing", () => {
  test("after a preview: Zendesk still holds the level, and nobody is told to apply the loss", async () => {
    await using world = await startWorld({ accounts: 150 });
    expect((await world.preview()).exit).toBe(0);
    const [head, why, then] = await answerIn(world, accountOf(world, UNKNOWN_CHARGE));
    expect(head).toContain("global: ultimate, until");
    expect(why).toMatch(/unknown charge name.*Add the name to plans\.yml\.$/);
    expect(then).toMatch(/was a preview.*The next run will update organization \d+: support_level ultimate → expired/);
    const proof = proofOf(await explainIn(world, accountOf(world, UNKNOWN_CHARGE)));
    expect(`${head}${why}${then}${proof}`).not.toMatch(BAD_ADVICE);
  });

  test("after writes that failed: the remedy, and that the next run takes it away", async () => {
    await using world = await startWorld({ accounts: 150 });
    const rows = Array.from({ length: 100 }, (_, row) => row);
    world.sandbox.addFault({ kind: "failed-rows", path: "organizations/update_many", times: 50, rows });
    expect((await world.run()).exit).toBe(3);
    const [head, why, then] = await answerIn(world, accountOf(world, UNKNOWN_CHARGE));
    expect(head).toContain("global: ultimate, until");
    expect(why).toEndWith("Add the name to plans.yml.");
    expect(then).toMatch(/failed to update.*The next run will update.*ultimate → expired/);
    expect(`${why}${then}`).not.toMatch(BAD_ADVICE);
  });

  test("after a refusal: no --allow for what hurts the customer, and --history has the run that was refused", async () => {
    await using world = await startWorld({
      accounts: 150,
      config: withLimits({ downgrades: { percent: 0, max: 0 }, minimum_existing: 1 }),
    });
    expect((await world.run({ "run-id": "refused" })).exit).toBe(4);
    expect((await world.preview({ "run-id": "looked" })).exit).toBe(4);
    const id = accountOf(world, UNKNOWN_CHARGE);
    const [, why, then] = await answerIn(world, id);
    expect(why).toEndWith("Add the name to plans.yml.");
    expect(then).toMatch(/did not update organization.*limit 0.*Once a run is let through, it will update/);
    expect(`${why}${then}`).not.toMatch(BAD_ADVICE);
    const { told } = await explainIn(world, id, { history: "true" });
    expect(told.history).toMatchObject([
      { run_id: "looked", did: [{ effect: "update", outcome: "not written", reason: { code: "limit.exceeded" } }] },
      { run_id: "refused", did: [{ effect: "update", outcome: "not written", reason: { code: "limit.exceeded" } }] },
    ]);
  });
});

describe("later runs", () => {
  test("say what was lost and when, with its remedy; an organization that is marked carries its warning", async () => {
    await using world = await startWorld({ accounts: 150 });
    expect((await world.run({ "run-id": "first" })).exit).toBe(0);
    expect((await world.run({ "run-id": "second" })).exit).toBe(0);
    const lost = await answerIn(world, accountOf(world, UNKNOWN_CHARGE));
    expect(lost[1]).toEndWith("Add the name to plans.yml.");
    expect(lost[2]).toMatch(/^Since \d{4}-\d\d-\d\d \(run first\): support_level ultimate → expired/);
    expect(lost.join()).not.toContain("as it should be");
    const partner = await answerIn(world, accountOf(world, "C1 P3 customer that is a partner now"));
    expect(partner[1]).toMatch(/partner.*Type Partner, Partner Track Open.*correct these fields in Salesforce/);
    expect(partner[2]).toMatch(/^Since \S+ \(run first\): account_type customer → open_partner/);
    const gone = accountOf(world, "C4 account that is gone");
    for (const given of [{ run: "first" }, {}]) {
      const marked = await answerIn(world, gone, given);
      expect(marked[0]).toContain("(marked for deletion)");
      expect(marked[1]).toMatch(/Salesforce returned no such account.*Correct its Type or end dates/);
      expect(marked[2]).toMatch(/it may be deleted\. To keep it, clear its mark_for_deletion and set ignore_deletion/);
      expect(marked.join()).not.toContain("Nothing to do");
    }
    expect((await answerIn(world, gone))[2]).toMatch(/^Marked for deletion on \S+ \(run first\)/);
  });

  test("after an undo the first line has what Zendesk holds now, the second the undo", async () => {
    await using world = await startWorld({ accounts: 150 });
    for (const id of ["first", "second"]) expect((await world.run({ "run-id": id })).exit).toBe(0);
    expect((await world.undo("history/first/global_results.json", { "run-id": "back" })).exit).toBe(0);
    const [head, undo, why] = await answerIn(world, accountOf(world, UNKNOWN_CHARGE));
    expect(head).toContain("global: ultimate, until");
    expect(undo).toMatch(/^Since then undo back .*reverted.*The next run will update.*ultimate → expired/);
    expect(why).toEndWith("Add the name to plans.yml.");
  });
});

describe("the gates", () => {
  test("are true of the run that wrote, and claim nothing of flags that nobody gave", async () => {
    await using world = await startWorld({ accounts: 150 });
    expect((await world.run()).exit).toBe(0);
    const proof = proofOf(await explainIn(world, accountOf(world, UNKNOWN_CHARGE)));
    for (const statement of [
      "✓  there was something to do",
      "✓  the run was allowed to write",
      "✓  Zendesk accepted it",
    ])
      expect(proof).toContain(statement);
    expect(proof).not.toMatch(/--expect|--at-most|nothing to do|it is no partner/i);
    const partner = proofOf(await explainIn(world, accountOf(world, "C1 P3 customer that is a partner now")));
    expect(partner).not.toContain("not among the customers");
  });
});

describe("a protected organization that is marked", () => {
  test("is a finding with harm: take the mark back", async () => {
    await using world = await startWorld({ accounts: 150 });
    const id = accountOf(world, "C4 protected id");
    const found = world.sandbox.zendesk("global").organizations.find((one) => JSON.stringify(one).includes(id));
    world.sandbox.editOrganization("global", Number(found?.id), { organization_fields: { mark_for_deletion: true } });
    expect((await world.run()).exit).toBe(0);
    const answer = await answerIn(world, id);
    expect(answer[2]).toMatch(
      /marked for deletion, although protected_ids.*Clear its mark_for_deletion in Zendesk now/,
    );
    expect(answer.join()).not.toContain("Nothing to do");
    const notes = await world.artifact<{ code: string; id: number }>("global_notes.json");
    expect(notes.find((note) => note.id === Number(found?.id))).toMatchObject({ code: "mark.of_protected" });
  });
});

describe("who is found", () => {
  test("a user by id in Zendesk, as by address; live, whom the last run knows by address or a part of the name", async () => {
    await using world = await startWorld({ accounts: 150 });
    expect((await world.run()).exit).toBe(0);
    const marks = await world.artifact<{ id: number; email: string }>("usgov_user_not_in_sync.json");
    expect(marks.length).toBeGreaterThan(0);
    for (const { id, email } of marks) {
      const byId = await answerIn(world, String(id));
      expect(byId).toEqual(await answerIn(world, email));
      expect(byId.join()).toMatch(/is marked for deletion.*has this address.*Add the contact in Salesforce/);
    }
    const accounts = await world.artifact<{ salesforce_id: string; name: string; sold_tos: { email: string }[] }>(
      "global_accounts.json",
    );
    const one = accounts.find(({ sold_tos }) => sold_tos.length === 1);
    const email = one?.sold_tos[0]?.email ?? "";
    for (const what of [email, one?.name.slice(0, -2) ?? ""]) {
      const { exit, told } = await explainIn(world, what, { live: "true" });
      expect([exit, told.explanation?.subject.salesforce_id]).toEqual([0, one?.salesforce_id]);
    }
    const nobody = await explainIn(world, "zzzzzzzzzzzz", { live: "true" });
    expect(nobody.told.message).toMatch(/^Zendesk has no organization with that id or exact name/);
  });
});

describe("another day", () => {
  test("is told as that day, never as what this run did or the next one does", async () => {
    await using world = await startWorld({ accounts: 150 });
    expect((await world.preview()).exit).toBe(0);
    const id = accountOf(world, "E3 charge on the 15th");
    for (const when of ["2020-01-01", "2029-12-01"]) {
      const answer = await answerIn(world, id, { when });
      expect(answer[0]).toContain(`on ${when}: `);
      expect(answer.join("\n")).not.toMatch(/[Tt]he (?:next )?run |zdsync run|\d ends|seats go/);
    }
  });
});

test("an answer fits: three lines, nearly all of them in 160 columns", async () => {
  await using world = await startWorld({ accounts: 150 });
  expect((await world.run()).exit).toBe(0);
  const long: string[] = [];
  let lines = 0;
  for (const { salesforce_id: id } of world.sandbox.world.oddities) {
    const answer = id ? await answerIn(world, id) : [];
    expect(answer.length).toBeLessThanOrEqual(3);
    lines += answer.length;
    long.push(...answer.filter((line) => line.length > 160));
  }
  // Two instances at once, merges and moves take more; nothing else does.
  expect({ long, isFew: long.length < lines / 12 }).toMatchObject({ isFew: true });
  expect(long.filter((line) => line.length > 360)).toEqual([]);
});
