import { dirname, join } from "node:path";

/** One import by value: what runs needs it. Both paths from the root. */
export interface ValueImport {
  from: string;
  to: string;
}

const TYPES_ONLY = /^\{(?:\s*type\s[^,}]*,?)+\s*\}$/;

/**
 * What a file imports by value from other files of ours: static imports and re-exports, `import()`, and workers by
 * `new URL(…, import.meta.url)`. Types alone are no import; neither is `import("…").Name` where a type stands.
 */
export function valueImports(file: string, text: string): ValueImport[] {
  const code = text.replace(/\/\*[\s\S]*?\*\//g, "");
  const named = [...code.matchAll(/^(?:import|export)\s+(?!type\b)([^;"']*?)\bfrom\s+"(\.[^"]+)"/gm)].flatMap(
    ([, names = "", specifier = ""]) => (TYPES_ONLY.test(names.trim()) ? [] : [specifier]),
  );
  const bare = [...code.matchAll(/^import\s+"(\.[^"]+)"/gm)].flatMap(([, specifier]) => specifier ?? []);
  const lazy = [...code.matchAll(/(?:(?:await|=>|return)\s*\(?|[(,]\s*)import\(\s*"(\.[^"]+)"/g)].flatMap(
    ([, specifier]) => specifier ?? [],
  );
  const workers = [...code.matchAll(/new URL\(\s*"(\.[^"]+\.ts)"/g)].flatMap(([, specifier]) => specifier ?? []);
  return [...named, ...bare, ...lazy, ...workers].map((specifier) => ({
    from: file,
    to: join(dirname(file), specifier),
  }));
}

/**
 * Circles of value imports, at every level of the tree: what stands side by side in one folder (files, and folders with all that is in
 * them) must be in an order in which each needs only earlier ones. Each circle as one text, with one import for each step; sorted.
 */
export function roomCircles(imports: readonly ValueImport[]): string[] {
  const levels = new Map<string, Map<string, Map<string, ValueImport>>>();
  for (const one of imports) {
    const [level, from, to] = neighbours(one);
    if (from === to) continue;
    const needs = levels.get(level) ?? new Map<string, Map<string, ValueImport>>();
    levels.set(level, needs);
    needs.set(from, (needs.get(from) ?? new Map<string, ValueImport>()).set(to, one));
  }
  return [...levels].flatMap(([level, needs]) => circlesOf(level, needs)).sort();
}

/** The folder in which the ways of an import's ends part, and what stands there on each side. */
function neighbours({ from, to }: ValueImport): [string, string, string] {
  const [a, b] = [from.split("/"), to.split("/")];
  let depth = 0;
  while (depth < a.length - 1 && depth < b.length - 1 && a[depth] === b[depth]) depth++;
  return [a.slice(0, depth).join("/") || ".", a[depth] ?? "", b[depth] ?? ""];
}

/** Takes away, again and again, what needs nothing more and what nothing more needs: what is left stands in circles, or between two. */
function circlesOf(level: string, needs: ReadonlyMap<string, ReadonlyMap<string, ValueImport>>): string[] {
  let left = new Map([...needs].map(([room, others]) => [room, [...others]]));
  for (let size = -1; size !== left.size; ) {
    size = left.size;
    const needed = new Set([...left.values()].flatMap((others) => others.map(([other]) => other)));
    const inBetween = [...left].map(
      ([room, others]) => [room, others.filter(([other]) => left.has(other))] satisfies [string, typeof others],
    );
    left = new Map(inBetween.filter(([room, others]) => others.length > 0 && needed.has(room)));
  }
  return [...left].map(([room, others]) => {
    const steps = others.map(([other, { from, to }]) => `${other} (${from} → ${to})`);
    return `${level}: ${room} needs ${steps.join(", ")}`;
  });
}
