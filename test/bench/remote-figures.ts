import type { LoggedRequest } from "../../sandbox/types.ts";
import { LIMITS } from "./situations.ts";

/** What the remotes saw of one run. */
export interface RemoteFigures {
  /** How many requests came, by service. */
  requests: Record<string, number>;
  /** Requests by service, method and kind of path, ids and queries apart: `zendesk-global GET /api/v2/organizations/{id}`. */
  kinds: Record<string, number>;
  /** Answers 429. */
  tooMany: number;
  /** Seconds in which the quota of an instance was used up, by service. */
  secondsAtLimit: Record<string, number>;
  /** Jobs queued or running at once, at most, by service. */
  jobsInFlight: Record<string, number>;
  /** Changed records, each counted once, by service: what a run had to do. */
  changed: Record<string, Changed>;
  /** When the last record was changed, in milliseconds since 1970; 0 where none was. */
  lastChangeAt: number;
}

export interface Changed {
  organizationsCreated: number;
  organizationsUpdated: number;
  usersCreated: number;
  usersUpdated: number;
}

const MINUTE_MS = 60_000;

/** Counts the requests of a run that ended at `endedAt` (milliseconds since 1970). Pure. */
export function countRequests(
  requests: readonly LoggedRequest[],
  endedAt: number,
): Omit<RemoteFigures, "jobsInFlight" | "changed" | "lastChangeAt"> {
  const figures = { requests: {}, kinds: {}, tooMany: 0, secondsAtLimit: {} } as ReturnType<typeof countRequests>;
  for (const { service, method, path, status } of requests) {
    add(figures.requests, service, 1);
    add(figures.kinds, `${service} ${method} ${kindOf(path)}`, 1);
    if (status === 429) figures.tooMany++;
  }
  for (const [service, own] of Map.groupBy(requests, (one) => one.service))
    if (service.startsWith("zendesk")) add(figures.secondsAtLimit, service, secondsAtLimit(own, endedAt));
  return figures;
}

/** From the last request that a minute's quota allowed to the end of that minute, or of the run. */
function secondsAtLimit(requests: readonly LoggedRequest[], endedAt: number): number {
  const minutes = Map.groupBy(
    requests.filter(({ status, path }) => status !== 429 && path.startsWith("/api/")),
    ({ at }) => Math.floor(at / MINUTE_MS),
  );
  let milliseconds = 0;
  for (const [minute, own] of minutes) {
    const last = own[LIMITS.zendeskRequestsPerMinute - 1];
    if (last) milliseconds += Math.max(0, Math.min(endedAt, (minute + 1) * MINUTE_MS) - last.at);
  }
  return milliseconds / 1000;
}

function add(to: Record<string, number>, name: string, count: number): void {
  to[name] = (to[name] ?? 0) + count;
}

function kindOf(path: string): string {
  const [plain = ""] = path.split("?");
  return plain
    .replace(/\.json$/, "")
    .split("/")
    .map((part) => (/^\d+$|^[A-Za-z0-9]{15,}(-\d+)?$|^V3-/.test(part) ? "{id}" : part))
    .join("/");
}
