import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { demoModel } from "../support/page/demo-model.ts";
import { HOSTILE, hostileModel } from "../support/page/hostile.ts";
import { Opener } from "./open-page.ts";

const opener = new Opener();
beforeAll(() => opener.start(), 60_000);
afterAll(() => opener.stop());

const open = async (name: string, model = demoModel, hash = "") =>
  opener.open(`${await opener.write(name, model)}${hash}`, { viewport: { width: 1280, height: 3000 } });

describe("report.html asks nobody for anything", () => {
  test("the only request is for itself, whatever is opened; its policy allows its own script and style alone", async () => {
    await using opened = await open("demo", demoModel, "#harm=loses+support");
    const { page, requests, problems } = opened;
    await page.locator(".open").first().click();
    await page.locator(".explanation").waitFor();
    await page.getByRole("searchbox").fill("birch");
    await page.locator("output", { hasText: " of " }).waitFor();
    expect(requests).toEqual([page.url().replace(/#.*/, "")]);
    expect(problems).toEqual([]);
    const policy = await page.locator('meta[http-equiv="Content-Security-Policy"]').getAttribute("content");
    expect(policy).toMatch(
      /^default-src 'none'; script-src 'sha256-[\w+/]{43}='; style-src 'sha256-[\w+/]{43}='; base-uri 'none'; form-action 'none'$/,
    );
  });

  test("the policy holds: a script, an image and a request that are added to the page come to nothing", async () => {
    await using opened = await open("demo");
    const { page, requests } = opened;
    const before = requests.length;
    const outcome = await page.evaluate(async () => {
      const script = document.createElement("script");
      script.textContent = "globalThis.ran = 1";
      document.body.append(script, Object.assign(new Image(), { src: "https://example.com/x.png" }));
      const fetched = await fetch("https://example.com/").then(
        () => "fetched",
        () => "forbidden",
      );
      return { fetched, ran: Reflect.get(globalThis, "ran") };
    });
    expect(outcome).toEqual({ fetched: "forbidden", ran: undefined });
    await page.waitForFunction(() => document.querySelector("img")?.complete);
    expect(requests.slice(before)).toEqual([]);
  });
});

describe("report.html shows texts from outside as they are, and obeys none", () => {
  test("names, values, reasons, explanations, folded rows, the head and the audit", async () => {
    await using opened = await open("hostile", hostileModel);
    const { page, requests, problems } = opened;
    const names = await page.locator(".row .open bdi").allTextContents();
    expect(names.slice(0, HOSTILE.length)).toEqual(HOSTILE.map(shown));
    expect(await page.locator(".row .ids a").count()).toBe(0);
    expect(await page.locator(".charts a").count()).toBe(0);
    for (let at = 0; at < HOSTILE.length; at++) {
      await page.locator(".open").nth(at).click();
      await page.locator(`tbody[data-index="${at}"] .explanation`).waitFor();
      expect(await page.locator(".explanation a").count()).toBe(0);
      expect(await page.locator(".answer").textContent()).toBe(shown(HOSTILE[at] ?? ""));
    }
    await page.getByRole("button", { name: "1 organization" }).click();
    await page.locator(".member").waitFor();
    await page.getByRole("tab", { name: "Audit" }).click();
    await page.locator(".audit").waitFor();
    expect(await page.locator("h1, .about, .problems, .audit").allTextContents()).not.toContainEqual(
      expect.stringMatching(/[\p{Cc}\p{Zl}\p{Zp}\u200e\u200f\u202a-\u202e\u2066-\u2069]/u),
    );
    expect(await page.evaluate(() => Reflect.get(globalThis, "ran"))).toBeUndefined();
    expect(await page.locator("img, #app script").count()).toBe(0);
    expect(requests.length).toBe(1);
    expect(problems).toEqual([]);
  });

  test("a mark that turns the direction of reading turns nothing but its own name", async () => {
    await using opened = await open("hostile", hostileModel);
    const name = opened.page.locator(".open", { hasText: "gnp.tset" });
    expect(await name.textContent()).toBe("U+202Egnp.tsetU+202C after");
    expect(await name.locator(".unseen").allTextContents()).toEqual(["U+202E", "U+202C"]);
  });
});

/** How the page shows a text: what cannot be seen by its code, halves of characters as what UTF-8 makes of them. */
function shown(text: string): string {
  return text.replace(
    /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu,
    (character) => `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}`,
  );
}
