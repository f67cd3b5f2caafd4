import { describe, expect, test } from "bun:test";
import { HttpResponse } from "msw";
import { optionsOfMsw, zendeskOfMsw } from "../../../test/support/zendesk/zendesk-of-msw.ts";
import { createZendeskReader } from "./read.ts";

const DATED = { created_at: "2026-01-02T00:00:00Z", updated_at: "2026-01-02T00:00:00Z" };

const zendesk = zendeskOfMsw();
const reader = () => createZendeskReader(optionsOfMsw().options);

/** Answers `show_many` with those of the asked ids that each answer, in order, has. */
function shows(...answers: number[][]): void {
  zendesk.answers(({ path }) => {
    const asked = path.split("ids=")[1]?.split(",").map(Number) ?? [];
    const has = answers.shift() ?? [];
    const records = asked
      .filter((id) => has.includes(id))
      .map((id) => ({ id, name: `Number ${id}`, external_id: null, ...DATED, organization_fields: {} }));
    return HttpResponse.json({ organizations: records });
  });
}

const asked = () => zendesk.requests().flatMap(({ path }) => (path.includes("show_many") ? [path] : []));

describe("a record is gone only when Zendesk says so twice", () => {
  test("one that an answer leaves out is asked for once more, alone", async () => {
    shows([1, 3], [2]);
    expect((await reader().organizationsById([1, 2, 3])).map(({ id }) => id)).toEqual([1, 2, 3]);
    expect(asked()).toEqual(["/organizations/show_many?ids=1,2,3", "/organizations/show_many?ids=2"]);
  });

  test("one that is missing from both answers is gone", async () => {
    shows([1, 3], []);
    expect((await reader().organizationsById([1, 2, 3])).map(({ id }) => id)).toEqual([1, 3]);
    expect(asked()).toHaveLength(2);
  });

  test("nothing is asked twice where all are there, nor external ids, of which most are new", async () => {
    shows([1, 2], []);
    await reader().organizationsById([1, 2]);
    await reader().organizationsByExternalId(["0014m00001x0001AAA"]);
    expect(asked()).toHaveLength(2);
  });
});
