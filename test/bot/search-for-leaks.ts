import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { RunningSandbox } from "../../sandbox/start.ts";

/** S9: no secret in anything printed or written (SQLite's bytes included), no customer in what was printed. Throws where there is. */
export async function searchForLeaks(sandbox: RunningSandbox, folder: string, printed: string): Promise<void> {
  const files = await readdir(folder, { recursive: true, withFileTypes: true });
  const texts = await Promise.all(
    files.filter((file) => file.isFile()).map((file) => readFile(join(file.parentPath, file.name), "latin1")),
  );
  const secrets = sandbox.secrets.filter((secret) => [printed, ...texts].some((text) => text.includes(secret)));
  const customers = (["global", "us-government"] as const).flatMap((instance) => {
    const { organizations, users } = sandbox.zendesk(instance);
    return [...organizations.map(({ name }) => String(name)), ...users.map(({ email }) => String(email ?? ""))];
  });
  const named = customers.filter((text) => text.length > 8 && printed.includes(text));
  if (secrets.length + named.length > 0)
    throw new Error(
      `the bot gave away ${secrets.length} secrets (${secrets.map((one) => one.slice(0, 20)).join(", ")}), and printed ${named.length} customers: ${named.slice(0, 3).join(", ")}`,
    );
}
