import { dirname, join } from "node:path";
import { Glob } from "bun";
import { KilledError } from "./life.ts";

const ROOT = join(import.meta.dir, "../../..");
/** What is loaded when it is needed, and what is so behind it. */
const LOADED_LATER = /\bimport\(\s*"([^"]+)"\s*\)/g;

let loaded: Promise<void> | undefined;

/**
 * Loads every module that the program would only load when it needs it. Once in a process. From then on nobody minds that something
 * which a killed run did not wait for failed because of that.
 */
export function preload(): Promise<void> {
  if (!loaded)
    process.on("unhandledRejection", (error) => {
      if (!(error instanceof KilledError)) throw error;
    });
  loaded ??= loadAll();
  return loaded;
}

async function loadAll(): Promise<void> {
  for (const file of new Glob("{actions,bin,bot,lib}/**/*.ts").scanSync(ROOT)) {
    if (/\.test\.ts$|\/testing\//.test(file)) continue;
    const text = await Bun.file(join(ROOT, file)).text();
    for (const [, name = ""] of text.matchAll(LOADED_LATER))
      await import(name.startsWith(".") ? join(ROOT, dirname(file), name) : Bun.resolveSync(name, ROOT));
  }
}
