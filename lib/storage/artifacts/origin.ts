import type { Day } from "../../domain/dates.ts";
import { reason } from "../../domain/reason.ts";
import { ConfigurationError } from "../../errors.ts";
import { refused } from "../../reasons/refused.ts";
import type { Quarantined, RunOrigin } from "./manifest.ts";
import type { ArtifactFile } from "./store.ts";

/** Replacement for a manifest if an input has none (made by hand, or by the original). */
export interface Fallback {
  runId: string;
  today: Day;
  /** True if a person set `today`; then it must be the run's (G3). */
  todayIsGiven: boolean;
  now: Date;
  warn(message: string): void;
}

/**
 * The run a stage's inputs belong to. Inputs of different runs or days are refused (artifacts.md); inputs without manifest are
 * accepted with a warning and take part in no check.
 */
export function originOf(inputs: readonly ArtifactFile[], fallback: Fallback): RunOrigin {
  const known = inputs.flatMap((input) => (input.manifest ? [{ name: input.name, manifest: input.manifest }] : []));
  for (const input of inputs)
    if (!input.manifest)
      fallback.warn(
        `${input.name} has no manifest: there is no proof of which run it is from, or that it is complete.`,
      );
  const first = known[0];
  for (const other of known) {
    if (!first || (other.manifest.run_id === first.manifest.run_id && other.manifest.today === first.manifest.today))
      continue;
    throw refused(
      other.manifest.run_id === first.manifest.run_id
        ? reason("inputs.of_different_days", {
            file: other.name,
            today: other.manifest.today,
            other_file: first.name,
            other_today: first.manifest.today,
          })
        : reason("inputs.of_different_runs", {
            file: other.name,
            run_id: other.manifest.run_id,
            other_file: first.name,
            other_run_id: first.manifest.run_id,
          }),
    );
  }
  if (first) checkToday(first.name, first.manifest.today, fallback);
  const moments = known.map((input) => input.manifest.gathered_at).sort();
  return {
    run_id: first?.manifest.run_id ?? fallback.runId,
    today: first?.manifest.today ?? fallback.today,
    gathered_at: moments[0] ?? fallback.now.toISOString(),
    inputs: inputs.map(({ name, sha256 }) => ({ name, sha256 })),
  };
}

/** A run has one day, set when it began: a later stage cannot have another one, and must not seem to (G3). */
export function checkToday(
  name: string,
  runsToday: Day,
  { today, todayIsGiven }: Pick<Fallback, "today" | "todayIsGiven">,
): void {
  if (!todayIsGiven || today === runsToday) return;
  throw new ConfigurationError([
    {
      where: "--today",
      what: `${today} is not the day of this run, ${runsToday} (${name}). Pass --today to gather-accounts, where the run starts`,
    },
  ]);
}

/** Everything that any of the inputs says is to be left alone. */
export function quarantinedIn(inputs: readonly (Pick<ArtifactFile, "manifest"> | null)[]): Quarantined {
  const parts = inputs.flatMap((input) => (input?.manifest ? [input.manifest.left_alone] : []));
  return {
    accounts: [...new Set(parts.flatMap((part) => part.accounts))].sort(),
    unidentified: parts.reduce((sum, part) => sum + part.unidentified, 0),
  };
}
