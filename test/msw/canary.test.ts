import { afterAll, beforeAll, expect, test } from "bun:test";
import { HttpResponse, http } from "msw";
import { ofetch } from "ofetch";
import { setupBunServer } from "./bun-server.ts";

const network = setupBunServer(http.get("https://listed.invalid/", () => HttpResponse.json({ listed: true })));
beforeAll(() => network.enable());
afterAll(() => network.disable());

test("canary: a listed request is answered by msw, through fetch and ofetch alike", async () => {
  expect(await (await fetch("https://listed.invalid/")).json()).toEqual({ listed: true });
  expect(await ofetch<unknown>("https://listed.invalid/")).toEqual({ listed: true });
});

test("canary: an unlisted request is refused, not sent", async () => {
  await expect(fetch("https://unlisted.invalid/")).rejects.toThrow(/unhandled|InternalError|strategy/i);
  await expect(ofetch("https://unlisted.invalid/", { retry: 0 })).rejects.toThrow();
});
