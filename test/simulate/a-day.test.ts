import { expect, test } from "bun:test";
import { join } from "node:path";
import { program } from "../../bin/program.ts";
import { buildWorld } from "../../sandbox/seed/build-world.ts";
import { createSimulation } from "./kernel/simulation.ts";

const HOUR = 3_600_000;
const BEGINNING = Date.UTC(2026, 10, 27, 6);

test("of a day's hourly runs the first and the last list everything, all others what changed (decision 54)", async () => {
  const world = buildWorld({ accounts: 12, seed: 1, today: "2026-11-27", now: new Date(BEGINNING) });
  const simulation = await createSimulation({ seed: 1, startAt: BEGINNING, world });
  try {
    const computer = simulation.computer("alpha");
    computer.disk.write("/home/zdsync/plans.yml", await Bun.file(join(import.meta.dir, "../../plans.yml")).bytes());
    computer.disk.write("/home/zdsync/zdsync.config.yml", world.config);
    const { sandbox, clock } = simulation;
    const hours: string[] = [];
    for (let hour = 0; hour <= 25; hour++) {
      const ofCustomer = sandbox.standing().zendesk.global.organizations.find(({ external_id }) => external_id);
      if (ofCustomer)
        sandbox.editOrganization("global", ofCustomer.id, { organization_fields: { account_owner: "Typed" } });
      await clock.advanceTo(BEGINNING + hour * HOUR);
      const command = ["run", "--instance", "global", "--json", "--allow", "updates=100"];
      const { exit, requests } = await computer.run(({ env }) => program(command, { ...env, PLANS_FILE: "plans.yml" }));
      const exported = requests.some(({ path }) => path.includes("/incremental/organizations"));
      const owners = sandbox
        .standing()
        .zendesk.global.organizations.map((one) => one.organization_fields.account_owner);
      hours.push(
        `${exit}, ${exported ? "what changed" : "everything"}${owners.includes("Typed") ? ", forgotten" : ""}`,
      );
      await clock.advanceTo(BEGINNING + (hour + 0.5) * HOUR);
    }
    const all = { first: "0, everything", other: "0, what changed" };
    expect(hours).toEqual([all.first, ...Array(23).fill(all.other), all.first, all.other]);
  } finally {
    simulation.end();
  }
}, 120_000);
