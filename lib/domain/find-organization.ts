import { distance } from "fastest-levenshtein";
import type { InstanceName } from "./instance.ts";
import { toId18 } from "./salesforce-id.ts";
import { nameKey } from "./value-equality.ts";

/** Somebody a run knew: an account with its organizations, or an organization without account. */
export interface Subject {
  /** 18 characters; null for an organization without account. */
  salesforceId: string | null;
  /** The account's first, then those of the organizations; each once. */
  names: string[];
  organizations: { instance: InstanceName; id: number }[];
}

/** Result of a search. `several`: too many matches to choose from, at most ten of them named; `none`: with the names that are close. */
export type Found =
  | { is: "one"; subject: Subject }
  | { is: "several"; subjects: Subject[]; more: number }
  | { is: "none"; nearest: Subject[] };

/** Hits that are named where there are several. */
const MAX_NAMED = 10;
/** Names that are suggested. */
const MAX_SUGGESTED = 3;
/** No name of a customer is longer: what is, is compared with none. */
const LONGEST_NAME = 200;

/**
 * Finds who was asked for: by Salesforce id (15 or 18 characters), by Zendesk id, or by name: exactly (in any case), else the names
 * that begin with it, else those that hold it. Pure.
 */
export function findSubject(asked: string, subjects: readonly Subject[]): Found {
  const text = asked.trim();
  const account = toId18(text);
  const byId = subjects.filter(
    ({ salesforceId, organizations }) =>
      (account !== null && salesforceId === account) || organizations.some(({ id }) => String(id) === text),
  );
  if (byId.length > 0) return oneOrSeveral(byId);
  const key = nameKey(text);
  if (key === "") return { is: "none", nearest: [] };
  const keyed = subjects.map((subject) => ({ subject, keys: subject.names.map(nameKey) }));
  for (const matches of [same, begins, holds]) {
    const hits = keyed.filter(({ keys }) => keys.some((name) => matches(name, key)));
    if (hits.length > 0) return oneOrSeveral(hits.map(({ subject }) => subject));
  }
  return { is: "none", nearest: nearestTo(key, keyed) };
}

/** A subject with its names as they are compared. */
interface Keyed {
  subject: Subject;
  keys: readonly string[];
}

const same = (name: string, key: string) => name === key;
const begins = (name: string, key: string) => name.startsWith(key);
const holds = (name: string, key: string) => name.includes(key);

function oneOrSeveral(hits: readonly Subject[]): Found {
  const [first, ...others] = [...hits].sort(byName);
  if (first && others.length === 0) return { is: "one", subject: first };
  const subjects = first ? [first, ...others].slice(0, MAX_NAMED) : [];
  return { is: "several", subjects, more: hits.length - subjects.length };
}

/** Names that differ by a few letters, the closest first. */
function nearestTo(key: string, subjects: readonly Keyed[]): Subject[] {
  if (key.length > LONGEST_NAME) return [];
  const most = Math.max(2, Math.floor(key.length / 4));
  return subjects
    .flatMap(({ subject, keys }) => {
      const close = keys.filter((name) => Math.abs(name.length - key.length) <= most);
      const away = Math.min(...close.map((name) => distance(name, key)));
      return away <= most ? [{ subject, away }] : [];
    })
    .sort((one, other) => one.away - other.away || byName(one.subject, other.subject))
    .slice(0, MAX_SUGGESTED)
    .map(({ subject }) => subject);
}

function byName(one: Subject, other: Subject): number {
  const key = ({ names, salesforceId, organizations: [first] }: Subject) =>
    `${nameKey(names[0] ?? "")}|${salesforceId ?? ""}|${first?.id ?? ""}`;
  return key(one) < key(other) ? -1 : 1;
}
