import { describe, expect, test } from "bun:test";
import { HttpResponse } from "msw";
import { HOST, optionsOfMsw, zendeskOfMsw } from "../../../test/support/zendesk/zendesk-of-msw.ts";
import { Pacer } from "../http/pacer.ts";
import { ZendeskClient } from "./client.ts";

const zendesk = zendeskOfMsw();

const warn = (text: string) => () => HttpResponse.json({}, { headers: { "x-zendesk-api-warn": text } });
const ignoring = (keys: string) =>
  `{:allowed_parameters=>{:controller=>"organizations", :action=>"update", :unpermitted_keys=>[${keys}], :invalid_values=>[]}}`;

describe("links", () => {
  for (const url of ["https://other.invalid/api/v2/a", HOST.replace("https", "http"), `${HOST}:8443/api/v2/a`]) {
    test(`${url} would get the token, so it is not followed`, async () => {
      zendesk.answers(() => HttpResponse.json({}));
      const client = new ZendeskClient(optionsOfMsw().options, "read");
      const error = await client.get(url).catch((thrown: unknown) => thrown);
      expect(String(error)).toContain("another host");
      expect([...zendesk.requests(), ...zendesk.tokens()]).toEqual([]);
    });
  }

  test("a link to the instance itself is", async () => {
    zendesk.answers(() => HttpResponse.json({ fine: true }));
    const client = new ZendeskClient(optionsOfMsw({ url: `${HOST}/` }).options, "read");
    expect(await client.get(`${HOST}/api/v2/a?page%5Bafter%5D=x`)).toEqual({ fine: true });
    expect(zendesk.requests()[0]?.path).toBe("/a?page%5Bafter%5D=x");
  });
});

describe("X-Zendesk-API-Warn", () => {
  const warningsAfter = async (...texts: string[]) => {
    const warnings: string[] = [];
    const { options } = optionsOfMsw({ onWarning: (message) => warnings.push(message) });
    const client = new ZendeskClient(options, "read");
    for (const text of texts) {
      zendesk.answers(warn(text));
      await client.get("/a");
    }
    return warnings;
  };

  test("names the keys that were dropped, once each", async () => {
    const keys = ignoring('"organization.colour", "size"');
    expect(await warningsAfter(keys, keys, ignoring('"other"'))).toEqual([
      "Zendesk global ignored keys it does not know: organization.colour, size.",
      "Zendesk global ignored keys it does not know: other.",
    ]);
  });

  test("repeats nothing that is no key", async () => {
    expect(await warningsAfter('invalid_values=>["Secret GmbH"]')).toEqual([
      "Zendesk global ignored part of what was written.",
    ]);
  });
});

describe("requests", () => {
  test("of a reader, a writer and their tokens obey what one of them was told", async () => {
    let count = 0;
    zendesk.answers(
      () => new HttpResponse("{}", ++count === 1 ? { status: 429, headers: { "retry-after": "9" } } : {}),
    );
    const { options } = optionsOfMsw();
    let now = 0;
    const waits: { until: number; wake(): void }[] = [];
    const sleep = (milliseconds: number) =>
      new Promise<void>((wake) => waits.push({ until: now + milliseconds, wake }));
    const timing = { now: () => now, sleep, random: () => 0.5 };
    const shared = { ...options, timing, pacer: new Pacer(0.5, timing) };
    const waiting = async (expected: number) => {
      while (waits.length < expected) await Bun.sleep(1);
    };
    const read = new ZendeskClient(shared, "read").get("/a");
    await waiting(1);
    const written = new ZendeskClient(shared, "read write").write("PUT", "/a", {}, "sets");
    await waiting(2);
    expect([zendesk.requests().length, zendesk.tokens().length]).toEqual([1, 1]);
    now = 9_000;
    for (const { until, wake } of waits) {
      expect(until).toBe(9_000);
      wake();
    }
    await Promise.all([read, written]);
    expect([zendesk.requests().length, zendesk.tokens().length]).toEqual([3, 2]);
  });

  test("are counted, with what they waited", async () => {
    let count = 0;
    zendesk.answers(() => (++count === 1 ? new HttpResponse("", { status: 503 }) : HttpResponse.json({})));
    const client = new ZendeskClient(optionsOfMsw().options, "read write");
    await client.get("/a");
    await client.write("PUT", "/a", {}, "sets");
    expect(client.http.counts).toEqual({ reads: 2, writes: 1, retries: 1, waitedMs: 500 });
  });
});
