import { describe, expect, setDefaultTimeout, test } from "bun:test";
import type { RequestHook } from "../../sandbox/types.ts";
import { RUN_TIMEOUT } from "../pipeline/world.ts";
import { isWrite } from "../safety/child-run.ts";
import { limitsWorld } from "../safety/limits-world.ts";
import { smallWorld } from "../safety/small-world.ts";
import { DEADLINES } from "../safety/stop.ts";
import type { AtTerminal, Shown } from "./screen.ts";
import { startTerminalWorld } from "./terminal-world.ts";

setDefaultTimeout(RUN_TIMEOUT);

/** The last line of the table, and the closing line. */
function ending({ lines }: Shown): { outcomes: string[]; closing: string } {
  const outcomes = lines.find((line) => line.startsWith("outcome ")) ?? "";
  return {
    outcomes: outcomes.split(/\s{2,}/).slice(1),
    closing: lines.findLast((line) => line.startsWith("run ")) ?? "",
  };
}

/** Runs at a terminal until its first write to global; that write is held up until `act` is over. */
async function heldUp(
  args: string[],
  env: Record<string, string>,
  act: (run: AtTerminal) => Promise<unknown>,
): Promise<Shown & { wasHeld: boolean }> {
  const hook: { at: RequestHook } = { at: () => undefined };
  await using world = await startTerminalWorld({ world: smallWorld(), onRequest: (...seen) => hook.at(...seen) });
  const run = world.start(["run", ...args], { env });
  let held: Promise<unknown> | null = null;
  hook.at = async (request, phase) => {
    if (phase !== "before" || request.service !== "zendesk-global" || !isWrite(request)) return undefined;
    held ??= act(run);
    await held;
    return undefined;
  };
  return { ...(await run.ended), wasHeld: held !== null };
}

describe("A4: a run that was stopped, refused or failed looks like it", () => {
  test("Ctrl-C at a terminal: no mark of what was done stands before what was never begun", async () => {
    const shown = await heldUp([], {}, async (run) => {
      run.type("\u0003");
      await run.sent("SIGINT: finishing");
    });
    expect(shown.exit).toBe(5);
    expect(shown.lines.filter((line) => line.includes("global") && /^ {2}[✓–✗] /.test(line))).toEqual([
      expect.stringMatching(/^ {2}✓ gather-orgs global: \d+ organizations/),
      expect.stringMatching(/^ {2}✓ gather-orgs global: contacts of recent organizations: 2 of 2/),
      expect.stringMatching(/^ {2}– global customers: creates: not started, 5 left/),
      expect.stringMatching(/^ {2}– global customers: updates: not started, 3 left/),
      expect.stringMatching(/^ {2}– global customers: marks: not started, 1 left/),
      expect.stringMatching(/^ {2}– global customers: contacts: stopped after 1 of 5/),
      expect.stringMatching(/^ {2}– global partners: creates: not started, 1 left/),
      expect.stringMatching(/^ {2}– global partners: updates: not started, 1 left/),
      expect.stringMatching(/^ {2}– global partners: marks: not started, 1 left/),
    ]);
    const { outcomes, closing } = ending(shown);
    expect(outcomes.slice(0, 2)).toEqual(["STOPPED", "STOPPED"]);
    expect(closing).toMatch(
      /: STOPPED \(SIGINT\) after .* s, with \d+ of \d+ planned changes not started: \d+ records? applied\./,
    );
  });

  test("the deadline, in the plain lines of CI", async () => {
    const by = (seconds: number) =>
      heldUp(["--deadline", `${seconds}s`], { CI: "true" }, (run) => run.sent("deadline: finishing"));
    // A busy machine takes its time to come to the first write.
    let shown = await by(DEADLINES[0]);
    for (const seconds of DEADLINES.slice(1)) if (!shown.wasHeld) shown = await by(seconds);
    expect(shown.exit).toBe(5);
    expect(shown.lines).toContainEqual(expect.stringMatching(/^global customers: updates: not started, 3 left/));
    const { outcomes, closing } = ending(shown);
    expect(outcomes).toContain("STOPPED");
    expect(closing).toMatch(/: STOPPED \(deadline\) after /);
  });

  test("refused by its limits", async () => {
    await using world = await startTerminalWorld({ world: limitsWorld() });
    const shown = await world.shown(["run"]);
    expect(shown.exit).toBe(4);
    expect(ending(shown).outcomes).toContain("REFUSED");
    expect(ending(shown).closing).toMatch(/: REFUSED after .* s, before any write\./);
  });

  test("failed: a source that refuses the log-in, and rows that Zendesk does not take", async () => {
    await using world = await startTerminalWorld({ world: smallWorld() });
    const refused = await world.shown(["run"], { env: { SALESFORCE_CLIENT_SECRET: "another" } });
    expect(refused.lines).toContainEqual(expect.stringMatching(/^ {2}✗ gather-accounts: failed/));
    expect(refused.lines.filter((line) => line.includes("✓ gather-accounts"))).toEqual([]);
    expect(ending(refused).closing).toMatch(
      /: FAILED after .* s, before any write: configuration error, see above\. Report: .*report\.html$/,
    );

    world.sandbox.addFault({
      kind: "failed-rows",
      service: "zendesk-global",
      path: "update_many",
      rows: [0],
      times: 9,
    });
    const failed = await world.shown(["run"]);
    expect(failed.exit).toBe(3);
    expect(failed.lines).toContainEqual(expect.stringMatching(/^ {2}✗ global customers: updates: 3, 1 failed/));
    expect(ending(failed).outcomes[0]).toBe("some FAILED");
    expect(ending(failed).closing).toMatch(/: done in .* s, but \d+ records? FAILED: see the results files\./);
  });
});
