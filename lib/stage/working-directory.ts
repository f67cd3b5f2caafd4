/** Where work is done, when Bun was started elsewhere. */
export const WORKING_DIRECTORY = "ZDSYNC_WORKING_DIRECTORY";

/**
 * Goes to where work is done. Whoever starts zdsync starts Bun where no file of a project speaks to it (`bunfig.toml`, `.env`,
 * `tsconfig.json`): scripts/zdsync.sh, and the bot for its runs.
 */
export function enterWorkingDirectory(): void {
  const folder = process.env[WORKING_DIRECTORY];
  delete process.env[WORKING_DIRECTORY];
  if (folder) process.chdir(folder);
}
