import { expect, test } from "bun:test";
import { pages } from "./pages.ts";

/** Written for those who work on zdsync: they have the specification. */
const FOR_ENGINEERS =
  /^(?:docs\/(?:decisions\/|simulation\.md|life-of-an-account\.md|benchmarks\.md)|CONTRIBUTING\.md|CHANGELOG\.md|sandbox\/)/;

test("pages for those who run zdsync send nobody to a rule's number: no report and no message has them", async () => {
  const numbered = (await pages())
    .filter(({ name }) => !FOR_ENGINEERS.test(name))
    .flatMap(({ name, text }) =>
      (text.match(/(?<![\w.-])[ACEGOPSUY]\d{1,2}(?![\w-])/g) ?? []).map((rule) => `${name}: ${rule}`),
    );
  expect(numbered).toEqual([]);
});
