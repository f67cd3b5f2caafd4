import { expect, setDefaultTimeout, test } from "bun:test";
import { EXIT } from "../../lib/errors.ts";
import type { World } from "../../sandbox/types.ts";
import { QUICK, RUN_TIMEOUT, startWorld } from "../pipeline/world.ts";
import { smallWorld } from "../safety/small-world.ts";

setDefaultTimeout(RUN_TIMEOUT);

/* What docs/rehearse.md promises, in the order in which it is done there. */

/** Sandboxes of Zendesk that were made anew. */
function emptyZendesk(): World {
  const world = smallWorld();
  const empty = { organizations: [], users: [] };
  return { ...world, zendesk: { global: empty, "us-government": empty } };
}

const LIMITS = "limits: { minimum_existing: 0, creates: 2 }\n";

test("C7: with the config of the rehearsal a first fill is refused, allowed by number, done as it was previewed, and then settled", async () => {
  await using world = await startWorld({
    timing: QUICK,
    world: emptyZendesk(),
    config: (text) => `${text.replace(/^limits:[^\n]*\n(?:[ -][^\n]*\n)*/m, "")}${LIMITS}`,
  });
  expect((await world.preview()).exit).toBe(EXIT.refused);
  const allow = "creates=100";
  const { exit, summary } = await world.preview({ allow });
  expect([exit, world.sandbox.writes()]).toEqual([EXIT.done, []]);
  const expected = summary.reports.flatMap(({ comparison }) => comparison?.digest ?? []).join(" ");
  expect((await world.run({ allow: "creates=1", expect: expected })).exit).toBe(EXIT.refused);
  expect(world.sandbox.writes()).toEqual([]);
  const { exit: filled, summary: run } = await world.run({ allow, expect: expected });
  expect(filled).toBe(EXIT.done);
  expect(world.sandbox.zendesk("global").organizations.length).toBeGreaterThan(5);

  // Once more: nothing to do. Everything ended, two changes where one was confirmed, data that is too old: refused.
  world.sandbox.clearRequests();
  expect((await world.run()).exit).toBe(EXIT.done);
  const written = () => world.sandbox.writes().filter(({ service }) => service !== "slack");
  expect(written()).toEqual([]);
  expect((await world.preview({ today: "2040-01-01" })).exit).toBe(EXIT.refused);
  for (const { Id } of world.sandbox.world.salesforce.Account.slice(0, 2))
    world.sandbox.editSalesforce("Account", String(Id), { Name: `Renamed Example ${Id}` });
  expect((await world.run({ "at-most": "global.updates=1" })).exit).toBe(EXIT.refused);
  expect(written()).toEqual([]);

  expect((await world.undo("", { results: "", run: run.run_id })).exit).toBe(EXIT.done);
});
