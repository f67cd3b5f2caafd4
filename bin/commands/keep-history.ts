import type { Reason } from "../../lib/domain/reason.ts";
import { keepRunEvidence } from "../../lib/explain/keep-run-evidence.ts";
import { pruneRuleTexts } from "../../lib/explain/kept-evidence.ts";
import type { StageContext } from "../../lib/pipeline/stage.ts";
import { afterwards } from "../../lib/reasons/capture-failure.ts";
import type { Environment } from "../../lib/settings/environment.ts";
import { pruneHistory } from "../../lib/storage/history.ts";

/**
 * At the end of a run: keeps what `explain` needs of it later, and removes what is older than `history_days`. Neither fails a run: what
 * could not be done is a warning.
 *
 * @param ended why the run ended early
 */
export async function keepHistory(
  { store, config, runId, warn, clock }: StageContext,
  env: Environment,
  ended: readonly Reason[],
): Promise<void> {
  // A disk that is full is said already: what it kept from being written is no second trouble.
  const isSaid = ended.some(({ code }) => code === "machine.failed");
  await afterwards(
    () => keepRunEvidence(store, runId, env),
    ({ message }) => {
      if (!isSaid) warn(`zdsync explain --run ${runId} will have less evidence of this run: ${message}`);
    },
  );
  await afterwards(
    async () => {
      await pruneHistory(store.directory, config.history_days, clock(), warn);
      await pruneRuleTexts(store, config.history_days, clock());
    },
    ({ message }) => warn(`older runs could not be removed from the history: ${message}`),
  );
}
