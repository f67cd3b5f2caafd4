import { expect, setDefaultTimeout, test } from "bun:test";
import { EXIT } from "../../lib/errors.ts";
import { RUN_TIMEOUT, startWorld } from "./world.ts";

setDefaultTimeout(RUN_TIMEOUT);

/* A run asks for each list once, though several of its stages need it; so that no request is spent twice, they are counted here. */

test("a run lists users and memberships of us-government once, organizations before and after sync, and asks for two tokens an instance", async () => {
  await using world = await startWorld();
  const { exit } = await world.run();
  expect(exit).toBe(EXIT.done);
  const asked = (service: string, path: RegExp) =>
    world.sandbox.requests.filter(
      (one) => one.service === service && path.test(`${one.method} ${decodeURIComponent(one.path)}`),
    );
  const firstPage = (list: string) =>
    asked("zendesk-us-government", new RegExp(`GET /api/v2/${list}\\?page\\[size\\]=100$`)).length;
  // Once before anything is written and once after (U1).
  expect(firstPage("organizations")).toBe(2);
  expect([firstPage("users"), firstPage("organization_memberships")]).toEqual([1, 1]);
  for (const service of ["zendesk-us-government", "zendesk-global"]) {
    expect(asked(service, /POST \/oauth\/tokens/).length).toBe(2);
    // Once for all reading, once more before the first write (S10).
    expect(asked(service, /GET \/api\/v2\/organization_fields\?page\[size\]=100$/).length).toBe(2);
    // Each list proves itself by one; one more holds what sync was given against it.
    expect(asked(service, /GET \/api\/v2\/organizations\/count/).length).toBeLessThanOrEqual(3);
  }
  const contacts = asked("salesforce", /query.*FROM Contact/i).map(({ path }) => path);
  expect(new Set(contacts).size).toBe(contacts.length);
});
