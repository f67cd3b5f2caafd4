/** Says where work is done, when Bun is started elsewhere. */
export const WORKING_DIRECTORY = "ZDSYNC_WORKING_DIRECTORY";

/**
 * Goes to where work is done, and takes the variable that says so out of the environment. Whoever starts zdsync starts Bun where no file
 * of a project speaks to it (`bunfig.toml`, `.env`, `tsconfig.json`): scripts/zdsync.sh, and the bot for its runs.
 */
export function enterWorkingDirectory(env: Record<string, string | undefined>): void {
  const folder = env[WORKING_DIRECTORY];
  delete env[WORKING_DIRECTORY];
  if (folder) process.chdir(folder);
}
