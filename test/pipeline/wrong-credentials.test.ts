import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { doctor } from "../../bin/commands/doctor-command.ts";
import { startSandbox } from "../../bin/start-sandbox.ts";
import { EXIT } from "../../lib/errors.ts";
import type { Output } from "../../lib/report/terminal/output.ts";
import type { RunningSandbox } from "../../sandbox/start.ts";
import { RUN_TIMEOUT, startWorld, TODAY } from "./world.ts";

setDefaultTimeout(RUN_TIMEOUT);

/* A11: wrong credentials end with exit code 2, whatever remote refuses them. */

let sandbox: RunningSandbox;
beforeAll(async () => {
  sandbox = await startSandbox({ today: TODAY });
});
afterAll(() => sandbox.stop());

const WRONG: [remote: string, env: Record<string, string>][] = [
  ["Salesforce", { SALESFORCE_CLIENT_SECRET: "not-the-secret" }],
  ["Zendesk, OAuth", { ZENDESK_GLOBAL_CLIENT_SECRET: "not-the-secret" }],
  [
    "Zendesk, API token",
    { ZENDESK_GLOBAL_CLIENT_SECRET: "", ZENDESK_GLOBAL_EMAIL: "a@b.example", ZENDESK_GLOBAL_TOKEN: "not-the-token" },
  ],
  ["GitLab's overrides", { OVERRIDES_TOKEN: "not-the-token" }],
];

describe("wrong credentials have one exit code", () => {
  test.each(WRONG)("a run: %s", async (_, env) => {
    await using world = await startWorld({ env: (all) => ({ ...all, ...env }) });
    const { exit } = await world.run();
    expect(exit).toBe(EXIT.usage);
    expect(world.sandbox.writes().filter(({ service }) => service === "zendesk-global")).toEqual([]);
  });

  async function doctorExit(env: Record<string, string>): Promise<number> {
    const output: Output = { out: () => {}, err: () => {}, live: false };
    return doctor.run({
      name: "doctor",
      given: { "data-dir": "/tmp/zdsync-no-such-data", today: TODAY },
      json: true,
      shell: { env: { ...sandbox.env, ...env }, output, clock: () => new Date(`${TODAY}T12:00:00Z`) },
    });
  }

  test("doctor, with the right ones: 0", async () => {
    expect(await doctorExit({})).toBe(EXIT.done);
  });

  test.each<(typeof WRONG)[number]>([...WRONG, ["Slack", { SLACK_BOT_TOKEN: "xoxb-not-the-token" }]])(
    "doctor: %s",
    async (_, env) => {
      expect(await doctorExit(env)).toBe(EXIT.usage);
    },
  );
});
