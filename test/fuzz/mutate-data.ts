import { canary, ODD_KEYS, oddValue } from "./odd-values.ts";
import type { Random } from "./random.ts";

/** A place in data: a list with an index, or an object with a key. */
type Place = { in: unknown[]; at: number } | { in: Record<string, unknown>; at: string };

/** A changed copy of data: `changes` places are replaced, removed, doubled, swapped, renamed or wrapped. */
export function mutateData(data: unknown, changes: number, random: Random): unknown {
  const root = [structuredClone(data)];
  for (let change = 0; change < changes; change++) mutateOnce(root, random);
  return root[0];
}

type Mutation = (place: Place, other: Place, random: Random) => void;

const MUTATIONS: readonly Mutation[] = [
  (place, _, random) => put(place, oddValue(random)),
  (place, _, random) => put(place, similar(valueAt(place), random)),
  (place, _, random) => put(place, canary(random)),
  (place) => remove(place),
  (place, _, random) => double(place, random),
  (place, other) => swap(place, other),
  (place, _, random) => rename(place, random),
  (place, _, random) => put(place, random.chance(0.5) ? [valueAt(place)] : { [random.pick(ODD_KEYS)]: valueAt(place) }),
  (place, other) => put(place, structuredClone(valueAt(other))),
];

function mutateOnce(root: unknown[], random: Random): void {
  const places = placesIn(root);
  random.pick(MUTATIONS)(random.pick(places), random.pick(places), random);
}

/** Every place below the root, and the root's own. */
function placesIn(root: unknown[]): Place[] {
  const places: Place[] = [];
  const visit = (value: unknown): void => {
    if (places.length > 2000) return;
    if (Array.isArray(value))
      value.forEach((item, at) => {
        places.push({ in: value, at });
        visit(item);
      });
    else if (typeof value === "object" && value !== null)
      for (const at of Object.keys(value)) {
        places.push({ in: value as Record<string, unknown>, at });
        visit((value as Record<string, unknown>)[at]);
      }
  };
  visit(root);
  return places;
}

/** A value of the same type, so that much of what is made is still accepted. */
function similar(value: unknown, random: Random): unknown {
  if (typeof value === "string")
    return random.chance(0.5) ? canary(random) : `${value}${random.pick(["", " ", "x", "é"])}`;
  if (typeof value === "number") return value + random.pick([-1, 1, 0.5, 1000]);
  if (typeof value === "boolean") return !value;
  return value;
}

function valueAt(place: Place): unknown {
  return Array.isArray(place.in) ? place.in[place.at as number] : place.in[place.at];
}

function put(place: Place, value: unknown): void {
  if (Array.isArray(place.in)) place.in[place.at as number] = value;
  else define(place.in, String(place.at), value);
}

/** As JSON.parse would: `__proto__` becomes a key like any other. */
function define(object: object, key: string, value: unknown): void {
  Object.defineProperty(object, key, { value, enumerable: true, configurable: true, writable: true });
}

function remove(place: Place): void {
  if (!Array.isArray(place.in)) delete place.in[place.at];
  else if (place.in.length > 1) place.in.splice(place.at as number, 1);
}

function double(place: Place, random: Random): void {
  const copy = structuredClone(valueAt(place));
  if (Array.isArray(place.in)) place.in.splice(place.at as number, 0, copy);
  else define(place.in, random.pick(ODD_KEYS), copy);
}

function swap(one: Place, other: Place): void {
  const [left, right] = [valueAt(one), valueAt(other)];
  // A value swapped with one inside it would hold itself.
  put(one, structuredClone(right));
  put(other, structuredClone(left));
}

function rename(place: Place, random: Random): void {
  const value = valueAt(place);
  remove(place);
  const key = random.chance(0.5) ? random.pick(ODD_KEYS) : `${place.at}${random.pick(["s", "_", " "])}`;
  if (Array.isArray(place.in)) place.in.push({ [key]: value });
  else define(place.in, key, value);
}
