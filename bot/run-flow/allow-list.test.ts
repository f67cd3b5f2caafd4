import { expect, test } from "bun:test";
import type { SlackAccess } from "../../lib/domain/config.ts";
import type { UserGroups } from "../../lib/remotes/slack/user-groups.ts";
import { played } from "../../test/support/bot/colleagues.ts";
import { ANN, FlowWorld } from "../../test/support/bot/flow-world.ts";
import { createAccess } from "../access/access.ts";
import { createConversation } from "../commands/create-conversation.ts";
import { ACTION } from "../ports.ts";

const SOMEBODY: SlackAccess = { team: ANN.team, channels: [ANN.channel], users: ["U0BOB"], user_groups: [] };

/** A click on an offer of Ann's, in a bot with this access. */
async function clicked(world: FlowWorld, token: string, slack: SlackAccess, members: string[] = []) {
  const userGroups: UserGroups = { members: async () => ({ is: "read", users: new Set(members) }) };
  const conversation = createConversation({
    runs: world.another(),
    contactActions: { async retry() {}, async handled() {} },
    explainer: { async explain() {}, async whole() {} },
    runner: world.runner,
    access: createAccess(slack, userGroups),
    audit: { record: (entry) => void world.audited.push(entry), latest: () => [] },
    clock: world.time.clock,
    warn: (message) => void world.warnings.push(message),
    starterOf: () => null,
  });
  return played(conversation.button({ by: ANN, action: ACTION.confirmRun, value: token, message: null }));
}

const GROUP: SlackAccess = { ...SOMEBODY, users: [], user_groups: ["S0OPS"] };
test.each([
  ["the list", SOMEBODY, [], { ...SOMEBODY, users: ["U0BOB", ANN.user] }, []],
  ["a user group", GROUP, [], GROUP, [ANN.user]],
] as const)(
  "taken off %s between offer and confirm: nothing is started; put back, the same offer is as good as before",
  async (_, without, others, withAnn, members) => {
    const world = new FlowWorld();
    const token = await world.offered();
    expect((await clicked(world, token, without, [...others])).all).toContain("You are not allowed to do this");
    expect(world.runner.starts.filter(({ dryRun }) => !dryRun)).toEqual([]);
    expect(world.results.at(-1)).toStartWith("U0ANN confirm a run → refused: not on the list");
    expect((await clicked(world, token, { ...withAnn }, [...members])).all).toContain("Started: ");
    expect(world.runner.starts.filter(({ dryRun }) => !dryRun)).toHaveLength(1);
  },
);
