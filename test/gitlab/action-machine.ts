import { existsSync } from "node:fs";
import { cp } from "node:fs/promises";
import { join } from "node:path";
import { folderOfNpm, folderWithBun, MACHINE_PATH, ROOT } from "./programs.ts";

/** What installing needs of the machine: where packages come from, and a cache. */
const MACHINE = Object.fromEntries(
  Object.entries(process.env).flatMap(([name, value]) =>
    /^HOME$|proxy|^npm_config_(?:registry|cafile|cache)$|^NODE_EXTRA_CA_CERTS$|^SSL_CERT|^BUN_(?:INSTALL|CONFIG)/i.test(
      name,
    ) && value
      ? [[name, value]]
      : [],
  ),
);

/** A PATH with npm and no Bun. */
export const PATH_WITHOUT_BUN = `${folderOfNpm()}:${MACHINE_PATH}`;

/** The environment of a runner that has Bun, which is put below `folder`. */
export async function machineEnvironment(folder: string): Promise<Record<string, string>> {
  const bin = join(folder, "bin");
  if (!existsSync(bin)) await folderWithBun(bin);
  return { ...MACHINE, PATH: `${bin}:${PATH_WITHOUT_BUN}` };
}

/** The repository as a runner clones it, below `folder`: no node_modules, nothing that was made. @returns where it is */
export async function copyOfRepository(folder: string): Promise<string> {
  const repository = join(folder, "repository");
  const made = /\/(?:node_modules|\.git|data|dist|reports|\.gitlab-ci-local|\.stryker-tmp)$/;
  await cp(ROOT, repository, { recursive: true, filter: (source) => !made.test(source) });
  return repository;
}
