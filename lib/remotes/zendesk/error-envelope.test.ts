import { describe, expect, test } from "bun:test";
import { readErrorEnvelope } from "./error-envelope.ts";

const DUPLICATE = [{ description: "Nombre: Secret GmbH ya existe", error: "DuplicateValue" }];

describe("Zendesk's error bodies", () => {
  for (const [name, body, code] of [
    ["a code with a description", { error: "RecordNotFound", description: "Not found" }, "RecordNotFound"],
    ["an object", { error: { title: "Invalid attribute", message: "user.tags: Secret" } }, "Invalid attribute"],
    ["an object with one word", { error: { title: "Forbidden", message: "…" } }, "Forbidden"],
    ["a list", { errors: [{ code: "InvalidPaginationDepth", title: "…", detail: "…" }] }, "InvalidPaginationDepth"],
    ["a bare sentence", { error: "Couldn't authenticate you" }, null],
    ["no JSON at all", undefined, null],
    ["JSON that is no object", ["what"], null],
    ["a code that is none", { error: "Name:  Secret GmbH has already been taken" }, null],
  ] as const) {
    test(name, () => expect(readErrorEnvelope(body).code).toBe(code));
  }

  test("fields with errors, and those whose value is taken, whatever the language", () => {
    const body = {
      error: "RecordInvalid",
      description: "…",
      details: { name: DUPLICATE, base: [{ description: "…" }], odd: "text" },
    };
    expect(readErrorEnvelope(body)).toEqual({
      code: "RecordInvalid",
      duplicates: ["name"],
      invalid: ["name", "base", "odd"],
    });
  });
});
