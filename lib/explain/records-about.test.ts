import { expect, test } from "bun:test";
import { nameIn, textIn } from "./records-about.ts";

const LINE = JSON.stringify({
  id: 7,
  name: 'The "Best" \\ Łódź',
  organization_fields: { salesforce_id: 'not "an id\\', note: 'has "name":"x" in it' },
});

test("a text is read off a record's line whatever is in it, the record's own name before others", () => {
  expect(nameIn(LINE)).toBe('The "Best" \\ Łódź');
  expect(textIn(LINE, "salesforce_id")).toBe('not "an id\\');
});

test("no text is read where the key is missing, is no text, or the line was cut off", () => {
  expect(textIn(LINE, "external_id")).toBeNull();
  expect(textIn('{"name":null}', "name")).toBeNull();
  expect(textIn('{"name":"cut \\"', "name")).toBeNull();
});
