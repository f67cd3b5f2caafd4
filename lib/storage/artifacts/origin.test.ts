import { describe, expect, test } from "bun:test";
import { reason } from "../../domain/reason.ts";
import { EXIT, exitCodeOf, type RefusedError } from "../../errors.ts";
import { type Manifest, NOTHING_QUARANTINED, type Quarantined, SCHEMA_VERSION } from "./manifest.ts";
import { originOf, quarantinedIn } from "./origin.ts";
import type { Artifact } from "./store.ts";

const DIGEST = "0".repeat(64);

function manifest(parts: Partial<Manifest> = {}): Manifest {
  return {
    stage: "gather-orgs",
    run_id: "run-1",
    schema: SCHEMA_VERSION,
    today: "2026-11-23",
    made_at: "2026-11-23T02:00:00.000Z",
    gathered_at: "2026-11-23T01:00:00.000Z",
    inputs: [],
    count: 0,
    sha256: DIGEST,
    left_alone: NOTHING_QUARANTINED,
    ...parts,
  };
}

function artifact(name: string, of: Manifest | null): Artifact<unknown> {
  return { name, records: [], sha256: DIGEST, manifest: of };
}

function fallback() {
  const warnings: string[] = [];
  const now = new Date("2026-11-24T00:00:00Z");
  return {
    runId: "minted",
    today: "2026-11-24",
    todayIsGiven: false,
    now,
    warn: (one: string) => void warnings.push(one),
    warnings,
  };
}

describe("originOf", () => {
  test("G3: another day than the run's is refused by a later stage, not ignored", () => {
    const asked = { ...fallback(), todayIsGiven: true };
    expect(() => originOf([artifact("a.json", manifest({}))], asked)).toThrow(
      /--today: 2026-11-24 is not the day of this run, 2026-11-23/,
    );
    expect(originOf([artifact("a.json", manifest({}))], { ...asked, today: "2026-11-23" }).today).toBe("2026-11-23");
  });

  test("G3: run and day are those of the inputs; the data are as old as the oldest of them", () => {
    const inputs = [
      artifact("a.json", manifest({ gathered_at: "2026-11-23T01:30:00.000Z" })),
      artifact("b.json", manifest({ gathered_at: "2026-11-23T01:10:00.000Z" })),
    ];
    const asked = fallback();
    expect(originOf(inputs, asked)).toEqual({
      run_id: "run-1",
      today: "2026-11-23",
      gathered_at: "2026-11-23T01:10:00.000Z",
      inputs: [
        { name: "a.json", sha256: DIGEST },
        { name: "b.json", sha256: DIGEST },
      ],
    });
    expect(asked.warnings).toEqual([]);
  });

  test.each<[string, Partial<Manifest>]>([
    ["another run", { run_id: "run-2" }],
    ["another day", { today: "2026-11-22" }],
  ])("S3: inputs of %s are refused with exit 4, both named", (_, other) => {
    const inputs = [artifact("a.json", manifest()), artifact("b.json", manifest(other))];
    let error: unknown;
    try {
      originOf(inputs, fallback());
    } catch (reason) {
      error = reason;
    }
    expect(exitCodeOf(error)).toBe(EXIT.refused);
    const { run_id, today } = manifest(other);
    expect((error as RefusedError).reasons).toEqual([
      run_id === "run-1"
        ? reason("inputs.of_different_days", {
            file: "b.json",
            today,
            other_file: "a.json",
            other_today: "2026-11-23",
          })
        : reason("inputs.of_different_runs", {
            file: "b.json",
            run_id,
            other_file: "a.json",
            other_run_id: "run-1",
          }),
    ]);
  });

  test("an input without manifest is accepted with a warning that names it, and takes part in no check", () => {
    const asked = fallback();
    const origin = originOf([artifact("by-hand.json", null), artifact("a.json", manifest())], asked);
    expect(origin.run_id).toBe("run-1");
    expect(origin.inputs.map(({ name }) => name)).toEqual(["by-hand.json", "a.json"]);
    expect(asked.warnings).toEqual([expect.stringContaining("by-hand.json has no manifest")]);
  });

  test("without any manifest, the run is the stage's own", () => {
    expect(originOf([artifact("by-hand.json", null)], fallback())).toMatchObject({
      run_id: "minted",
      today: "2026-11-24",
      gathered_at: "2026-11-24T00:00:00.000Z",
    });
  });
});

test("quarantinedIn: everything any input quarantined, each account once, sorted", () => {
  const of = (left_alone: Quarantined) => artifact("a.json", manifest({ left_alone }));
  expect(
    quarantinedIn([
      of({ accounts: ["B", "A"], unidentified: 1 }),
      null,
      artifact("c", null),
      of({ accounts: ["A"], unidentified: 2 }),
    ]),
  ).toEqual({ accounts: ["A", "B"], unidentified: 3 });
  expect(quarantinedIn([])).toEqual(NOTHING_QUARANTINED);
});
