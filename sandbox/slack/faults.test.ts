import { afterEach, expect, test } from "bun:test";
import { type RunningSandbox, startSandbox } from "../start.ts";
import type { Fault } from "../types.ts";

let sandbox: RunningSandbox | undefined;
afterEach(() => sandbox?.stop());

/** A sandbox, and what an app tries at it: a status with a body, or how it came to nothing. */
async function start() {
  const started = await startSandbox({ accounts: 1 });
  sandbox = started;
  const attempt = async (url: string, body: object, signal: AbortSignal | null = null): Promise<string> => {
    const headers = { "content-type": "application/json", authorization: `Bearer ${started.env.SLACK_BOT_TOKEN}` };
    try {
      const response = await fetch(url, { method: "POST", headers, body: JSON.stringify(body), signal });
      const wait = response.headers.get("retry-after");
      return `${response.status} ${wait ?? "-"} ${await response.text()}`;
    } catch {
      return "nothing came";
    }
  };
  const person = started.slackPerson({ app: () => new Response() });
  const respondTo = async () => (await person.types("/zdsync help")).responseUrl;
  return { sandbox: started, attempt, respondTo };
}

const METHODS: Record<string, object> = {
  "chat.postMessage": { text: "said" },
  "chat.postEphemeral": { text: "said", user: "U0ANN00001" },
};
const plays = (kind: Fault["kind"], path: string): Fault => ({ kind, service: "slack", path, retryAfter: 7 });

/** All messages that anybody saw. */
const said = (started: RunningSandbox) => started.slackConversation().filter(({ text }) => text === "said").length;

test.each(Object.entries(METHODS))(
  "%s: limits and errors post nothing, a cut answer has posted",
  async (method, body) => {
    const { sandbox, attempt } = await start();
    const url = `${sandbox.env.SLACK_API_URL}${method}`;
    const call = () => attempt(url, { channel: sandbox.env.SLACK_CHANNEL, ...body });
    for (const [kind, told] of [
      ["429", '429 7 {"ok":false,"error":"ratelimited"}'],
      ["500", '500 - {"ok":false,"error":"internal_error"}'],
      ["401", '200 - {"ok":false,"error":"invalid_auth"}'],
    ] as const) {
      sandbox.addFault(plays(kind, method));
      expect(await call()).toBe(told);
    }
    sandbox.addFault(plays("502-html", method));
    expect(await call()).toContain("<html>");
    expect(said(sandbox)).toBe(0);
    sandbox.addFault(plays("lost-answer", method));
    expect(await call()).toBe("nothing came");
    sandbox.addFault(plays("reset", method));
    expect(await call()).toBe("nothing came");
    expect(said(sandbox)).toBe(2);
  },
);

test("response_url: limits and errors say nothing and use nothing up, a cut answer has said it", async () => {
  const { sandbox, attempt, respondTo } = await start();
  const url = await respondTo();
  const respond = () => attempt(url, { text: "said" });
  for (const [kind, told] of [
    ["429", "429 7"],
    ["500", "500 -"],
  ] as const) {
    sandbox.addFault(plays(kind, "^/commands/"));
    expect(await respond()).toStartWith(told);
  }
  expect(said(sandbox)).toBe(0);
  for (const kind of ["lost-answer", "reset"] as const) {
    sandbox.addFault(plays(kind, "^/commands/"));
    expect(await respond()).toBe("nothing came");
  }
  expect(said(sandbox)).toBe(2);
  for (let use = 2; use < 5; use++) expect(await respond()).toBe("200 - ok");
  expect(await respond()).toContain("used_url");
});

test("a stalled answer never ends: whoever waits has to give up", async () => {
  const { sandbox, attempt, respondTo } = await start();
  const url = await respondTo();
  sandbox.addFault(plays("stall", "^/commands/"));
  const gaveUp = new AbortController();
  const answer = attempt(url, { text: "said" }, gaveUp.signal);
  while (said(sandbox) === 0) await Bun.sleep(1);
  gaveUp.abort();
  expect(await answer).toBe("nothing came");
});

test("responses and ephemeral messages count as writes", async () => {
  const { sandbox, attempt, respondTo } = await start();
  await attempt(await respondTo(), { text: "said" });
  const message = { channel: sandbox.env.SLACK_CHANNEL, user: "U0ANN00001", text: "said" };
  await attempt(`${sandbox.env.SLACK_API_URL}chat.postEphemeral`, message);
  await attempt(`${sandbox.env.SLACK_API_URL}usergroups.users.list`, { usergroup: "S0SUPPORT1" });
  expect(sandbox.writes().map(({ path }) => path.split("/")[1])).toEqual(["commands", "api"]);
});
