import type { InstanceName } from "../../../sandbox/types.ts";
import type { RunSeen } from "../story/seen.ts";

/** Where in the run's requests an organization was read by its id. */
export function readsOf({ requests }: RunSeen, instance: InstanceName, id: number): number[] {
  return requests.flatMap(({ service, method, path }, index) =>
    service === `zendesk-${instance}` &&
    method === "GET" &&
    /organizations\/(?:show_many|\d+)/.test(path) &&
    path.includes(String(id))
      ? [index]
      : [],
  );
}

/** Where in the run's requests an organization was first told to change. */
export function firstWrite({ requests }: RunSeen, instance: InstanceName, id: number): number {
  return requests.findIndex(
    ({ service, method, path, body }) =>
      service === `zendesk-${instance}` &&
      method === "PUT" &&
      /organizations/.test(path) &&
      (path.includes(String(id)) || JSON.stringify(body ?? "").includes(String(id))),
  );
}

/** Where the run last read an organization before it was first told to change (S4); null where it was never told, or never read. */
export function lastReadBeforeWrite(run: RunSeen, instance: InstanceName, id: number): number | null {
  const write = firstWrite(run, instance, id);
  return readsOf(run, instance, id).findLast((read) => read < write) ?? null;
}
