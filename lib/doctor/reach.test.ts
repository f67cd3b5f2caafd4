import { expect, test } from "bun:test";
import { reportWaits } from "../remotes/http/waits.ts";
import { notReachable } from "./reach.ts";

const NOW = Date.parse("2026-11-27T10:00:00Z");

test("A9: a host that stays silent: doctor says after five seconds what it waits for and until when, and nothing once it has answered", async () => {
  const said: string[] = [];
  const due = new Map<() => void, number>();
  const clock = {
    now: () => NOW,
    after(milliseconds: number, act: () => void) {
      due.set(act, milliseconds);
      return () => void due.delete(act);
    },
  };
  await using server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    fetch() {
      // As if five seconds had passed, with the request on its way.
      for (const [act, milliseconds] of due) if (milliseconds === 5_000 && due.delete(act)) act();
      return new Response("");
    },
  });
  const waits = reportWaits((text) => said.push(text), { deadlineAt: null, clock });
  const { host, href } = server.url;
  expect(await notReachable(href, "GITLAB_URL", { service: "GitLab", waits })).toBeNull();
  expect(said).toEqual([
    `waiting for GitLab (${host}): GET /, attempt 1 of 1. Until 10:00:10 UTC at the latest; press Ctrl-C to stop earlier.`,
  ]);
  expect(due.size).toBe(0);
});
