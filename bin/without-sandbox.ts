import { ConfigurationError } from "../lib/errors.ts";
import type { CommandDescription } from "./commands.ts";
import type { SANDBOX_COMMANDS as All } from "./sandbox-commands.ts";

export const FIRST_TIME = "";

/** In place of `sandbox-commands.ts` in the bundle for the image that runs against customers: it carries no sandbox. */
export const SANDBOX_COMMANDS: typeof All = { demo: elsewhere("demo"), sandbox: elsewhere("sandbox") };

function elsewhere(command: string): CommandDescription {
  return {
    summary: "needs the sandbox, which is in the image for trying only",
    load: async () => {
      throw new ConfigurationError([
        {
          where: `zdsync ${command}`,
          what: `needs the sandbox, which this program does not carry. Use the image zdsync/trying of this version, or, in a clone of zdsync, \`bun run setup && bun bin/zdsync.ts ${command}\``,
        },
      ]);
    },
  };
}
