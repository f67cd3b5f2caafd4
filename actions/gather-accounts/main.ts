import { withProgress } from "../../lib/pipeline/progress.ts";
import { countByCode, type ReadingStage } from "../../lib/pipeline/stage.ts";
import { ACCOUNTS_MEMORY, MERGE_MEMORY } from "../../lib/storage/artifacts/memories.ts";
import { readAccountsMemory, writeAccountsMemory } from "./accounts-memory.ts";
import { type GatheredAccounts, gatherAccounts } from "./gather.ts";
import { inputs } from "./inputs.ts";
import { readMergeMemory } from "./merge-memory.ts";

const MADE = [
  "salesforce_accounts.json",
  "partner_accounts.json",
  "merged_accounts.json",
  "gather-accounts_notes.json",
] as const;

/** Stage 1: Salesforce → `salesforce_accounts.json`, `partner_accounts.json`, `merged_accounts.json`. */
export const stage: ReadingStage<typeof inputs> = {
  name: "gather-accounts",
  summary: "Gathers customers' accounts, partners and merged accounts from Salesforce",
  inputs,
  reads: [],
  makes: MADE,
  memory: { name: "merged-accounts", files: [MERGE_MEMORY, ACCOUNTS_MEMORY], use: "writes" },
  examples: ["zdsync gather-accounts", "zdsync gather-accounts --data-dir /var/lib/zdsync --today 2026-11-30"],
  writes: false,
  needs: () => ({ salesforce: true }),
  async run(_inputs, { store, config, remotes, progress, stop, clock, runId, today, warn }) {
    const origin = { run_id: runId, today, gathered_at: clock().toISOString(), inputs: [] };
    await store.remove(...MADE);
    const remembered = { merges: await readMergeMemory(store, warn), accounts: await readAccountsMemory(store, warn) };
    const { accounts, partners, merged, quarantined, notes, memory } = await withProgress(
      progress,
      "gather-accounts",
      async (line) => {
        const reader = await remotes.salesforce();
        const terms = { allianceAccountId: config.alliance_account_id, remembered };
        const gathered = await gatherAccounts(reader, today, terms, line, stop);
        return { ...gathered, usage: reader.apiUsage() };
      },
      outcomeOf,
    );
    if (quarantined.unidentified > 0)
      warn(
        `${quarantined.unidentified} Salesforce records could not be identified, so nothing is marked in this run. See gather-accounts_notes.json.`,
      );
    const maker = { stage: "gather-accounts", origin, madeAt: clock() };
    await store.write("gather-accounts_notes.json", notes, maker);
    await store.write("partner_accounts.json", partners, maker, quarantined);
    await store.writeRecords(MERGE_MEMORY, merged);
    await store.write("merged_accounts.json", merged, maker, quarantined);
    await store.write("salesforce_accounts.json", accounts, maker, quarantined);
    if (memory !== null) await writeAccountsMemory(store, memory);
    return {
      stage: "gather-accounts",
      run_id: runId,
      today,
      counts: { accounts: accounts.length, partners: partners.length, "merged accounts": merged.length },
      notes: countByCode(notes),
    };
  },
};

function outcomeOf(gathered: GatheredAccounts & { usage: { used: number; limit: number } | null }): string {
  const { accounts, partners, usage } = gathered;
  const count = `${accounts.length.toLocaleString("en-US")} accounts, ${partners.length.toLocaleString("en-US")} partners`;
  if (!usage) return count;
  return `${count}; ${usage.used.toLocaleString("en-US")} of ${usage.limit.toLocaleString("en-US")} Salesforce API calls of the last 24 hours used`;
}

if (import.meta.main) await (await import("../../lib/pipeline/run-action.ts")).runAction(stage);
