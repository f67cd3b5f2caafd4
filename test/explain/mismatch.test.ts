import { expect, setDefaultTimeout, test } from "bun:test";
import { RUN_TIMEOUT } from "../pipeline/world.ts";
import { mismatchDoc } from "./mismatch-doc.ts";

setDefaultTimeout(RUN_TIMEOUT);

/** Line breaks fall where ids are longer. */
const words = (text: string) => text.split(/\s+/);

test("docs/mismatch.md shows what explain really says", async () => {
  expect(words(await Bun.file("docs/mismatch.md").text())).toEqual(words(await mismatchDoc()));
});
