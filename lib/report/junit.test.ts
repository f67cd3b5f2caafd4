import { describe, expect, test } from "bun:test";
import { reason } from "../domain/reason.ts";
import type { ComparisonReport } from "../pipeline/stage.ts";
import type { Result } from "../storage/artifacts/results.ts";
import { renderJunit } from "./junit.ts";

const COMPARISON: ComparisonReport = {
  name: "global",
  digest: "d",
  existing: 100,
  planned: { creates: 1, updates: 2, marks: 0, contacts: 0 },
  measures: [
    { effect: "creates", count: 1, of: 100, limit: 500, limitText: "500", exceeded: false },
    { effect: "marks", count: 7, of: 100, limit: 5, limitText: "5% (5)", exceeded: true },
  ],
};

function result(changes: Partial<Result>): Result {
  return {
    effect: "update",
    salesforce_id: "0014M00001kAbCdQAK",
    id: 5,
    outcome: "applied",
    reason: null,
    before: {},
    after: { email: "sue@example.com", name: "Sue" },
    ...changes,
  };
}

describe("JUnit", () => {
  const text = renderJunit(COMPARISON, [
    result({}),
    result({ id: 6 }),
    result({ outcome: "failed", reason: reason("legacy.text", { text: 'did not stick: <a> & "b"\ud800' }) }),
    result({ effect: "create", id: null, outcome: "skipped", reason: reason("run.stopped", { cause: "SIGTERM" }) }),
  ]);

  test("a case for each limit and each group, counted", () => {
    expect(text).toContain('<testsuite name="zdsync Customers, global" tests="5" failures="2" skipped="1">');
    expect(text).toContain('name="limit of creates: 1, allowed 500"/>');
    expect(text).toContain('name="limit of marks: 7, allowed 5% (5)"><failure message="Too many marks: 7 of');
    expect(text).toContain('name="update applied (2)"/>');
    expect(text).toContain(
      'name="create skipped: The record was not attempted: zdsync was stopped (SIGTERM). (1)"><skipped message="skipped: The record was not attempted: zdsync was stopped (SIGTERM).">account 0014M00001kAbCdQAK<',
    );
  });

  test("what is more than was confirmed is a failure with both numbers", () => {
    const more = reason("count.unconfirmed", { comparison: "global", effect: "updates", count: 13, confirmed: 12 });
    const refused = { ...COMPARISON, refused: [more] };
    expect(renderJunit(refused, [])).toContain(
      'name="confirmed updates: 12"><failure message="&quot;Customers, global&quot; now has 13 updates, and only 12 were confirmed.',
    );
  });

  test("text from outside stays text, and XML stays XML", () => {
    expect(text).toContain("did not stick: &lt;a&gt; &amp; &quot;b&quot;\ufffd. (1)");
    expect(text).not.toContain("\u0000");
    expect(text.isWellFormed()).toBeTrue();
  });

  test("records are named by id, never by name or address; of many, twenty are", () => {
    expect(text).not.toContain("sue");
    expect(text).not.toContain("Sue");
    const many = renderJunit(
      COMPARISON,
      Array.from({ length: 23 }, (_, id) => result({ id, outcome: "failed", reason: reason("write.not_sent") })),
    );
    expect(many.match(/account 0014/g)).toHaveLength(20);
    expect(many).toContain("… and 3 more in the results file");
  });
});
