import { dirname, resolve } from "node:path";
import { type Config, DEFAULT_CONFIG } from "../../domain/config.ts";
import { type Reason, reason } from "../../domain/reason.ts";
import type { Problem } from "../../errors.ts";

/** Default path of the config, unless `ZDSYNC_CONFIG` names another file. */
export const CONFIG_FILE = "zdsync.config.yml";

/**
 * What people should know of the config that was read, before anything is done by it. `readConfig` answers `DEFAULT_CONFIG` itself only where
 * there is no file; an empty file asks for the defaults, and nothing is said of it.
 */
export function configWarnings(config: Config): Reason[] {
  return config === DEFAULT_CONFIG ? [reason("config.missing", { file: resolve(CONFIG_FILE) })] : [];
}

/**
 * What is wrong where something would write and there is no config: a cron line in the wrong folder must not mark protected customers
 * with the defaults. An empty file is a decision, none is not.
 */
export function missingConfig(): Problem {
  const path = resolve(CONFIG_FILE);
  return {
    where: CONFIG_FILE,
    what: `is not in ${dirname(path)}, and ZDSYNC_CONFIG names no other file. Without it, no organizations or users are protected and no host is checked, so nothing is written. Start in the folder that contains it, or set ZDSYNC_CONFIG to its path; an empty file accepts the defaults`,
  };
}
