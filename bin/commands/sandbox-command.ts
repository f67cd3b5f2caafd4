import { tmpdir } from "node:os";
import { join } from "node:path";
import * as v from "valibot";
import { mkdir, mkdtemp } from "../../lib/edges/files.ts";
import { EXIT } from "../../lib/errors.ts";
import { today } from "../../lib/pipeline/inputs.ts";
import { parseInputs } from "../../lib/pipeline/parse-inputs.ts";
import { nextSignal } from "../../lib/pipeline/signals.ts";
import { writeWholeFile } from "../../lib/storage/files/write-whole-file.ts";
import type { Sandbox } from "../../sandbox/types.ts";
import type { LoadedCommand } from "../commands.ts";
import { startSandbox } from "../start-sandbox.ts";

const wholeNumber = (most: number) =>
  v.pipe(
    v.string(),
    v.regex(/^\d{1,6}$/, `a whole number up to ${most.toLocaleString("en-US")}`),
    v.transform(Number),
    v.maxValue(most, `a whole number up to ${most.toLocaleString("en-US")}`),
  );

/** Inputs that determine the sandbox's data; shared with `demo`. */
export const WORLD_INPUTS = {
  accounts: v.optional(
    v.pipe(wholeNumber(100_000), v.minValue(1, "at least 1"), v.description("Salesforce accounts, 1 to 100,000")),
    "2000",
  ),
  seed: v.optional(v.pipe(wholeNumber(999_999), v.description("The same seed creates the same data")), "1"),
  "time-factor": v.optional(
    v.pipe(
      wholeNumber(1_000),
      v.minValue(1, "at least 1"),
      v.description("How many times faster than real time jobs and rate-limit windows run"),
    ),
    "60",
  ),
  today,
} as const;

/** First port the sandbox listens on; shared with `demo --bot`. */
export const port = v.optional(
  v.pipe(wholeNumber(65_000), v.description("First of five ports; 0: any free ports")),
  "4010",
);

const inputs = v.object({ ...WORLD_INPUTS, port });

export const sandbox: LoadedCommand = {
  inputs,
  examples: ["zdsync sandbox", "zdsync sandbox --accounts 20000 --time-factor 1"],
  async run({ given, json, shell }) {
    const {
      accounts,
      seed,
      "time-factor": timeFactor,
      port: first,
      today: day,
    } = parseInputs(inputs, given, shell.env);
    const running = await startSandbox(
      { accounts, seed, timeFactor, port: first, ...(day ? { today: day } : {}) },
      { samples: true },
    );
    const env = await environmentOf(running, await mkdtemp(join(tmpdir(), "zdsync-sandbox-")));
    shell.output.err(describeSandbox(running));
    shell.output.err("Copy these lines into another shell. Ctrl-C stops the sandbox and discards its data.\n");
    if (json) shell.output.out(JSON.stringify(env));
    // Not through the redacting output: these are the sandbox's own, invented credentials, and people need them.
    else
      process.stdout.write(
        `${Object.entries(env)
          .map(([name, value]) => `export ${name}='${value}'`)
          .join("\n")}\n`,
      );
    await nextSignal();
    await running.stop();
    return EXIT.done;
  },
};

/** The environment that makes zdsync use a sandbox; its configuration file goes into the folder. */
export async function environmentOf(running: Sandbox, folder: string): Promise<Record<string, string>> {
  await mkdir(folder, { recursive: true });
  const config = join(folder, "zdsync.config.yml");
  await writeWholeFile(config, running.world.config);
  return { ...running.env, ZDSYNC_CONFIG: config };
}

/** One line on what the sandbox is, its compressed time included. */
export function describeSandbox({ world, timeFactor }: Sandbox): string {
  const count = world.salesforce.Account.length.toLocaleString("en-US");
  const oddities = world.oddities.length > 0 ? `, ${world.oddities.length} oddities among them` : "";
  return `Sandbox: ${count} Salesforce accounts${oddities}; two Zendesk instances. Its clock runs ${timeFactor} times as fast as real time.`;
}
