import { expect, test } from "bun:test";
import { reportWaits, type WaitedAttempt, type WaitedFor } from "./waits.ts";

const READ: WaitedFor = { service: "Zendesk global (z.example)", request: "GET /api/v2/users", endsWithRun: true };
const FIRST: WaitedAttempt = { attempt: 1, attempts: 8, last: null, leftMs: 60_000 };

/** Waits on a clock that a test winds. */
function underTest(deadlineAt: number | null = null) {
  const said: string[] = [];
  const timers = new Set<{ at: number; act: () => void }>();
  let now = Date.parse("2026-11-27T10:00:00Z");
  const clock = {
    now: () => now,
    after(milliseconds: number, act: () => void) {
      const timer = { at: now + milliseconds, act };
      timers.add(timer);
      return () => void timers.delete(timer);
    },
  };
  const pass = (seconds: number) => {
    now += seconds * 1000;
    for (const timer of [...timers].filter(({ at }) => at <= now)) {
      timers.delete(timer);
      timer.act();
    }
  };
  return { said, pass, timers, waits: reportWaits((text) => said.push(text), { deadlineAt, clock }) };
}

test("A9: after five seconds without an answer people are told which host, which attempt, and until when", () => {
  const { said, pass, waits } = underTest();
  const wait = waits.begin(READ);
  wait.attempt(FIRST);
  pass(4.9);
  expect(said).toEqual([]);
  pass(0.1);
  pass(60);
  expect(said).toEqual([
    "waiting for Zendesk global (z.example): GET /api/v2/users, attempt 1 of 8. Until 10:01:00 UTC at the latest; press Ctrl-C to stop earlier.",
  ]);
  wait.end(true);
});

test("a later attempt says what the one before came to", () => {
  const { said, pass, waits } = underTest();
  const wait = waits.begin(READ);
  wait.attempt(FIRST);
  pass(3);
  wait.attempt({ ...FIRST, attempt: 2, last: { is: "unreachable", code: "ECONNREFUSED" } });
  pass(2);
  expect(said).toEqual([
    "waiting for Zendesk global (z.example): GET /api/v2/users, attempt 2 of 8; previous attempt: no connection to this host (ECONNREFUSED). Until 10:01:03 UTC at the latest; press Ctrl-C to stop earlier.",
  ]);
});

test("once for a silence, however many requests wait in it; of a token and what needs it the token is told", () => {
  const { said, pass, waits } = underTest();
  const wait = waits.begin(READ);
  wait.attempt(FIRST);
  for (let count = 0; count < 20; count++) waits.begin({ ...READ, request: `GET /${count}` });
  pass(1);
  waits.begin({ ...READ, request: "POST /oauth/tokens" }).attempt(FIRST);
  pass(4);
  wait.end(false);
  pass(60);
  expect(said.map((text) => text.slice(0, 64))).toEqual([
    "waiting for Zendesk global (z.example): POST /oauth/tokens, attempt".slice(0, 64),
  ]);
});

test("each service has a silence of its own", () => {
  const { said, pass, waits } = underTest();
  waits.begin(READ).attempt(FIRST);
  waits.begin({ ...READ, service: "Salesforce (s.example)" }).attempt(FIRST);
  pass(5);
  expect(said).toHaveLength(2);
});

test("whatever is answered breaks the silence; nothing is left running afterwards", () => {
  const { said, pass, timers, waits } = underTest();
  const slow = waits.begin(READ);
  slow.attempt(FIRST);
  for (let count = 0; count < 10; count++) {
    const quick = waits.begin(READ);
    pass(4);
    quick.end(true);
  }
  expect(said).toEqual([]);
  pass(5);
  expect(said).toHaveLength(1);
  slow.end(true);
  expect(timers.size).toBe(0);
});

test("the deadline of the run ends a read, but no write", () => {
  const deadline = Date.parse("2026-11-27T10:00:30Z");
  const { said, pass, waits } = underTest(deadline);
  waits.begin(READ).attempt(FIRST);
  waits.begin({ ...READ, service: "Zendesk us-government (u.example)", endsWithRun: false }).attempt(FIRST);
  pass(5);
  expect(said[0]).toContain("Until the deadline of the run at 10:00:30 UTC");
  expect(said[1]).toContain("Until 10:01:00 UTC at the latest");
});
