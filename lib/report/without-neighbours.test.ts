import { expect, test } from "bun:test";
import { withoutNeighbours } from "./report-files.ts";

test("a page that is sent away keeps links to the web and loses those to pages that lie beside it", () => {
  const page = `{"trend":[{"href":"history/a/report.html"},{"href":"../b/report.html"},{"href":"https://gitlab.example/-/jobs/1"},{"href":null}]}`;
  expect(withoutNeighbours(Buffer.from(page)).toString()).toBe(
    `{"trend":[{"href":null},{"href":null},{"href":"https://gitlab.example/-/jobs/1"},{"href":null}]}`,
  );
});
