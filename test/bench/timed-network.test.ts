import { describe, expect, test } from "bun:test";
import { streamOf } from "../simulate/kernel/chance.ts";
import { VirtualClock } from "../simulate/kernel/clock.ts";
import { timedNetwork } from "./timed-network.ts";

/** A network to a remote that notes when it was asked, on a clock at 0. */
function noting() {
  const clock = new VirtualClock(0, streamOf(1, "ties"));
  const asked: string[] = [];
  const work: string[] = [];
  const meter = { pause: () => void work.push("pause"), resume: () => void work.push("resume") };
  const ask = async (service: string, request: Request, now: number) => {
    work.push("remote");
    asked.push(`${service} ${new URL(request.url).pathname} at ${now}`);
    return new Response("done");
  };
  const network = timedNetwork(ask, { clock, meter });
  const moments: number[] = [];
  const get = async (url: string, signal?: AbortSignal) => {
    await network.fetch(url, signal ? { signal } : {});
    moments.push(clock.now());
  };
  return { clock, network, asked, work, moments, get };
}

const ZENDESK = "https://global.sandbox.test/api/v2/organizations";
const PAGE = "https://salesforce.sandbox.test/services/data/v66.0/query/0r8-2000";

describe("a request of the benchmark", () => {
  test("takes its declared time, half of it before the remote sees it; others go on beside it", async () => {
    const { clock, asked, moments, get } = noting();
    const all = Promise.all([get(ZENDESK), get(PAGE), get("https://salesforce.sandbox.test/services/oauth2/token")]);
    await clock.advanceTo(2_000);
    await all;
    expect(moments).toEqual([150, 150, 800]);
    expect(asked.toSorted()).toEqual([
      "global /api/v2/organizations at 75",
      "salesforce /services/data/v66.0/query/0r8-2000 at 400",
      "salesforce /services/oauth2/token at 75",
    ]);
  });

  test("is the remote's work while the remote is asked, and the program's no more", async () => {
    const { clock, work, get } = noting();
    const one = get(ZENDESK);
    await clock.advanceTo(1_000);
    await one;
    expect(work).toEqual(["pause", "remote", "resume"]);
  });

  test("that is aborted ends at once and never arrives", async () => {
    const { clock, asked, get } = noting();
    const controller = new AbortController();
    const one = get(ZENDESK, controller.signal).catch((error: unknown) => `${error} at ${clock.now()}`);
    clock.after(50, () => controller.abort(new Error("stopped")));
    await clock.advanceTo(1_000);
    expect(await one).toBe("Error: stopped at 50");
    expect(asked).toEqual([]);
  });

  test("time without any is told: before, between, after", async () => {
    const { clock, network, get } = noting();
    await clock.advanceTo(100);
    const both = Promise.all([get(ZENDESK), get(PAGE)]);
    await clock.advanceTo(2_000);
    await both;
    expect(network.quietMs()).toBe(2_000 - 800);
  });

  test("goes to the sandbox, or nowhere", async () => {
    await expect(noting().network.fetch("https://example.com/")).rejects.toThrow("nobody is at example.com");
  });
});
