import { lstat, readFile, stat } from "../../edges/files.ts";
import { ConfigurationError } from "../../errors.ts";

/**
 * The text of a file that people edit (configuration, plans, overrides); null where nothing is there. What is there and is no file is
 * not taken for nothing: the defaults would then be used without a word, and protect nobody. Throws `ConfigurationError` for it, under
 * the name of the setting.
 */
export async function readEditedFile(path: string, setting: string): Promise<string | null> {
  const text = await textIfFile(path);
  if (text !== null) return text;
  const found = await lstat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT" || error.code === "ENOTDIR") return null;
    throw error;
  });
  if (found === null) return null;
  const what = found.isDirectory()
    ? `${path} is a folder, not a file. A container creates such a folder when it mounts a file that does not exist: put the file there`
    : found.isSymbolicLink()
      ? `${path} is a link to something that is not a file or does not exist. Correct the link`
      : `${path} is not a regular file. Use a regular file`;
  throw new ConfigurationError([{ where: setting, what }]);
}

/** The text of a file or pipe, without the mark that some editors put before UTF-8; null where there is neither. */
export async function textIfFile(path: string): Promise<string | null> {
  const found = await stat(path).catch(() => null);
  return found?.isFile() || found?.isFIFO() ? new TextDecoder().decode(await readFile(path)) : null;
}
