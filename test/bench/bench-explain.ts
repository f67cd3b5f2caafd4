import { mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { processArtifacts } from "../../actions/process/process.ts";
import type { Account } from "../../lib/domain/account.ts";
import { DEFAULT_CONFIG } from "../../lib/domain/config.ts";
import type { Organization } from "../../lib/domain/organization.ts";
import { toId18 } from "../../lib/domain/salesforce-id.ts";
import { keepEvidence } from "../../lib/explain/kept-evidence.ts";
import { openLatestRun } from "../../lib/explain/run-material.ts";
import type { StageContext } from "../../lib/pipeline/stage.ts";
import { ArtifactStore } from "../../lib/storage/artifacts/store.ts";
import { keepRules } from "../../lib/storage/kept-rules.ts";
import { account } from "../support/domain/process-examples.ts";
import { machine, measured, measuredCommand, told } from "./measured.ts";

/**
 * How long `zdsync explain` takes among many accounts, each a program of its own, and what a run pays for it beside `process`
 * (docs/benchmarks.md): `bun run bench:explain [ACCOUNTS]`. Exits 1 where it pays more than 8 % of `process`, which is less than 5 % of
 * `process` and the report of a run together, or an answer takes longer than 3 s.
 */

const COUNT = Number(process.argv[2] ?? 100_000);
/** One account in so many is changed by the run: an ordinary hour changes fewer. */
const CHANGED = 100;
const MOST = { share: 0.08, seconds: 3 } as const;
const TODAY = "2026-11-27";
const PLANS = await Bun.file(join(import.meta.dir, "../../plans.yml")).text();

const folder = await mkdtemp(join(tmpdir(), "zdsync-bench-explain-"));
try {
  const store = new ArtifactStore(folder);
  const origin = { run_id: "bench", today: TODAY, gathered_at: `${TODAY}T10:00:00.000Z`, inputs: [] };
  const maker = { stage: "bench", origin, madeAt: new Date(origin.gathered_at) };
  const ids = Array.from(
    { length: COUNT },
    (_, index) => toId18(`0014M000${index.toString(36).padStart(7, "0")}`) ?? "",
  );
  await store.write("salesforce_accounts.json", ids.map(accountOf), maker);
  await store.write("partner_accounts.json", [], maker);
  await store.write("zendesk_global.json", ids.map(organizationOf), maker);
  await store.write("zendesk_usgov.json", [], maker);
  const context = {
    store,
    config: DEFAULT_CONFIG,
    clock: () => new Date(),
    warn: () => {},
    today: TODAY,
    todayIsGiven: false,
    runId: "bench",
    remotes: { plansText: async () => ({ text: PLANS, name: "plans.yml" }), overridesText: async () => null },
  } as unknown as StageContext;
  const processing = await measured(() => processArtifacts(["global", "us-government"], context));
  const rules = await measured(() => keepRules(folder, { plans: PLANS, overrides: null, config: DEFAULT_CONFIG }));
  const changed = ids.filter((_, index) => index % CHANGED === 0);
  await new ArtifactStore(folder, "history", "bench").writeRecords(
    "global_results.json",
    changed.map((salesforce_id, index) => ({
      effect: "update" as const,
      salesforce_id,
      id: 19_000_000_000_000 + index * CHANGED,
      outcome: "applied" as const,
      reason: null,
      before: { organization_fields: { account_owner: "Somebody" } },
      after: { organization_fields: { account_owner: "Somebody Else" } },
    })) as never[],
  );
  const opened = await openLatestRun(store, {});
  const { run } = opened.about;
  let bytes = 0;
  const keeping = await measured(async () => {
    const { run_id, today, gathered_at, unidentified } = run;
    bytes = await keepEvidence(store, opened.files, {
      run_id,
      today,
      gathered_at,
      unidentified,
      missing: [],
      left_alone: [],
    });
  });
  const size = (await stat(store.path("salesforce_accounts.json"))).size;
  const id = ids[Math.floor(COUNT / 2)] ?? "";
  const asked = {
    "by id": id,
    "by name": `Customer ${COUNT / 2} Inc`,
    "by address": `person${COUNT / 2}@customer.example`,
    nobody: "Custmer 12 Ink",
  };
  console.log(`${COUNT} accounts, salesforce_accounts.json ${(size / 1e6).toFixed(0)} MB; ${machine()}`);
  console.log(`process: ${told(processing)}`);
  console.log(`rules kept: ${told(rules)}`);
  console.log(`evidence of ${changed.length} accounts, ${(bytes / 1e6).toFixed(2)} MB: ${told(keeping)}`);
  const share = (rules.processor + keeping.processor) / processing.processor;
  console.log(`explaining when nobody asks: ${(share * 100).toFixed(1)} % of the processor time of process`);
  if (share > MOST.share) process.exitCode = 1;
  for (const [how, what] of Object.entries(asked)) {
    const answer = await measuredCommand(["explain", what, "--json", "--data-dir", folder], [0, 2, 3]);
    console.log(`explain ${how}: ${told(answer)}`);
    if (answer.seconds > MOST.seconds) process.exitCode = 1;
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}

function accountOf(id: string, index: number): Account {
  const dates = { start_date: "2026-01-01", end_date: index % 10 === 0 ? "2026-10-01" : "2027-06-30" };
  const subs = [0, 1].map((one) => ({
    id: `a0S${one}${index.toString(36).padStart(11, "0")}`,
    name: `A-S000${index}${one}`,
    subscription_id: null,
    status: "Active",
    sold_to_email: `person${index}@customer.example`,
    ...dates,
  }));
  const charges = [0, 1, 2, 3].map((one) => ({
    id: `a0C${one}${index.toString(36).padStart(11, "0")}`,
    name: `C-${index}${one}`,
    charge_name: one === 3 ? "SaaS - Ultimate - 1 Year" : "SaaS - Premium - 1 Year",
    subscription_id: subs[one % 2]?.id ?? null,
    quantity: 10 + one,
    ...dates,
  }));
  return account({
    salesforce_id: id,
    name: `Customer ${index} Inc`,
    arr: index,
    account_owner: `Owner ${index % 100}`,
    sold_to: { name: `Person ${index}`, email: `person${index}@customer.example` },
    subs,
    charges,
  });
}

function organizationOf(id: string, index: number): Organization {
  return {
    id: 19_000_000_000_000 + index,
    name: `Customer ${index} Inc`,
    external_id: id,
    created_at: "2025-01-01T00:00:00Z",
    updated_at: "2026-01-01T00:00:00Z",
    organization_fields: {
      salesforce_id: id,
      support_level: "ultimate",
      account_owner: "Somebody Else",
      sub_dotcom_premium: true,
      sub_dotcom_ultimate: true,
    },
  };
}
