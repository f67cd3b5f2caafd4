import type { InstanceName, LoggedRequest } from "../../../sandbox/types.ts";
import type { Invariant, RunSeen } from "../story/seen.ts";
import { organizationWrites } from "./writes.ts";

/** How the remotes were asked. */
export const REQUESTS: Invariant[] = [
  {
    name: "Retry-After is obeyed",
    expects: "what a remote refused until a moment is not asked for again before it",
    check: ({ runs }) => runs.flatMap((run) => (run.beside ? [] : tooEarly(run))),
  },
  {
    name: "nothing is written from half a list",
    expects:
      "a run that was told that there are no organizations, where there are some, writes none in that instance (S1)",
    check: ({ runs, before }) =>
      runs.flatMap((run) =>
        (["global", "us-government"] as const).flatMap((instance) =>
          before.zendesk[instance].organizations.length > 0 && sawNone(run, instance)
            ? organizationWrites([run])
                .filter((one) => one.instance === instance)
                .map(({ id }) => `${instance} organization ${id}`)
            : [],
        ),
      ),
  },
];

/** Whether every list of the instance's organizations that the run was given was empty by a fault. */
function sawNone({ requests, beside }: RunSeen, instance: InstanceName): boolean {
  const lists = requests.filter(
    ({ service, path, status }) =>
      service === `zendesk-${instance}` && /\/organizations\?page/.test(path) && status === 200,
  );
  return !beside && lists.length > 0 && lists.every(({ fault }) => fault === "empty");
}

function tooEarly({ requests, command }: RunSeen): string[] {
  const until = new Map<string, number>();
  return requests.flatMap((request) => {
    const key = keyOf(request);
    const wrong =
      request.at < (until.get(key) ?? 0)
        ? [
            `${command}: ${request.method} ${request.service}${request.path.split("?")[0]} ${(until.get(key) ?? 0) - request.at} ms too early`,
          ]
        : [];
    if (request.retryAt === undefined) until.delete(key);
    else until.set(key, request.retryAt);
    return wrong;
  });
}

/** The same request. */
function keyOf({ service, method, path, body }: LoggedRequest): string {
  return `${service} ${method} ${path} ${JSON.stringify(body ?? null)}`;
}
