import { expect, test } from "bun:test";
import type { Reason } from "../../lib/domain/reason.ts";
import { EXIT } from "../../lib/errors.ts";
import { wayPastLimits } from "../../lib/reasons/reason-text.ts";
import { RUN_TIMEOUT, startWorld, withLimits } from "./world.ts";

const NONE = { percent: 0, max: 0 };
const STRICT = withLimits({
  creates: 1,
  marks: NONE,
  updates: { percent: 0 },
  downgrades: NONE,
  minimum_existing: 1,
  usgov_user: { marks: NONE },
});

test(
  "A10: everything that can be judged is judged, and the way out is complete",
  async () => {
    await using world = await startWorld({ config: STRICT });
    const { exit, summary } = await world.run();
    expect(exit).toBe(EXIT.refused);
    expect(world.sandbox.writes()).toEqual([]);
    const comparisons = new Set(summary.refusals?.map(({ params }) => params.comparison));
    expect([...comparisons].sort()).toEqual(["global", "partner", "usgov", "usgov_user"]);
    const way = wayPastLimits((summary.refusals ?? []) as unknown as Reason[]) ?? "";
    const allow = [...way.matchAll(/--allow (\w+=\d+)/g)].map(([, one]) => one);
    expect(new Set(allow.map((one) => one?.split("=")[0])).size).toBe(allow.length);
    expect((await world.run({ allow: allow.join(" ") })).exit).toBe(EXIT.done);
  },
  RUN_TIMEOUT,
);

test("A10: a comparison that cannot be made hides no refusal of another", async () => {
  await using world = await startWorld({ config: STRICT });
  world.sandbox.addFault({ service: "zendesk-us-government", path: "/users", kind: "500", times: 10_000 });
  const { exit, summary } = await world.run({ instance: "us-government" });
  expect(exit).toBe(EXIT.failed);
  expect(summary.refusals?.map(({ params }) => params.comparison)).toContain("usgov");
  expect(summary.errors).toMatchObject([{ code: "remote.failed" }]);
  expect(world.sandbox.writes()).toEqual([]);
});
