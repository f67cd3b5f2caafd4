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

/** Requests that their sender knew to be too early: what was on its way when the refusal came is not. */
function tooEarly({ requests, command }: RunSeen): string[] {
  const refusals = requests.filter(({ retryAt }) => retryAt !== undefined);
  return requests.flatMap((request) => {
    const heeded = refusals.filter((refusal) => knew(refusal, request) && isAbout(refusal, request));
    const until = Math.max(0, ...heeded.map(({ retryAt = 0 }) => retryAt));
    const path = `${request.service}${request.path.split("?")[0]}`;
    return request.at < until ? [`${command}: ${request.method} ${path} ${until - request.at} ms too early`] : [];
  });
}

function knew(refusal: LoggedRequest, { sentAt, at }: LoggedRequest): boolean {
  return refusal.fault !== "lost-answer" && (refusal.answeredAt ?? refusal.at) < (sentAt ?? at);
}

/** The same request, or any other to an account that refused everything. */
function isAbout(refusal: LoggedRequest, request: LoggedRequest): boolean {
  if (keyOf(refusal) === keyOf(request)) return true;
  const isForAll = refusal.refusedAlone !== true && (refusal.status === 429 || refusal.status === 503);
  return isForAll && sharesPause(refusal) && sharesPause(request) && refusal.service === request.service;
}

/** Tokens are revoked at a run's end all the same: a person waits for it, and they end by themselves. */
function sharesPause({ service, path }: LoggedRequest): boolean {
  return /^(zendesk|salesforce)/.test(service) && !path.startsWith("/api/v2/oauth/tokens/");
}

/** The same request. */
function keyOf({ service, method, path, body }: LoggedRequest): string {
  return `${service} ${method} ${path} ${JSON.stringify(body ?? null)}`;
}
