import { afterEach, describe, expect, test } from "bun:test";
import { clientUnderTest, failureOf } from "../../../test/support/http/client-under-test.ts";
import { HttpError, type NoAnswerError } from "./http-error.ts";
import { ONE_ATTEMPT } from "./retry-budget.ts";

/** One request as a server saw it. */
interface Seen {
  method: string;
  path: string;
  token: string | null;
  type: string | null;
  body: string;
}

const servers: ReturnType<typeof Bun.serve>[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.stop(true)));
});

/** A host of its own origin; `count` counts the requests from 1. */
function host(answer: (path: string, count: number) => Response) {
  const seen: Seen[] = [];
  const server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    idleTimeout: 0,
    async fetch(request) {
      const { pathname: path } = new URL(request.url);
      const { method, headers } = request;
      seen.push({
        method,
        path,
        token: headers.get("private-token"),
        type: headers.get("content-type"),
        body: await request.text(),
      });
      return answer(path, seen.length);
    },
  });
  servers.push(server);
  return { seen, url: server.url.origin };
}

const sendOn = (location: string, status = 302) => new Response(null, { status, headers: { location } });
const TOKEN = { headers: async () => ({ "PRIVATE-TOKEN": "secret" }) };
const EVERYWHERE = { max: 2, isFollowed: ({ pathname }: URL) => pathname !== "/sign_in" };
const get = (url: string) => ({ method: "GET", url, redirects: EVERYWHERE }) as const;
const textOf = ({ bytes }: { bytes: Uint8Array }) => new TextDecoder().decode(bytes);

describe("redirections", () => {
  test("S9: who asks goes along nowhere, not even to where it was asked first", async () => {
    const storage: ReturnType<typeof host> = host(() => sendOn(`${gitlab.url}/back`));
    const gitlab = host((path) => (path === "/back" ? new Response("file") : sendOn(`${storage.url}/bucket`)));
    expect(textOf(await clientUnderTest(TOKEN).http.download(get(`${gitlab.url}/file`)))).toBe("file");
    expect(storage.seen.map(({ token }) => token)).toEqual([null]);
    expect(gitlab.seen.map(({ token }) => token)).toEqual(["secret", null]);
  });

  test.each<[string, () => Response, number]>([
    ["more of them than the rule says", () => sendOn("/again"), 3],
    ["to where the rule does not follow", () => sendOn("/sign_in"), 1],
    ["to no address at all", () => sendOn("http://"), 1],
    ["without an address", () => new Response(null, { status: 302 }), 1],
    ["to a file of the machine", () => sendOn("file:///etc/passwd"), 1],
  ])("%s: a refusal with its status", async (_, answer, requests) => {
    const server = host(answer);
    const error = await failureOf(clientUnderTest().http.download(get(server.url)));
    expect(error).toBeInstanceOf(HttpError);
    expect((error as HttpError).status).toBe(302);
    expect(server.seen).toHaveLength(requests);
  });

  test("without a rule, and of a write, none is followed", async () => {
    const server = host(() => sendOn("/elsewhere", 307));
    const { http } = clientUnderTest();
    expect(await failureOf(http.send({ method: "GET", url: server.url }))).toBeInstanceOf(HttpError);
    const write = { method: "PUT", url: server.url, body: {}, redirects: EVERYWHERE } as const;
    expect(await failureOf(http.send(write))).toBeInstanceOf(HttpError);
    expect(server.seen).toHaveLength(2);
  });
});

describe("bodies", () => {
  test("what is sent: JSON, text and bytes as they are, a type of the caller's in any case", async () => {
    const server = host(() => Response.json({}));
    const { http } = clientUnderTest();
    const at = { method: "PUT", url: server.url, effect: "sets" } as const;
    await http.send({ ...at, body: { a: 1 } });
    await http.send({ ...at, content: { data: Buffer.from("bytes"), type: "application/octet-stream" } });
    await http.send({
      ...at,
      content: { data: "a=1", type: "application/json" },
      headers: { "Content-Type": "application/x-www-form-urlencoded" },
    });
    expect(server.seen.map(({ type, body }) => [type, body])).toEqual([
      ["application/json", '{"a":1}'],
      ["application/octet-stream", "bytes"],
      ["application/x-www-form-urlencoded", "a=1"],
    ]);
  });

  test("an empty body is no JSON of a read, and all of a write", async () => {
    const server = host((_, count) => (count === 1 ? new Response("") : Response.json({ fine: true })));
    expect((await clientUnderTest().http.send({ method: "GET", url: server.url })).body).toEqual({ fine: true });
    const silent = host(() => new Response(""));
    const write = { method: "PUT", url: silent.url, body: {} } as const;
    expect((await clientUnderTest().http.send(write)).body).toBeUndefined();
  });

  test("a body of another size than its header says was cut off, and is asked for again", async () => {
    const server = host((_, count) => new Response(count === 1 ? "hal" : "half", { headers: { "x-size": "4" } }));
    const request = { method: "GET", url: server.url, sizeHeader: "x-size" } as const;
    expect(textOf(await clientUnderTest().http.download(request))).toBe("half");
    expect(server.seen).toHaveLength(2);
  });

  test("B6: a size that is announced and larger than any is not read", async () => {
    const server = host(() => new Response("little", { headers: { "x-size": "2000" } }));
    const request = { method: "GET", url: server.url, sizeHeader: "x-size" } as const;
    const error = await failureOf(clientUnderTest({ largestAnswer: 1000 }).http.download(request));
    expect((error as NoAnswerError).failure).toEqual({ is: "too-large", limit: 1000 });
    expect(server.seen).toHaveLength(1);
  });

  test("B6: a refusal counts by its status, however much is said with it", async () => {
    const server = host((_, count) =>
      count === 1 ? new Response("x".repeat(2000), { status: 502 }) : Response.json({}),
    );
    const { http } = clientUnderTest({ largestAnswer: 1000 });
    expect((await http.send({ method: "GET", url: server.url })).status).toBe(200);
  });
});

describe("an answer that is handed on as it comes", () => {
  const broken = () =>
    new Response(
      new ReadableStream({
        start(controller) {
          controller.enqueue(new TextEncoder().encode("ha"));
          setTimeout(() => controller.error(new Error("cut off")), 0);
        },
      }),
    );

  test("begins again where it was cut off", async () => {
    const server = host((_, count) => (count === 1 ? broken() : new Response("half")));
    let text = "";
    await clientUnderTest().http.stream({ method: "GET", url: server.url }, async (chunks) => {
      text = "";
      for await (const chunk of chunks) text += new TextDecoder().decode(chunk);
    });
    expect(text).toBe("half");
    expect(server.seen).toHaveLength(2);
  });

  test("B6: fails as soon as it is larger than any", async () => {
    const server = host(() => new Response(new Blob(["x".repeat(2000)]).stream()));
    const read = clientUnderTest({ largestAnswer: 1000 }).http.stream(
      { method: "GET", url: server.url },
      async (chunks) => {
        for await (const _ of chunks);
      },
    );
    expect(((await failureOf(read)) as NoAnswerError).failure.is).toBe("too-large");
  });

  test("what its receiver throws is thrown, and nothing is asked for again", async () => {
    const server = host(() => new Response("half"));
    const full = new Error("ENOSPC");
    const read = clientUnderTest().http.stream({ method: "GET", url: server.url }, async () => {
      throw full;
    });
    expect(await failureOf(read)).toBe(full);
    expect(server.seen).toHaveLength(1);
  });

  test("a refusal is not handed on", async () => {
    const server = host(() => new Response("no such file", { status: 404 }));
    let received = false;
    const read = clientUnderTest().http.stream({ method: "GET", url: server.url }, async () => {
      received = true;
    });
    expect(((await failureOf(read)) as HttpError).answer.text).toBe("no such file");
    expect(received).toBe(false);
  });
});

test("one attempt is one: neither a failure nor a rate limit that names no wait is tried again", async () => {
  for (const status of [503, 429]) {
    const server = host(() => new Response("", { status, headers: { "retry-after": "0" } }));
    const { http, slept } = clientUnderTest({ retryBudget: ONE_ATTEMPT });
    expect(await failureOf(http.download({ method: "GET", url: server.url }))).toBeInstanceOf(HttpError);
    expect([server.seen.length, slept]).toEqual([1, []]);
  }
});

test("a probe is answered by anything, and reads nothing of it", async () => {
  const endless = () => new Response(new ReadableStream({ pull: (body) => body.enqueue(new Uint8Array(1024)) }));
  for (const answer of [endless, () => new Response("no", { status: 500 }), () => sendOn("/elsewhere")]) {
    const server = host(answer);
    expect(await clientUnderTest().http.probe({ method: "GET", url: server.url })).toBeNumber();
    expect(server.seen).toHaveLength(1);
  }
});
