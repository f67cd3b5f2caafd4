import type { Allowances } from "../domain/limits.ts";
import type { ExitCode } from "../errors.ts";
import { rulesOf } from "../explain/rules.ts";
import { knownToGlobal } from "../report/known-to-global.ts";
import type { ReportHead, ReportModel } from "../report/model.ts";
import { withExplanations } from "../report/report-model.ts";
import { withoutUsGovernment } from "../report/without-us-government.ts";
import { parseRules, type RuleTexts } from "../storage/kept-rules.ts";
import type { GatheredWorld } from "./compare-by-rules.ts";
import { simulationExplainer } from "./explain-simulation.ts";
import { changedRules, type NewRules } from "./read-rule-files.ts";
import { type Simulation, simulate } from "./simulate.ts";
import { exitOfSimulation, simulationModel } from "./simulation-model.ts";

/** A simulation for whoever reads it. Both models hold names and addresses. */
export interface SimulatedReport {
  /** All of it: what counts, ids and the note are taken from. */
  model: ReportModel;
  /** Model for report and page, rows with their explanations. */
  shown: ReportModel;
  exit: ExitCode;
}

/** Rules before and after the change, with what the report needs to be shown. */
export interface SimulationOrder {
  /** The rules of before, as texts. */
  before: RuleTexts;
  /** New texts of the rules that change. */
  changed: NewRules;
  allow?: Allowances;
  /** True if report and page show the customers of us-government (decision 39). */
  namesUsGovernment: boolean;
  about: Pick<ReportHead, "command" | "run_id" | "hosts" | "started_at" | "started_by">;
}

/** Simulates new rules on what a run gathered. Throws `ConfigurationError` with what is wrong in the rules. Pure. */
export function simulatedReport(
  world: GatheredWorld,
  { before, changed, allow = {}, namesUsGovernment, about }: SimulationOrder,
): SimulatedReport {
  const simulation = simulate(world, { before: parseRules(before), after: changedRules(before, changed) }, allow);
  const model = simulationModel(simulation, world, about);
  const shown = namesUsGovernment ? model : withoutUsGovernment(model);
  const explain = simulationExplainer(simulation, world, {
    rules: { before: rulesOf(before), after: rulesOf({ ...before, ...changed }) },
    about,
    rows: shown.rows,
    known: namesUsGovernment ? null : knownIn(world, simulation),
  });
  return { model, shown: withExplanations(shown, explain), exit: exitOfSimulation(simulation) };
}

/** The accounts whose names are global's data, too. */
function knownIn({ organizations, partners }: GatheredWorld, { desired, desiredBefore }: Simulation) {
  return knownToGlobal({
    "global_accounts.json": [...desired.global, ...desiredBefore.global],
    "partner_accounts.json": partners ?? [],
    "zendesk_global.json": organizations.global ?? [],
  });
}
