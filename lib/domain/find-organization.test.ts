import { describe, expect, test } from "bun:test";
import { findSubject, type Subject } from "./find-organization.ts";

const ID = "0014M00001kAbCdQAK";

function subject(name: string, change: Partial<Subject> = {}): Subject {
  return { salesforceId: null, names: [name], organizations: [], ...change };
}

const people = [
  subject("Example GmbH", { salesforceId: ID, organizations: [{ instance: "global", id: 4711 }] }),
  subject("Example Holding"),
  subject("The Example Company"),
  subject("Ünïcode 123456789", { organizations: [{ instance: "us-government", id: 4711 }] }),
  subject("Acme"),
  subject("ACME "),
  subject("4712"),
];

const names = (asked: string) => {
  const found = findSubject(asked, people);
  if (found.is === "one") return found.subject.names;
  return found.is === "several" ? found.subjects.flatMap((one) => one.names) : [];
};

describe("who is meant", () => {
  test("by Salesforce id: 18 characters, 15, or 18 that lost their case", () => {
    for (const asked of [ID, ID.slice(0, 15), ID.toUpperCase(), ` ${ID} `])
      expect(names(asked)).toEqual(["Example GmbH"]);
    expect(findSubject("0014M00001kAbCeQAK", people)).toMatchObject({ is: "none" });
  });

  test("by Zendesk id: the same number in both instances is two", () => {
    expect(names("4711")).toEqual(["Example GmbH", "Ünïcode 123456789"]);
  });

  test("a number that is no id may be a name", () => {
    expect(names("4712")).toEqual(["4712"]);
  });

  test("by name: exactly in any case, else how it begins, else what it holds", () => {
    expect(names("example gmbh")).toEqual(["Example GmbH"]);
    expect(names("  exAMPle ")).toEqual(["Example GmbH", "Example Holding"]);
    expect(names("company")).toEqual(["The Example Company"]);
    expect(names("acme")).toEqual(["Acme", "ACME "]);
    expect(names("ÜNÏCODE 123456789")).toEqual(["Ünïcode 123456789"]);
  });

  test("many hits: ten are named, the rest counted", () => {
    const many = Array.from({ length: 25 }, (_, index) => subject(`Clone ${String(index).padStart(2, "0")}`));
    const found = findSubject("clone", many);
    expect(found).toMatchObject({ is: "several", more: 15 });
    expect(found.is === "several" && found.subjects.map((one) => one.names[0])).toEqual(
      many.slice(0, 10).map((one) => one.names[0]),
    );
  });

  test("nobody: the nearest names, and none that is far", () => {
    const found = findSubject("Exmaple Gmbh", people);
    expect(found.is === "none" && found.nearest.map((one) => one.names[0])).toEqual(["Example GmbH"]);
    for (const asked of ["", "   ", "zzzzzzzzzzzzz", "x".repeat(3000), "<!channel>"])
      expect(findSubject(asked, people)).toEqual({ is: "none", nearest: [] });
  });
});
