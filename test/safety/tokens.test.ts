import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { runtimeSecrets } from "../../lib/settings/runtime-secrets.ts";
import type { RunningSandbox } from "../../sandbox/start.ts";
import { RUN_TIMEOUT, startWorld, stateOf, type TestWorld } from "../pipeline/world.ts";
import { isWrite, startChildWorld } from "./child-run.ts";
import { startSearchedWorld } from "./searched-world.ts";
import { smallWorld } from "./small-world.ts";

setDefaultTimeout(RUN_TIMEOUT);

const INSTANCES = ["global", "us-government"] as const;
const REVOCATION = "/oauth/tokens/\\d";

/** Scopes of what an instance would still take, each once. */
function stillTaken(sandbox: RunningSandbox): string[] {
  return [...new Set(INSTANCES.flatMap((instance) => sandbox.validTokens(instance).map((one) => one.join(" "))))];
}

function revoked(sandbox: RunningSandbox): string[] {
  return sandbox.requests
    .filter(({ method, path }) => method === "DELETE" && path.includes("/oauth/"))
    .map(({ service, path, status }) => `${service} ${path.replace(/\d+/g, "N")} ${status}`)
    .sort();
}

const ONE_EACH = INSTANCES.map((instance) => `zendesk-${instance} /api/vN/oauth/tokens/N.json 204`);

describe("B7: what could write is revoked at the end", () => {
  test("after a run no token of it that can write is taken any more, by id; read tokens run out", async () => {
    await using world = await startWorld({ world: smallWorld() });
    expect((await world.run()).exit).toBe(0);
    expect(stillTaken(world.sandbox)).toEqual(["read"]);
    expect(revoked(world.sandbox)).toEqual(ONE_EACH);
  });

  test.each(["preview", "dry run", "gather-orgs"])("%s asks for nothing but the scope read", async (what) => {
    await using world = await startWorld({ world: smallWorld() });
    if (what === "preview") await world.preview();
    else if (what === "dry run") await world.run({ "dry-run": "true" });
    else await world.stage("gather-orgs", { instance: "global" });
    expect(stillTaken(world.sandbox)).toEqual(["read"]);
    expect(revoked(world.sandbox)).toEqual([]);
  });

  test("a stage of its own, and doctor, leave none behind", async () => {
    await using world = await startSearchedWorld();
    await world.doctor();
    expect(stillTaken(world.sandbox)).toEqual(["read"]);
    for (const name of ["gather-accounts", "gather-orgs", "process", "compare", "sync"] as const)
      await world.stage(name, name === "gather-accounts" || name === "process" ? {} : { instance: "global" });
    expect(stillTaken(world.sandbox)).toEqual(["read"]);
  });

  test("a run that fails after it began to write", async () => {
    await using world = await startWorld({ world: smallWorld() });
    world.sandbox.addFault({ kind: "500", service: "zendesk-global", method: "PUT", times: 1_000 });
    await world.run();
    expect(revoked(world.sandbox)).toEqual(ONE_EACH);
    expect(stillTaken(world.sandbox)).toEqual(["read"]);
  });

  test("a run that SIGTERM stops still tries", async () => {
    let asked = false;
    await using world = await startChildWorld({
      world: smallWorld(),
      onRequest: async (request, phase) => {
        if (asked || phase !== "before" || !isWrite(request)) return undefined;
        asked = true;
        child.kill("SIGTERM");
        await child.said("SIGTERM: finishing");
        return undefined;
      },
    });
    const child = world.start("data");
    expect(await child.ended).toBe(5);
    expect(stillTaken(world.sandbox)).toEqual(["read"]);
  });
});

describe("B7: never at the price of a failed run", () => {
  const warnings = (world: TestWorld) => world.printed().match(/warning: .*could not be revoked.*/g) ?? [];

  test("a refusal to revoke is one warning for each instance, which says when the token ends", async () => {
    await using world = await startWorld({ world: smallWorld() });
    world.sandbox.addFault({ kind: "404", method: "DELETE", path: REVOCATION, times: 100 });
    expect((await world.run()).exit).toBe(0);
    expect(warnings(world)).toHaveLength(2);
    expect(warnings(world)[0]).toMatch(/It expires in \d+ minutes\.$/);
  });

  test("a Zendesk that does not tell a token's id is asked a second time at most", async () => {
    await using world = await startWorld({ world: smallWorld() });
    world.sandbox.addFault({ kind: "502-html", path: "/oauth/tokens/current", times: 100 });
    expect((await world.run()).exit).toBe(0);
    expect(warnings(world)).toHaveLength(2);
    expect(world.sandbox.requests.filter(({ path }) => path.includes("tokens/current"))).toHaveLength(4);
  });

  test("a token that ended in mid-run is renewed: readers and writers go on, nothing is written twice", async () => {
    await using reference = await startWorld({ world: smallWorld() });
    await reference.run();
    for (const path of ["organizations\\?page", "organizations/create_many", "users/create_many", "job_statuses"]) {
      await using world = await startWorld({ world: smallWorld() });
      world.sandbox.addFault({ kind: "401", service: "zendesk-global", path });
      world.sandbox.addFault({ kind: "401", service: "zendesk-us-government", path });
      expect({ path, exit: (await world.run()).exit }).toEqual({ path, exit: 0 });
      expect(stateOf(world.sandbox)).toEqual(stateOf(reference.sandbox));
      expect(stillTaken(world.sandbox).filter((scopes) => scopes.includes("write"))).toEqual([]);
    }
  });
});

test("B6: tokens that were obtained at run time are blotted out of what is printed, like configured ones", async () => {
  await using world = await startWorld({ world: smallWorld() });
  await world.run();
  const configured = new Set(Object.values(world.sandbox.env));
  const obtained = world.sandbox.secrets.filter((one) => !configured.has(one) && /^(?:[0-9a-f]{64}|00D)/.test(one));
  expect(obtained.length).toBeGreaterThanOrEqual(5);
  expect(obtained.filter((one) => !runtimeSecrets().includes(one))).toEqual([]);
});
