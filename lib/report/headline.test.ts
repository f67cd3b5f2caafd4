import { describe, expect, test } from "bun:test";
import { reported, reportSource } from "../../test/support/report/report-world.ts";
import { reason } from "../domain/reason.ts";
import type { ExitCode } from "../errors.ts";
import { headline } from "./headline.ts";
import type { ReportHead } from "./model.ts";
import { reportModel } from "./report-model.ts";

function headlineOf(about: Partial<ReportHead>): string {
  const source = reportSource({ comparisons: [reported()] });
  return headline(reportModel({ ...source, about: { ...source.about, ...about } }));
}

describe("the headline", () => {
  test("of a preview says what a run would do, of an undo's what the undo would", () => {
    expect(headlineOf({ kind: "preview" })).toBe(
      "Preview: nothing written; a run would create 1, update 1, mark 1, add 2 contacts",
    );
    expect(headlineOf({ kind: "undo" })).toStartWith("Undo: nothing written; the undo would create 1");
  });

  test("of a run that was refused as a whole says so, and not that it failed", () => {
    const differs = reason("digest.run_unexpected", { digest: "abc", expected: ["def"], differ: ["global"] });
    const text = headlineOf({ exit: 4 as ExitCode, failures: [{ where: "the run", reason: differs }] });
    expect(text).toBe("Refused: not what was reviewed");
  });

  test("of a run that was stopped while it still read counts nothing", () => {
    const { about } = reportSource({ comparisons: [] });
    const model = reportModel(reportSource({ comparisons: [], about: { ...about, exit: 5 as ExitCode } }));
    expect(headline(model)).toBe("Stopped before anything was compared");
  });

  test("stays a sentence, whatever is wrong: the page tells all of it below", () => {
    const where = ["A", "B", "C"].map((name) => `ZENDESK_${name}_URL`);
    const wrong = reason("settings.wrong", { where, what: where.map((name) => `is not set. Check the ${name}`) });
    expect(headlineOf({ exit: 2 as ExitCode, failures: [{ where: "the run", reason: wrong }] })).toBe(
      "Failed: configuration error",
    );
    const short = reason("remote.failed", { service: "Zendesk", status: 503, message: "Zendesk answered 503." });
    expect(headlineOf({ exit: 1 as ExitCode, failures: [{ where: "gather-orgs global", reason: short }] })).toBe(
      "Failed: gather-orgs global: Zendesk answered 503",
    );
  });
});
