import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdir, mkdtemp, readdir, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { RecordedOutput } from "../../test/support/stage/recorded-output.ts";
import { ConfigurationError, type Problem, RefusedError } from "../errors.ts";
import { mintRunId, openSession, type SessionOptions } from "./session.ts";

let folder: string;
let output: RecordedOutput;
const PLANS =
  "subscriptions:\n  sub_dotcom_premium: { level: premium, charges: [A] }\nus_government: { without_exception: [], with_exception: [] }\n";

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "zdsync-session-"));
  output = new RecordedOutput();
  await Bun.write(join(folder, "plans.yml"), PLANS);
  await Bun.write(join(folder, "overrides.yml"), "[]\n");
  await Bun.write(join(folder, "config.yml"), "history_days: 7\n");
});
afterEach(() => rm(folder, { recursive: true }));

const NOW = new Date("2026-11-23T23:59:59Z");

function environment(): Record<string, string> {
  return {
    SALESFORCE_LOGIN_URL: "https://example.my.salesforce.com",
    SALESFORCE_CLIENT_ID: "id",
    SALESFORCE_CLIENT_SECRET: "salesforce-secret",
    ZENDESK_GLOBAL_URL: "https://example.zendesk.com",
    ZENDESK_GLOBAL_CLIENT_ID: "id",
    ZENDESK_GLOBAL_CLIENT_SECRET: "global-secret",
    ZENDESK_USGOV_URL: "https://example-gov.zendesk.com",
    ZENDESK_USGOV_CLIENT_ID: "id",
    ZENDESK_USGOV_CLIENT_SECRET: "usgov-secret",
    OVERRIDES_FILE: join(folder, "overrides.yml"),
    PLANS_FILE: join(folder, "plans.yml"),
    ZDSYNC_CONFIG: join(folder, "config.yml"),
  };
}

function options(parts: Partial<SessionOptions> = {}): SessionOptions {
  return {
    command: "run",
    dataDir: join(folder, "data"),
    runId: "",
    today: "",
    needs: { salesforce: true, zendesk: ["global", "us-government"], overrides: true, plans: true, slack: true },
    dryRun: false,
    writes: true,
    deadlineMs: null,
    rateShare: null,
    env: environment(),
    output,
    clock: () => NOW,
    ...parts,
  };
}

async function problems(parts: Partial<SessionOptions>): Promise<readonly Problem[]> {
  try {
    await (await openSession(options(parts))).close();
    return [];
  } catch (error) {
    if (error instanceof ConfigurationError) return error.problems;
    throw error;
  }
}

test("the first line names every host that is worked on", async () => {
  const session = await openSession(options({ runId: "run-1" }));
  const hosts =
    "Salesforce example.my.salesforce.com · Zendesk global example.zendesk.com · Zendesk us-government example-gov.zendesk.com";
  expect(session.hosts).toBe(hosts);
  expect(output.said).toEqual([`zdsync run run-1 · ${hosts}`]);
  expect(session.context.salesforceHost).toBe("example.my.salesforce.com");
  expect(session.context.config.history_days).toBe(7);
  await session.close();
});

test("S9: only what a stage needs is asked of the environment", async () => {
  const { ZDSYNC_CONFIG } = environment();
  const session = await openSession(options({ needs: {}, env: { ZDSYNC_CONFIG } }));
  expect(session.hosts).toBe("No remotes: artifacts only");
  expect(session.context.salesforceHost).toBeNull();
  await session.close();
  const { SALESFORCE_LOGIN_URL: _, ...withoutSalesforce } = environment();
  expect(await problems({ needs: { zendesk: ["global"] }, env: withoutSalesforce })).toEqual([]);
});

describe("today and run id", () => {
  test("G3: today is the UTC day of the clock, and nobody is warned", async () => {
    const session = await openSession(options());
    expect(session.context.today).toBe("2026-11-23");
    expect(output.said.join("\n")).not.toContain("warning");
    await session.close();
  });

  test("G3: --today replaces it, with a warning", async () => {
    const session = await openSession(options({ today: "2026-01-31" }));
    expect(session.context.today).toBe("2026-01-31");
    expect(output.said.slice(1)).toEqual([expect.stringMatching(/^warning: today is set to 2026-01-31/)]);
    await session.close();
  });

  test("a run id is minted, or the given one is kept", async () => {
    const minted = await openSession(options());
    expect(minted.context.runId).toMatch(/^20261123T235959Z-[0-9a-f]{6}$/);
    expect(minted.context.runIsGiven).toBeFalse();
    await minted.close();
    const given = await openSession(options({ runId: "pipeline-1" }));
    expect(given.context).toMatchObject({ runId: "pipeline-1", runIsGiven: true });
    await given.close();
  });

  test("minted run ids differ within a second and sort by time", () => {
    const ids = new Set(Array.from({ length: 50 }, () => mintRunId(NOW)));
    expect(ids.size).toBeGreaterThan(45);
    expect(mintRunId(NOW) < mintRunId(new Date("2026-11-24T00:00:00Z"))).toBeTrue();
  });
});

describe("settings that are wrong", () => {
  test("config, remotes and files: every problem at once, nothing touched", async () => {
    await Bun.write(join(folder, "config.yml"), "historydays: 7\nhosts: { global: other.zendesk.com }\n");
    const { ZENDESK_USGOV_CLIENT_SECRET: _, ...env } = environment();
    const found = await problems({
      env: {
        ...env,
        PLANS_FILE: join(folder, "no-plans.yml"),
        OVERRIDES_FILE: join(folder, "no.yml"),
        SLACK_CHANNEL: "x",
      },
    });
    const where = found.map((problem) => problem.where);
    expect(where[0]).toContain("config.yml");
    expect(where.slice(1)).toEqual([
      "ZENDESK_USGOV_CLIENT_SECRET",
      "SLACK_BOT_TOKEN",
      "SLACK_CHANNEL",
      "PLANS_FILE",
      "OVERRIDES_FILE",
    ]);
    expect(await readdir(folder)).not.toContain("data");
  });

  test("S10: another host than the config expects", async () => {
    await Bun.write(join(folder, "config.yml"), "hosts: { global: other.zendesk.com }\n");
    expect(await problems({})).toEqual([
      { where: "ZENDESK_GLOBAL_URL", what: expect.stringContaining("points at example.zendesk.com, but the config") },
    ]);
  });

  test("S10: both instances on one host", async () => {
    const env = { ...environment(), ZENDESK_USGOV_URL: "https://EXAMPLE.zendesk.com/" };
    expect(await problems({ env })).toEqual([
      { where: "ZENDESK_USGOV_URL", what: expect.stringContaining("is the same host as ZENDESK_GLOBAL_URL") },
    ]);
  });

  test("A7: a folder or a dangling link where a file of people is expected is no missing file: no defaults without a word", async () => {
    await mkdir(join(folder, "folder.yml"));
    await symlink(join(folder, "nowhere"), join(folder, "link.yml"));
    const env = {
      ...environment(),
      ZDSYNC_CONFIG: join(folder, "folder.yml"),
      PLANS_FILE: join(folder, "folder.yml"),
      OVERRIDES_FILE: join(folder, "link.yml"),
    };
    const found = await problems({ env });
    expect(found.map(({ where }) => where)).toEqual(["ZDSYNC_CONFIG", "PLANS_FILE", "OVERRIDES_FILE"]);
    expect(found[0]?.what).toContain("is a folder, not a file");
    expect(found[1]?.what).toContain("is a folder, not a file");
    expect(found[2]?.what).toContain("is a link to something that is not a file");
  });

  test("A7: nor where the config's default name is a folder", async () => {
    const before = process.cwd();
    const { ZDSYNC_CONFIG: _, ...env } = environment();
    await mkdir(join(folder, "zdsync.config.yml"));
    process.chdir(folder);
    try {
      expect((await problems({ env })).map(({ where }) => where)).toEqual(["config"]);
    } finally {
      process.chdir(before);
    }
  });

  test("a config file that was named and does not exist", async () => {
    const env = { ...environment(), ZDSYNC_CONFIG: join(folder, "nowhere.yml") };
    expect(await problems({ env })).toEqual([
      { where: "ZDSYNC_CONFIG", what: `${join(folder, "nowhere.yml")} does not exist` },
    ]);
  });
});

test("S11: a second session in the same data directory is refused until the first is closed", async () => {
  const first = await openSession(options());
  await expect(openSession(options())).rejects.toBeInstanceOf(RefusedError);
  await first.close();
  await (await openSession(options())).close();
  expect(await readdir(join(folder, "data"))).toEqual([]);
});
