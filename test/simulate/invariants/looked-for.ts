import type { LoggedRequest } from "../../../sandbox/types.ts";
import type { Invariant, RunSeen } from "../story/seen.ts";

/** Nothing is created blindly (S5). */
export const LOOKED_FOR: Invariant[] = [
  {
    name: "looked for before it is created",
    expects:
      "an organization is looked for by its account's id before it is sent, and once more before it is sent again where an answer was lost",
    check: ({ runs }) => runs.flatMap((run) => (run.beside ? [] : createdBlindly(run))),
  },
];

/** Faults after which a sender cannot know whether its request was done. */
const UNCLEAR: ReadonlySet<string> = new Set(["lost-answer", "reset", "truncate", "stall"]);

function createdBlindly({ requests, command }: RunSeen): string[] {
  const looked = new Set<string>();
  return requests.flatMap((request) => {
    const { service, method, path, fault } = request;
    if (method === "GET") for (const account of lookedFor(path)) looked.add(`${service} ${account}`);
    if (method !== "POST" || !/\/organizations(?:\/create_many)?(?:\.json)?$/.test(path)) return [];
    const keys = accountsIn(request).map((account) => `${service} ${account}`);
    const blind = keys.filter((key) => !looked.has(key));
    if (fault !== undefined && UNCLEAR.has(fault)) for (const key of keys) looked.delete(key);
    return blind.map((key) => `${command}: ${key}`);
  });
}

function lookedFor(path: string): string[] {
  const [, ids] = /\/organizations\/show_many(?:\.json)?\?(?:.*&)?external_ids=([^&]+)/.exec(path) ?? [];
  return ids ? decodeURIComponent(ids).split(",") : [];
}

/** The accounts of the organizations that are sent. */
function accountsIn({ body }: LoggedRequest): string[] {
  const { organization, organizations = [] } = (body ?? {}) as Record<
    "organization",
    { external_id?: string } | undefined
  > &
    Partial<Record<"organizations", { external_id?: string }[]>>;
  return [...organizations, ...(organization ? [organization] : [])].flatMap(({ external_id }) => external_id ?? []);
}
