import { dirname, join } from "node:path";
import { Glob } from "bun";

const ROOT = join(import.meta.dir, "../../..");
/** What is loaded when it is needed, and what is so behind it. */
const LOADED_LATER = /\bimport\(\s*"([^"]+)"\s*\)/g;

let loaded: Promise<void> | undefined;

/** Loads every module that the program would only load when it needs it. Once in a process. */
export function preload(): Promise<void> {
  loaded ??= loadAll();
  return loaded;
}

async function loadAll(): Promise<void> {
  for (const file of new Glob("{actions,bin,lib}/**/*.ts").scanSync(ROOT)) {
    if (/\.test\.ts$|\/testing\//.test(file)) continue;
    const text = await Bun.file(join(ROOT, file)).text();
    for (const [, name = ""] of text.matchAll(LOADED_LATER))
      await import(name.startsWith(".") ? join(ROOT, dirname(file), name) : Bun.resolveSync(name, ROOT));
  }
}
