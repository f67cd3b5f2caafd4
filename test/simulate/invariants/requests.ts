import type { LoggedRequest } from "../../../sandbox/types.ts";
import type { Invariant, RunSeen } from "../story/seen.ts";

/** How the remotes were asked. */
export const REQUESTS: Invariant[] = [
  {
    name: "Retry-After is obeyed",
    expects: "what a remote refused until a moment is not asked for again before it",
    check: ({ runs }) => runs.flatMap((run) => (run.beside ? [] : tooEarly(run))),
  },
];

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
