import { COMMANDS } from "../../../bin/commands.ts";
import { currentDate } from "../../../lib/edges/clock.ts";
import type { RunContext } from "../kernel/simulation.ts";

/** Where programs find their settings, on every computer of a story. */
export const CONFIG_FILE = "/srv/zdsync/zdsync.config.yml";
export const PLANS_FILE = "/srv/zdsync/plans.yml";

/** A command of the program, as the command line performs it once it has understood all words. */
export function zdsync(
  name: string,
  given: Readonly<Record<string, string>>,
  settings: Readonly<Record<string, string | undefined>>,
): (context: RunContext) => Promise<number> {
  return async ({ env, output }) => {
    const command = await COMMANDS[name]?.load();
    if (!command) throw new Error(`There is no command ${name}.`);
    const shell = {
      env: { ...env, ZDSYNC_CONFIG: CONFIG_FILE, PLANS_FILE, ...settings },
      output,
      clock: currentDate,
      json: true,
    };
    return command.run({ name, given: { ...given }, json: true, shell });
  };
}
