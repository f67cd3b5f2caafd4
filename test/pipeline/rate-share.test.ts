import { expect, setDefaultTimeout, test } from "bun:test";
import { loadStage, STAGES, type StageName } from "../../bin/stages.ts";
import { describeInputs } from "../../lib/pipeline/parse-inputs.ts";
import type { RemoteTiming } from "../../lib/pipeline/remotes.ts";
import type { InstanceName, LoggedRequest } from "../../sandbox/types.ts";
import { smallWorld } from "../safety/small-world.ts";
import { RUN_TIMEOUT, startWorld, type TestWorld } from "./world.ts";

setDefaultTimeout(RUN_TIMEOUT);

const MINUTE = 60_000;
/** So small that each command wants more than its share of it. */
const REQUESTS_PER_MINUTE = 40;
/** What others take of each minute that a command begins in: enough to be seen (lib/remotes/http/rate-window.ts). */
const OTHERS = 12;

/** The sandbox's clock and zdsync's: it moves where zdsync waits, and nowhere else. */
const clock = { now: Math.ceil(Date.now() / MINUTE) * MINUTE };
const timing: RemoteTiming = {
  now: () => clock.now,
  async sleep(milliseconds) {
    const until = clock.now + milliseconds;
    // What is under way arrives in the minute it was sent in.
    await Bun.sleep(5);
    clock.now = Math.max(clock.now, until);
  },
  timeoutMs: 30_000,
};

/** The requests of the command that is counted, by the minute of the clock they came in. */
let counted: { minute: number; service: LoggedRequest["service"] }[] = [];

async function startedWorld(): Promise<TestWorld> {
  const behaviour = { requestsPerMinute: REQUESTS_PER_MINUTE };
  return startWorld({
    world: smallWorld(30),
    timing,
    timeFactor: 1,
    now: () => new Date(clock.now),
    zendesk: { global: behaviour, "us-government": behaviour },
    onRequest: ({ service, path }, phase) => {
      // Tokens are none of the account's quota.
      if (phase === "before" && path.startsWith("/api/v2/") && !path.includes("/oauth/"))
        counted.push({ minute: Math.floor(clock.now / MINUTE), service });
      return undefined;
    },
  });
}

/** What a command sends to an instance in the minute it begins in, which others use, too, and in all. */
async function requestsOf(world: TestWorld, instance: InstanceName, command: () => Promise<unknown>) {
  // Far from whatever an earlier command saw.
  clock.now = (Math.floor(clock.now / MINUTE) + 5) * MINUTE;
  for (let one = 0; one < OTHERS; one++) await fetch(`${world.sandbox.urls[instance]}/api/v2/users/me.json`);
  counted = [];
  await command();
  const own = counted.filter(({ service }) => service === `zendesk-${instance}`);
  const minute = own[0]?.minute;
  return { first: own.filter((one) => one.minute === minute).length, all: own.length };
}

test("--rate-share is an input of the stages that talk to Zendesk, and of no other", async () => {
  for (const name of Object.keys(STAGES) as StageName[]) {
    const stage = await loadStage(name);
    const talks = (stage.needs({ instance: "global" } as never).zendesk ?? []).length > 0;
    expect([name, describeInputs(stage.inputs).some((input) => input.name === "rate-share")]).toEqual([name, talks]);
  }
});

test("while others use the account, at most that share of a minute's requests is sent, whatever the command", async () => {
  await using world = await startedWorld();
  const share = { "rate-share": "0.1" };
  const seen: Record<string, { first: number; all: number }> = {};
  const count = async (name: string, instance: InstanceName, command: () => Promise<unknown>) => {
    seen[name] = await requestsOf(world, instance, command);
  };
  const global = { instance: "global" } as const;
  const usgov = { instance: "us-government" } as const;
  await count("preview", "global", () => world.preview({ ...global, ...share }));
  await count("by default", "global", () => world.preview(global));
  await world.stage("gather-accounts");
  await world.stage("process");
  await count("gather-orgs", "global", () => world.stage("gather-orgs", { ...global, ...share }));
  await world.stage("gather-orgs", usgov);
  for (const instance of [global, usgov]) await world.stage("compare", instance);
  await count("sync", "global", () => world.stage("sync", { ...global, ...share }));
  await world.stage("sync", usgov);
  await count("partner-sync", "global", () => world.stage("partner-sync", share));
  await count("user-sync", "us-government", () => world.stage("user-sync", share));
  await count("undo", "global", () => world.undo("global_results.json", share));
  world.env.ZDSYNC_RATE_SHARE = "0.25";
  await count("run, by its variable", "global", () => world.run(global));

  // Each wanted more, so that it is the share that held it; by default half would be ours, which is more than a preview asks for.
  const { "by default": byDefault, ...held } = seen;
  for (const [name, { first, all }] of Object.entries(held)) expect([name, all > first]).toEqual([name, true]);
  const first = (part: number) => Math.floor(REQUESTS_PER_MINUTE * part);
  const shares = Object.keys(held).map(
    (name) => [name, name === "run, by its variable" ? first(0.25) : first(0.1)] as const,
  );
  // All of it, or one less: two that ask at once may leave one to the next minute.
  const firsts = shares.map(([name, share]) => [name, share, held[name]?.first ?? 0] as const);
  expect(firsts.filter(([, share, sent]) => sent > share || sent < share - 1)).toEqual([]);
  expect(shares.map(([name]) => name).sort()).toEqual(
    ["preview", "gather-orgs", "sync", "partner-sync", "user-sync", "undo", "run, by its variable"].sort(),
  );
  expect(byDefault?.first).toBe(byDefault?.all ?? 0);
  expect(byDefault?.all).toBeGreaterThan(first(0.1));
});
