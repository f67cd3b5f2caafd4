import { expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { desiredOrganization, organization } from "../../test/support/domain/in-sync-world.ts";
import { account, TODAY } from "../../test/support/domain/process-examples.ts";
import { toId18 } from "../domain/salesforce-id.ts";
import type { Maker } from "../storage/artifacts/manifest.ts";
import { ArtifactStore } from "../storage/artifacts/store.ts";
import { auditOfRun } from "./audit-of-run.ts";

const RUN = { run_id: "run-1", today: TODAY, instances: ["global"] as const };
const MAKER: Maker = {
  stage: "gather-accounts",
  origin: { run_id: RUN.run_id, today: TODAY, gathered_at: `${TODAY}T06:00:00.000Z`, inputs: [] },
  madeAt: new Date(`${TODAY}T06:00:00Z`),
};
/** `accountId`, of more than three digits. */
const idOf = (n: number) => {
  const id = toId18(`0014M0000${String(n).padStart(5, "0")}Q`);
  if (id === null) throw new Error("no id");
  return id;
};
const range = (count: number) => Array.from({ length: count }, (_, n) => n + 1);

test("a page has all findings with their counts and the first 20 examples, also of a run of more than 20,000 accounts", async () => {
  const folder = await mkdtemp(join(tmpdir(), "zdsync-audit-"));
  try {
    const store = new ArtifactStore(folder);
    const accounts = range(20_001).map((n) => account({ salesforce_id: idOf(n), name: `Customer ${n}` }));
    await store.write("salesforce_accounts.json", accounts, MAKER);
    const organizations = range(30).map((n) => {
      const one = organization(n, desiredOrganization(n));
      const organization_fields = { ...one.organization_fields, salesforce_id: idOf(n) };
      return { ...one, external_id: null, organization_fields };
    });
    await store.write("zendesk_global.json", organizations, MAKER);
    for (const read of [store, new ArtifactStore(folder)]) {
      const audited = await auditOfRun(read, RUN);
      for (const lines of [audited?.names, audited?.ids_only]) {
        expect(lines?.map(({ code, count, examples }) => [code, count, examples.length])).toEqual([
          ["audit.external_id_missing", 30, 20],
        ]);
        expect(lines?.[0]?.examples[0]).toBe(`Customer 1 · ${idOf(1)} · organization 1`);
      }
    }
    expect(await auditOfRun(store, { ...RUN, run_id: "run-2" })).toBeNull();
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
