import { describe, expect, test } from "bun:test";
import { reason } from "../../domain/reason.ts";
import { CredentialError, RemoteError, StoppedError } from "../../errors.ts";
import { AmbiguousWriteError, HttpError } from "../http/http-error.ts";
import { requestOutcome, rowOutcomes, type SentRow } from "./row-outcome.ts";

const one = (result: unknown, sent: SentRow = {}) => rowOutcomes({ is: "completed", results: [result] }, [sent])[0];

describe("S6: rows of a job, in every shape that was recorded", () => {
  for (const [name, result, sent] of [
    ["organizations created", { status: "Created", id: 7 }, { external_id: "0014M00001x0001AAA" }],
    ["organizations updated", { action: "update", id: 7, status: "Updated", success: true }, { id: 7 }],
    ["users created", { id: 7, status: "Created", email: "a@example.com" }, { email: "A@example.com" }],
    ["memberships", { action: "create", id: 7, status: "Created", success: true }, {}],
    ["the oldest form", { id: 7, title: "x", errors: "", success: true }, {}],
  ] as const) {
    test(`${name}: applied`, () => expect(one(result, sent)).toEqual({ is: "applied", id: 7 }));
  }

  for (const [name, result, taken] of [
    [
      "a name, as recorded",
      { index: 0, error: "OrganizationUpdateFailed", id: 7, details: "Name:  foo has already been taken" },
      "name",
    ],
    ["an external id", { index: 0, error: "E", details: "External has already been taken" }, "external_id"],
    ["an address", { index: 0, error: "E", details: "Email: a@b.c is already being used by another user" }, "email"],
    ["tokens in details", { index: 0, error: "E", details: { name: [{ error: "DuplicateValue" }] } }, "name"],
  ] as const) {
    test(`refused for ${name}`, () => expect(one(result, { id: 7 })).toMatchObject({ is: "refused", taken }));
  }

  test("a localized refusal is refused all the same, but nobody knows for what", () => {
    const outcome = one({
      index: 0,
      error: "OrganizationUpdateFailed",
      id: 7,
      details: "Nombre:  Secret GmbH ya existe",
    });
    expect(outcome).toEqual({
      is: "refused",
      reason: reason("write.refused", {
        service: "Zendesk",
        refusal: "OrganizationUpdateFailed",
        fields: [],
        taken: "",
      }),
    });
  });

  test("a name that reads like another refusal does not mislead", () => {
    expect(one({ index: 0, error: "E", details: "Level: name: is taken from the list" })).not.toHaveProperty("taken");
  });

  for (const result of [{ success: false }, { status: "Failed", id: 7 }, { errors: "Boom: Secret GmbH", id: 7 }]) {
    test(`${JSON.stringify(result)}: refused, without a text of Zendesk's`, () => {
      const outcome = one(result);
      expect(outcome).toMatchObject({ is: "refused" });
      expect(JSON.stringify(outcome)).not.toContain("Secret");
    });
  }

  test("collisions in the database are transient; time-outs say nothing", () => {
    expect(one({ index: 0, error: "DatabaseConflict" })).toMatchObject({ is: "transient" });
    expect(one({ index: 0, error: "DatabaseDeadlock" })).toMatchObject({ is: "transient" });
    expect(one({ index: 0, error: "DatabaseTimeout" })).toMatchObject({ is: "unknown" });
    expect(one({ index: 0, error: "InternalError" })).toMatchObject({ is: "unknown" });
  });

  for (const [name, result, sent] of [
    ["another id", { id: 8, success: true }, { id: 7 }],
    ["another position", { index: 3, error: "OrganizationUpdateFailed" }, {}],
    ["another external id", { id: 8, external_id: "other" }, { external_id: "0014M00001x0001AAA" }],
    ["no id", { status: "Created" }, {}],
    ["no object", null, {}],
  ] as const) {
    test(`${name}: unknown`, () => expect(one(result, sent)).toMatchObject({ is: "unknown" }));
  }

  test("a result too few: nothing is known about any row", () => {
    const outcomes = rowOutcomes({ is: "completed", results: [{ id: 1, status: "Created" }] }, [{}, {}]);
    expect(outcomes.map(({ is }) => is)).toEqual(["unknown", "unknown"]);
  });
});

describe("failed requests", () => {
  const refusal = (status: number, body: unknown = {}, isPassing = false) =>
    new HttpError("refused", status, body, isPassing, { service: "Zendesk", status });

  test("may have been done: unknown; certainly not done: transient", () => {
    expect(requestOutcome(new AmbiguousWriteError("cut"))).toMatchObject({ is: "unknown" });
    expect(requestOutcome(refusal(429, {}, true))).toMatchObject({ is: "transient" });
    expect(requestOutcome(new RemoteError("nobody answers"))).toMatchObject({ is: "transient" });
    expect(requestOutcome(new StoppedError("stopped"))).toMatchObject({ is: "transient" });
  });

  test("refused, with the fields in question and without their texts", () => {
    const details = { level: [{ description: "Level: Secret", error: "InvalidValue" }] };
    const outcome = requestOutcome(refusal(422, { error: "RecordInvalid", details }));
    expect(outcome).toEqual({
      is: "refused",
      reason: reason("write.refused", {
        service: "Zendesk",
        refusal: "RecordInvalid",
        fields: ["level"],
        taken: "",
      }),
    });
  });

  test("what concerns every row is thrown", () => {
    for (const error of [refusal(401), refusal(403), new CredentialError("no scope"), new TypeError("our fault")])
      expect(() => requestOutcome(error)).toThrow(error.message);
  });

  test("a body is not among what an error prints", () => {
    expect(Bun.inspect(refusal(422, { error: "Secret GmbH" }))).not.toContain("Secret");
  });
});
