import { expect, test } from "bun:test";
import { exchange } from "./server/serve.ts";
import { createSandbox } from "./services.ts";

function sandbox(now = () => new Date("2026-11-27T09:00:00Z")) {
  const urls = { salesforce: "", global: "https://global.example", "us-government": "", gitlab: "", slack: "" };
  const { apps, controls } = createSandbox({ accounts: 20, now }, urls);
  const running = controls();
  const { email, token } = running.apiTokens.global;
  const authorization = `Basic ${Buffer.from(`${email}/token:${token}`).toString("base64")}`;
  const zendesk = (path: string, init: RequestInit = {}) =>
    exchange(
      apps.global,
      new Request(`${urls.global}/api/v2/${path}`, {
        ...init,
        headers: { authorization, "content-type": "application/json" },
      }),
    );
  return { running, zendesk };
}

test("the journal tells every change of a record, and whether a client or a person made it", async () => {
  const { running, zendesk } = sandbox();
  const id = running.standing().zendesk.global.organizations[0]?.id ?? 0;
  running.editOrganization("global", id, { organization_fields: { ignore_deletion: true } });
  const body = JSON.stringify({ organization: { name: "Renamed" } });
  await zendesk(`organizations/${id}`, { method: "PUT", body });
  const user = running.addUser("global", { name: "Ann", email: "ann@new.example", organization_id: id });
  running.deleteUser("global", user);
  expect(running.journal.map(({ kind, by, requests }) => [kind, by, requests])).toEqual([
    ["organization", "person", 0],
    ["organization", "client", 0],
    ["user", "person", 1],
    ["user", "person", 1],
    ["user", "person", 1],
    ["user", "person", 1],
  ]);
  expect(running.journal[1]).toMatchObject({ id, after: { name: "Renamed" } });
  expect(running.journal[3]).toMatchObject({ id: user, after: { email: "ann@new.example", organization_ids: [id] } });
  expect(running.journal.at(-1)).toMatchObject({ id: user, after: null });
});

test("the journal tells of a row of a job when it was done and when the job was ordered", async () => {
  let now = Date.parse("2026-11-27T09:00:00Z");
  const { running, zendesk } = sandbox(() => new Date(now));
  const id = running.standing().zendesk.global.organizations[0]?.id ?? 0;
  await zendesk("organizations/count");
  const body = JSON.stringify({ organizations: [{ id, name: "Renamed" }] });
  await zendesk("organizations/update_many", { method: "PUT", body });
  await zendesk("organizations/count");
  now += 60_000;
  running.standing();
  const renamed = running.journal.map(({ id: of, ordered, requests }) => ({ id: of, ordered, requests }));
  expect(renamed).toEqual([{ id, ordered: 1, requests: 3 }]);
});

test("what stands now has the form of the start: an account deleted and restored has everything it had", () => {
  const { running } = sandbox();
  const before = running.standing();
  expect(before.zendesk["us-government"].users).toEqual(running.world.zendesk["us-government"].users);
  const id = String(before.salesforce.Zuora__Subscription__c[0]?.Zuora__Account__c);
  running.deleteSalesforce("Account", id);
  const without = running.standing();
  expect(without.salesforce.Zuora__Subscription__c.some((one) => one.Zuora__Account__c === id)).toBe(false);
  expect(without.deletedAccounts).toMatchObject([{ Id: id, IsDeleted: true, MasterRecordId: null }]);
  running.restoreSalesforce(id);
  const idsOf = (world: typeof before) =>
    Object.values(world.salesforce).map((records) => records.map((record) => record.Id).sort());
  expect(idsOf(running.standing())).toEqual(idsOf(before));
  expect(running.standing().deletedAccounts).toEqual([]);
});

test("whoever watches sees every request, and the first verdict counts", async () => {
  const { running, zendesk } = sandbox();
  const seen: string[] = [];
  const end = running.watchRequests(({ path }, phase) => {
    seen.push(`${phase} ${path}`);
    return phase === "before" ? { kind: "500" } : undefined;
  });
  const answered = await zendesk("organizations/count");
  expect(answered).toMatchObject({ fault: { kind: "500" } });
  end();
  await zendesk("organizations/count");
  const path = "/api/v2/organizations/count";
  expect(seen).toEqual([`before ${path}`, `committed ${path}`, `answered ${path}`]);
});
