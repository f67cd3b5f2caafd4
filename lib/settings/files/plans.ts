import { closest } from "fastest-levenshtein";
import * as v from "valibot";
import { type Plans, SUB_FIELDS, type SubscriptionType } from "../../domain/plans.ts";
import { LEVELS } from "../../domain/support-level.ts";
import { ConfigurationError } from "../../errors.ts";
import { check, type Mistake, type Path, problemsOf, readYaml, type YamlFile } from "./parse-yaml-file.ts";
import { flag, listOf, mapOf, mapping, optional, text, word } from "./schema.ts";

const PlansSchema = mapping({
  subscriptions: mapOf(mapping({ level: word(LEVELS), seats: optional(flag(), false), charges: listOf(text()) })),
  us_government: mapping({ without_exception: listOf(text()), with_exception: listOf(text()) }),
  ignored_charges: optional(listOf(text()), []),
});

/**
 * Reads `plans.yml` (entitlements.md).
 *
 * @throws ConfigurationError with every problem and its line: a duplicate charge name, an unknown key or level, a
 *   `sub_*` type that is no organization field, a `us_government` entry that names no subscription type, bad YAML.
 */
export function parsePlans(content: string, fileName: string): Plans {
  const file = readYaml(content, fileName);
  if (file.data === null)
    throw new ConfigurationError([{ where: fileName, what: "is empty; it must list what each charge stands for" }]);
  const checked = check(file.data, PlansSchema);
  const mistakes = [...("mistakes" in checked ? checked.mistakes : []), ...mistakesBetweenEntries(file)];
  if (mistakes.length > 0 || "mistakes" in checked) throw new ConfigurationError(problemsOf(file, mistakes));
  return lookUps(checked.value);
}

/** Finds where a charge name stands in the plans file (`plans.yml:12`), for people who look there; null where it does not. */
export function chargePlaces(content: string, fileName: string): (name: string) => string | null {
  const file = readYaml(content, fileName);
  const readable = v.safeParse(ReadableSchema, file.data);
  const paths = readable.success ? chargePaths(readable.output) : [];
  const pathOf = new Map(paths.map(({ name, path }) => [name, path]));
  return (name) => {
    const path = pathOf.get(name);
    return path === undefined ? null : `${fileName}:${file.lineOf(path)}`;
  };
}

function lookUps(plans: v.InferOutput<typeof PlansSchema>): Plans {
  const types = new Map<string, SubscriptionType>();
  const typeOfCharge = new Map<string, SubscriptionType>();
  for (const [name, { level, seats, charges }] of plans.subscriptions) {
    const type = { name, level, seats };
    types.set(name, type);
    for (const charge of charges) typeOfCharge.set(charge, type);
  }
  return {
    types,
    typeOfCharge,
    governmentTypes: {
      without_exception: new Set(plans.us_government.without_exception),
      with_exception: new Set(plans.us_government.with_exception),
    },
    ignoredCharges: new Set(plans.ignored_charges),
  };
}

const Texts = v.fallback(v.array(v.fallback(v.pipe(v.string(), v.trim()), "")), []);

/** Parts of the file that can be read whatever is wrong elsewhere in it, so that all problems are found at once. */
const ReadableSchema = v.object({
  subscriptions: v.fallback(v.record(v.string(), v.fallback(v.object({ charges: Texts }), { charges: [] })), {}),
  us_government: v.fallback(v.object({ without_exception: Texts, with_exception: Texts }), {
    without_exception: [],
    with_exception: [],
  }),
  ignored_charges: Texts,
});

function mistakesBetweenEntries(file: YamlFile): Mistake[] {
  const readable = v.safeParse(ReadableSchema, file.data);
  if (!readable.success) return [];
  const { subscriptions, us_government } = readable.output;
  const types = Object.keys(subscriptions);
  return [
    ...types.filter((type) => type.startsWith("sub_") && !SUB_FIELDS.includes(type)).map(noSuchField),
    ...duplicateCharges(chargePaths(readable.output), file),
    ...(["without_exception", "with_exception"] as const).flatMap((list) =>
      us_government[list].flatMap((name, index) => unknownType(name, types, ["us_government", list, index])),
    ),
  ];
}

/** Every charge name with the path to it, those that are ignored last. */
function chargePaths({ subscriptions, ignored_charges }: v.InferOutput<typeof ReadableSchema>) {
  const charges = Object.entries(subscriptions).flatMap(([type, entry]) =>
    entry.charges.map((name, index): { name: string; path: Path } => ({
      name,
      path: ["subscriptions", type, "charges", index],
    })),
  );
  return [...charges, ...ignored_charges.map((name, index) => ({ name, path: ["ignored_charges", index] }))];
}

function noSuchField(type: string): Mistake {
  const nearest = JSON.stringify(closest(type, SUB_FIELDS));
  return {
    path: ["subscriptions", type],
    what: `is not an organization field that zdsync sets in Zendesk; did you mean ${nearest}?`,
  };
}

/** A charge name may stand in one place only: two would leave it to chance which support a customer gets. */
function duplicateCharges(charges: readonly { name: string; path: Path }[], file: YamlFile): Mistake[] {
  const first = new Map<string, Path>();
  const mistakes: Mistake[] = [];
  for (const { name, path } of charges) {
    const earlier = first.get(name);
    if (earlier === undefined) first.set(name, path);
    else if (name !== "") {
      const what = `is ${JSON.stringify(name)}, which is already on line ${file.lineOf(earlier)}; keep one of the two`;
      mistakes.push({ path, what });
    }
  }
  return mistakes;
}

function unknownType(name: string, types: readonly string[], path: Path): Mistake[] {
  if (name === "" || types.includes(name)) return [];
  const hint = types.length > 0 ? `; did you mean ${JSON.stringify(closest(name, types))}?` : "";
  return [{ path, what: `is ${JSON.stringify(name)}, which is none of the subscription types above${hint}` }];
}
