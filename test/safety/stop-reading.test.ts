import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { createServer, type Socket } from "node:net";
import type { LoggedRequest, RequestHook } from "../../sandbox/types.ts";
import { RUN_TIMEOUT } from "../pipeline/world.ts";
import { type ChildWorld, isWrite, startChildWorld } from "./child-run.ts";
import { smallWorld } from "./small-world.ts";

setDefaultTimeout(RUN_TIMEOUT);

type Asked = Omit<LoggedRequest, "status">;

/** No service has port 1, and no test is given it. */
const NOBODY = "http://127.0.0.1:1";

/** A world whose remotes do as the hook says. */
function worldWith(hook: { at: RequestHook }): Promise<ChildWorld> {
  return startChildWorld({ world: smallWorld(), onRequest: (request, phase) => hook.at(request, phase) });
}

/**
 * A run of which the first such read is never answered, and which is asked to stop while it waits. Answers how it ended, and what it
 * asked that remote afterwards. It is asked once it has said all of `after`.
 */
async function stoppedAt(isMeant: (request: Asked) => boolean, flags: string[] = [], after: string[] = []) {
  const hook: { at: RequestHook } = { at: () => undefined };
  await using world = await worldWith(hook);
  let service: string | null = null;
  const later: string[] = [];
  hook.at = async (request, phase) => {
    if (phase !== "before") return undefined;
    // What was begun before it knew is none of this; it says so at once.
    if (service === request.service && STOPPING.test(child.printed())) later.push(`${request.method} ${request.path}`);
    if (service !== null || !isMeant(request)) return undefined;
    service = request.service;
    for (const line of after) await child.said(line);
    if (flags.length === 0) child.kill("SIGINT");
    await child.ended;
    return "drop";
  };
  const child = world.start("data", ...flags);
  return { exit: await child.ended, printed: child.printed(), service, later };
}

/** What is said as soon as the run knows that it is to stop. */
const STOPPING = /finishing requests in flight/;

const isTokenRequest = ({ path }: Asked) => path.includes("/oauth");

describe("A9: a read ends at once when the run is asked to stop", () => {
  test.concurrent.each([
    ["Salesforce", "Salesforce: the token", (one: Asked) => one.service === "salesforce" && isTokenRequest(one), []],
    ["Salesforce", "Salesforce: a query", (one: Asked) => one.service === "salesforce" && /\/query/.test(one.path), []],
    [
      "Zendesk us-government",
      "Zendesk: the token",
      (one: Asked) => one.service === "zendesk-us-government" && isTokenRequest(one),
      [],
    ],
    [
      "Zendesk global",
      "Zendesk: a list",
      (one: Asked) => one.service === "zendesk-global" && /\/organizations/.test(one.path),
      [],
    ],
    [
      "GitLab",
      "GitLab: the overrides",
      (one: Asked) => one.service === "gitlab" && /\/raw/.test(one.path),
      // They are asked for beside all that is gathered.
      ["gather-accounts: ", "gather-orgs global: ", "gather-orgs us-government: "],
    ],
  ])("%s is named: %s", async (service, _, isMeant, gathered) => {
    const { exit, printed, later } = await stoppedAt(isMeant, [], gathered);
    expect({ exit, later }).toEqual({ exit: 5, later: [] });
    expect(printed).toMatch(/: STOPPED \(SIGINT\) after .* s, before any write\./);
    const named = `${service} \\(.*\\) was not called any more because the run was stopped`;
    // Whether anybody waits for the overrides yet, when the stop comes, nobody can say.
    const ended = gathered.length > 0 ? `(?:${named}|Stopped \\(SIGINT\\) before anything was written)` : named;
    expect(printed).toMatch(new RegExp(`ended early: ${ended}\\.`));
  });

  test.concurrent("only who is waited for is named: not who has answered, nor whom the next stage would ask", async () => {
    const isList = (one: Asked) => one.service === "zendesk-global" && /\/organizations/.test(one.path);
    const others = ["gather-accounts: ", "gather-orgs us-government: "];
    const { exit, printed } = await stoppedAt(isList, [], others);
    expect(exit).toBe(5);
    expect(printed.match(/^.* was not called any more/gm)).toEqual([
      expect.stringMatching(/^gather-orgs global ended early: Zendesk global \(.*\) was not called any more$/),
    ]);
  });

  test.concurrent("at the deadline, too", async () => {
    const isQuery = (one: Asked) => one.service === "salesforce" && /\/query/.test(one.path);
    const { exit, printed, later } = await stoppedAt(isQuery, ["--deadline", "5s"]);
    expect({ exit, later }).toEqual({ exit: 5, later: [] });
    expect(printed).toMatch(/: STOPPED \(deadline\) after .* s, before any write\./);
  });

  test.concurrent("the look at records right before they are written: none of them is sent, all are accounted for", async () => {
    const isPrecheck = (one: Asked) =>
      one.service === "zendesk-global" && /organizations\/show_many\?external_ids/.test(one.path);
    const { exit, printed, later } = await stoppedAt((one) => isPrecheck(one) && one.method === "GET");
    // A job of contacts that had begun beside them is in flight, and finished (S7).
    const sent = later.filter((one) => !one.startsWith("GET") && one.includes("/organizations/"));
    expect({ exit, sent }).toEqual({ exit: 5, sent: [] });
    expect(printed).toMatch(/STOPPED \(SIGINT\) after .* s, with \d+ of \d+ planned changes not started/);
    expect(printed).toMatch(/failed +0 +0/);
  });
});

describe("A9: what is waited for is said", () => {
  /** A host that takes every connection and never answers. */
  async function silentHost() {
    const sockets = new Set<Socket>();
    const server = createServer((socket) => void sockets.add(socket.on("error", () => {})));
    await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    return {
      url: `http://127.0.0.1:${port}`,
      connections: () => sockets.size,
      async [Symbol.asyncDispose]() {
        for (const socket of sockets) socket.destroy();
        await new Promise((resolve) => void server.close(resolve));
      },
    };
  }

  /** Runs against another address of a remote until it has said so, and stops it then. */
  async function saidAt(env: Record<string, string>, said: string) {
    await using world = await worldWith({ at: () => undefined });
    const child = world.startWith(env, "data");
    await child.said(said);
    child.kill("SIGINT");
    return {
      exit: await child.ended,
      lines: child
        .printed()
        .split("\n")
        .filter((line) => line.includes("waiting for")),
    };
  }

  test.concurrent("once, of a host that takes connections and never answers", async () => {
    await using host = await silentHost();
    const { exit, lines } = await saidAt({ ZENDESK_GLOBAL_URL: host.url }, "waiting for Zendesk global");
    expect(exit).toBe(5);
    expect(lines).toEqual([
      expect.stringMatching(
        /^waiting for Zendesk global \(127\.0\.0\.1:\d+\): POST \/oauth\/tokens, attempt 1 of 8\. Until \d\d:\d\d:\d\d UTC at the latest; press Ctrl-C to stop earlier\.$/,
      ),
    ]);
    expect(host.connections()).toBe(1);
  });

  test.concurrent("of a port where nobody listens: between two attempts it is heard, too", async () => {
    // Pauses are drawn: five attempts may be over before there is anything to say, and then the run ends by itself.
    let ending = await saidAt({ SALESFORCE_LOGIN_URL: NOBODY }, "waiting for Salesforce");
    for (let tries = 1; ending.lines.length === 0 && tries < 10; tries++) {
      expect(ending.exit).toBe(1);
      ending = await saidAt({ SALESFORCE_LOGIN_URL: NOBODY }, "waiting for Salesforce");
    }
    expect(ending.exit).toBe(5);
    expect(ending.lines).toEqual([
      expect.stringMatching(
        /^waiting for Salesforce .*: POST .*, attempt [2-5] of 5; previous attempt: no connection to this host \([A-Za-z]+\)\. Until /,
      ),
    ]);
  });
});

test("a run that ends by itself says nothing of waits", async () => {
  await using world = await worldWith({ at: () => undefined });
  const child = world.start("data");
  expect(await child.ended).toBe(0);
  expect(world.sandbox.writes().some(isWrite)).toBe(true);
  expect(child.printed()).not.toContain("waiting for");
});
