import { COMPARISON, type Comparison } from "../domain/comparisons.ts";
import { INSTANCES, type InstanceName } from "../domain/instance.ts";
import type { DesiredOrganization, Organization } from "../domain/organization.ts";
import { accountIdOf } from "../domain/organization-scope.ts";
import { EXIT, type ExitCode } from "../errors.ts";
import { accountKey, type Customer, type Customers, customerOf } from "../report/customers.ts";
import type { ReportHead, ReportModel, Row } from "../report/model.ts";
import { reportModel } from "../report/report-model.ts";
import { sha256Of } from "../storage/artifacts/store.ts";
import type { GatheredWorld } from "./compare-by-rules.ts";
import type { SimulatedComparison, Simulation } from "./simulate.ts";

/** 0: within the limits. 4: a run would refuse so much. */
export function exitOfSimulation({ comparisons }: Simulation): ExitCode {
  return comparisons.some(({ refused }) => refused) ? EXIT.refused : EXIT.done;
}

/** A simulation as every report shows it; nothing of it was written. Holds names and addresses. Pure. */
export function simulationModel(
  simulation: Simulation,
  world: GatheredWorld,
  about: Pick<ReportHead, "command" | "run_id" | "hosts" | "started_at" | "started_by">,
): ReportModel {
  const model = reportModel({
    about: {
      ...about,
      kind: "simulate",
      today: world.today,
      seconds: null,
      exit: exitOfSimulation(simulation),
      failures: [],
      ...(simulation.leftOut.length > 0 ? { warnings: simulation.leftOut } : {}),
      apply: null,
      writes: false,
    },
    comparisons: simulation.comparisons.map(reported),
    notes: simulation.notes,
    customers: customersOf(simulation, world),
    trend: [],
  });
  return withoutInventedIds(model, simulation.inventedFrom);
}

function reported({ name, changes, contacts, notes, existing, measures, refused }: SimulatedComparison) {
  const { creates, updates, marks } = changes;
  return {
    comparison: {
      name,
      digest: sha256Of(JSON.stringify(changes)),
      existing,
      planned: {
        creates: creates.length,
        updates: updates.length,
        marks: marks.length,
        contacts: contacts.length,
      },
      measures,
      ...(refused ? { refused } : {}),
    },
    creates,
    updates,
    marks,
    notes,
    contacts,
    results: [],
  };
}

/** Names and weights of customers: by the old rules, as that is what they would lose; otherwise as Zendesk has them. */
function customersOf({ desired, desiredBefore }: Simulation, world: GatheredWorld): Customers {
  const wanted = (list: Simulation["desired"]) =>
    inEachInstance((instance) => new Map(list[instance].map((one) => [accountKey(one.salesforce_id), one])));
  const held = <Key>(keyOf: (one: Organization) => Key) =>
    inEachInstance((instance) => new Map((world.organizations[instance] ?? []).map((one) => [keyOf(one), one])));
  const sources: Record<InstanceName, ReadonlyMap<string | null, Organization | DesiredOrganization>>[] = [
    wanted(desiredBefore),
    wanted(desired),
    held(accountIdOf),
  ];
  const byId = held(({ id }) => id);
  return {
    account: (id, instance) => {
      const places = instance === null ? INSTANCES : [instance];
      const found = sources.flatMap((source) => places.flatMap((place) => source[place].get(id) ?? []));
      return asCustomer(found[0]);
    },
    organization: (id, instance) => asCustomer(byId[instance].get(id)),
  };
}

function inEachInstance<T>(work: (instance: InstanceName) => T): Record<InstanceName, T> {
  return { global: work("global"), "us-government": work("us-government") };
}

function asCustomer(one: Organization | DesiredOrganization | undefined): Customer | null {
  if (one === undefined) return null;
  const addresses = "sold_tos" in one ? one.sold_tos.map(({ email }) => email) : [];
  return customerOf(one.name, one.organization_fields, addresses);
}

/** Removes ids of organizations and users that only the old rules would create: nobody could look them up yet. */
function withoutInventedIds(model: ReportModel, inventedFrom: Simulation["inventedFrom"]): ReportModel {
  const isInvented = (id: number | null, comparison: Comparison | null) => {
    if (id === null || comparison === null) return false;
    return id >= inventedFrom[comparison === "usgov_user" ? "users" : COMPARISON[comparison].instance];
  };
  const ofRow = (row: Row): Row =>
    isInvented(row.id, row.comparison) ? { ...row, id: null, links: { ...row.links, zendesk: null } } : row;
  return {
    ...model,
    rows: model.rows.map(ofRow),
    folded: model.folded.map((group) => ({
      ...group,
      members: group.members.map((one) => (isInvented(one.id, group.comparison) ? { ...one, id: null } : one)),
    })),
  };
}
