import { expect, setDefaultTimeout, test } from "bun:test";
import { EXIT } from "../../lib/errors.ts";
import { RUN_TIMEOUT, startWorld } from "./world.ts";

setDefaultTimeout(RUN_TIMEOUT);

/* A run asks for each list once, though several of its stages need it; so that no request is spent twice, they are counted here. */

test("a run lists organizations, users and memberships of us-government once, counts each instance once, and asks for two tokens an instance", async () => {
  await using world = await startWorld();
  const { exit } = await world.run();
  expect(exit).toBe(EXIT.done);
  const asked = (service: string, path: RegExp) =>
    world.sandbox.requests.filter(
      (one) => one.service === service && path.test(`${one.method} ${decodeURIComponent(one.path)}`),
    );
  const firstPage = (list: string) =>
    asked("zendesk-us-government", new RegExp(`GET /api/v2/${list}\\?page\\[size\\]=100$`)).length;
  expect(["organizations", "users", "organization_memberships"].map(firstPage)).toEqual([1, 1, 1]);
  for (const service of ["zendesk-us-government", "zendesk-global"]) {
    expect(asked(service, /POST \/oauth\/tokens/).length).toBe(2);
    // Once for all reading, once more before the first write (S10).
    expect(asked(service, /GET \/api\/v2\/organization_fields\?page\[size\]=100$/).length).toBe(2);
    expect(asked(service, /GET \/api\/v2\/organizations\/count/).length).toBe(1);
  }
  // An answer without rows is asked for once more, right after (S1).
  const contacts = asked("salesforce", /query.*FROM Contact/i)
    .map(({ path }) => path)
    .filter((path, place, all) => path !== all[place - 1]);
  expect(new Set(contacts).size).toBe(contacts.length);
});
