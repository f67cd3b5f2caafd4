import { type Edges, edges } from "../edges/edges.ts";

/** Secrets of the process that are kept: a bot obtains new tokens for months, and those of long ago are in nobody's message. */
const KEPT = 1_000;
/** Shorter texts are no secrets, and would blot out other words. */
const SHORTEST = 8;

/** Of each process: those of a simulation have edges of their own. */
const secretsOf = new WeakMap<Edges, Set<string>>();

/**
 * Has a secret that was obtained just now (an access token) blotted out of whatever the process prints from here on, as those of its
 * environment are. Of the process, like its streams: nothing that prints can be forgotten.
 */
export function hideFromOutput(secret: string): void {
  if (secret.length < SHORTEST) return;
  const secrets = secretsOf.get(edges()) ?? new Set();
  secretsOf.set(edges(), secrets);
  secrets.delete(secret);
  secrets.add(secret);
  const [oldest] = secrets;
  if (secrets.size > KEPT && oldest !== undefined) secrets.delete(oldest);
}

/** Those that were obtained so far. */
export function runtimeSecrets(): readonly string[] {
  return [...(secretsOf.get(edges()) ?? [])];
}
