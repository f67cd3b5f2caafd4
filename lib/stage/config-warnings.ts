import { resolve } from "node:path";
import { type Config, DEFAULT_CONFIG } from "../domain/config.ts";
import { type Reason, reason } from "../domain/reason.ts";

/** Where the config is looked for unless `ZDSYNC_CONFIG` names another file. */
export const CONFIG_FILE = "zdsync.config.yml";

/**
 * What people should know of the config that was read, before anything is done by it. `readConfig` answers `DEFAULT_CONFIG` itself only where
 * there is no file; an empty file asks for the defaults, and nothing is said of it.
 */
export function configWarnings(config: Config): Reason[] {
  return config === DEFAULT_CONFIG ? [reason("config.missing", { file: resolve(CONFIG_FILE) })] : [];
}
