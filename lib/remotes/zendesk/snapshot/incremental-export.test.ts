import { expect, test } from "bun:test";
import type { ZendeskClient } from "../client.ts";
import { ExportBudget, exportOrganizations, exportUsers } from "./incremental-export.ts";

/** An account in which exports never come to an end. */
function endless() {
  const asked: string[] = [];
  const client = {
    instance: "us-government",
    userMarkField: "mark_for_deletion",
    async ask(path: string) {
      asked.push(path);
      const page = asked.length;
      return {
        headers: new Headers(),
        body: { organizations: [], users: [], end_time: page, after_cursor: `c${page}`, end_of_stream: false },
      };
    },
  };
  return { asked, client: client as unknown as ZendeskClient };
}

test("exports of organizations and of users take eight pages together: others share the ten of a minute", async () => {
  const { asked, client } = endless();
  const budget = new ExportBudget();
  const ends = await Promise.all([exportOrganizations(client, 0, budget), exportUsers(client, 0, budget)]);
  expect(asked).toHaveLength(8);
  expect(ends).toEqual([
    { is: "none", why: { code: "snapshot.exports_used_up", params: { list: "organizations" } } },
    { is: "none", why: { code: "snapshot.exports_used_up", params: { list: "users" } } },
  ]);
});
