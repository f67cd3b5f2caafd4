import { expect, test } from "bun:test";
import { startedBy } from "./started-by.ts";

test("who started a run is a person where something says so, else the process, as the list of runs tells it", () => {
  expect(startedBy({ USER: "alice" })).toStartWith("alice on ");
  expect(startedBy({})).toEndWith(` (process ${process.pid})`);
});
