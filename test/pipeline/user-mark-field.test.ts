import { expect, setDefaultTimeout, test } from "bun:test";
import { EXIT } from "../../lib/errors.ts";
import { smallWorld } from "../safety/small-world.ts";
import { QUICK, RUN_TIMEOUT, startWorld } from "./world.ts";

setDefaultTimeout(RUN_TIMEOUT);

/* C1: where something else deletes users by a field of its own, users are marked in that one. */

const NOT_IN_SFDC = (text: string) => `${text}\nuser_mark_field: not_in_sfdc\n`;

type User = { id: number; user_fields: Record<string, unknown> };

test("C1: user_mark_field is the field that is read, written, left when it is set already, and undone", async () => {
  const seed = smallWorld();
  // Marked in that field although a contact: to be unmarked. A mark in the other field means nothing here.
  const [back] = seed.zendesk["us-government"].users.filter(
    ({ user_fields }) => user_fields.mark_for_deletion === true,
  );
  if (back) back.user_fields = { mark_for_deletion: true, not_in_sfdc: true };
  await using world = await startWorld({ timing: QUICK, world: seed, config: NOT_IN_SFDC });
  const users = () =>
    new Map(
      (world.sandbox.zendesk("us-government").users as unknown as User[]).map((one) => [one.id, one.user_fields]),
    );
  const before = users();
  expect((await world.run({ instance: "us-government" })).exit).toBe(EXIT.done);
  const marks = await world.artifact<{ id: number }>("usgov_user_not_in_sync.json");
  expect(marks.length).toBeGreaterThan(0);
  for (const { id } of marks) expect(users().get(id)).toEqual({ ...before.get(id), not_in_sfdc: true });
  expect(users().get(Number(back?.id))).toEqual({ mark_for_deletion: true, not_in_sfdc: false });
  const sent = JSON.stringify(world.sandbox.writes().filter(({ path }) => path.includes("/users/")));
  expect(sent).toContain("not_in_sfdc");
  expect(sent).not.toContain("mark_for_deletion");
  // The next run has nothing to do: what was written is what is read.
  const again = await world.run({ instance: "us-government", "dry-run": "true" });
  expect(
    again.summary.reports.find(({ comparison }) => comparison?.name === "usgov_user")?.comparison?.planned,
  ).toMatchObject({ updates: 0, marks: 0 });
  expect((await world.undo("usgov_user_results.json")).exit).toBe(EXIT.done);
  for (const { id } of marks) expect(users().get(id)?.not_in_sfdc).toBe(false);
  expect(users().get(Number(back?.id))).toEqual({ mark_for_deletion: true, not_in_sfdc: true });
});
