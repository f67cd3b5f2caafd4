import { INSTANCES, type InstanceName } from "../domain/instance.ts";

/** A stage's place among the other stages. */
interface StageNode {
  /** Its number in the specification (spec/stages.md); two where it is two stages of one kind. */
  number: string;
  /** For `--help`. */
  does: string;
  /** Label in the README's diagram. */
  shows: (instance: InstanceName | null) => string;
  /**
   * On which instances it works: on one at a time as its input says (`each`), on one instance only, or on none of them.
   */
  works: "each" | InstanceName | "none";
  /** True if the command `run` does it once for all instances: it reads and writes no remote of an instance. */
  isDoneOnce?: true;
  writes: boolean;
  /** Stages that must be done before it, of its own instance: the branches of the instances never wait for each other (G6). */
  needs: readonly StageName[];
  /** Stages whose files it would rather have, where they are done before it; it does without. By instance, with why. */
  prefers?: Partial<Record<InstanceName, readonly StageName[]>>;
}

const STAGE_NAMES = [
  "gather-accounts",
  "gather-orgs",
  "process",
  "compare",
  "sync",
  "partner-sync",
  "user-sync",
] as const;
export type StageName = (typeof STAGE_NAMES)[number];

/**
 * The stages in the order of a run, and what each needs of earlier ones. Stated here and nowhere else: the command `run`, the ready-made
 * pipeline, the chain of projects, the pictures and the tests are made from it.
 */
export const STAGE_GRAPH: Readonly<Record<StageName, StageNode>> = {
  "gather-accounts": {
    number: "1",
    does: "gather customers' accounts and partners from Salesforce",
    shows: () => "Salesforce",
    works: "none",
    isDoneOnce: true,
    writes: false,
    needs: [],
  },
  "gather-orgs": {
    number: "2",
    does: "gather one Zendesk instance's organizations",
    shows: (instance) => `Zendesk ${instance}`,
    works: "each",
    writes: false,
    needs: [],
    // It reads which addresses the accounts of new organizations want, as process decided; without, as Salesforce has them.
    prefers: { global: ["process"] },
  },
  process: {
    number: "3",
    does: "work out who is entitled to what",
    shows: () => "who gets what",
    works: "each",
    isDoneOnce: true,
    writes: false,
    needs: ["gather-accounts"],
  },
  compare: {
    number: "4",
    does: "compare one instance's organizations with what they should be",
    shows: (instance) => String(instance),
    works: "each",
    writes: false,
    needs: ["gather-orgs", "process"],
  },
  sync: {
    number: "5, 6",
    does: "apply one instance's change files",
    shows: (instance) => String(instance),
    works: "each",
    writes: true,
    needs: ["gather-orgs", "process", "compare"],
  },
  "partner-sync": {
    number: "7",
    does: "compare partners and write what differs (global)",
    shows: () => "global",
    works: "global",
    writes: true,
    // Of compare it reads the names that are about to be taken.
    needs: ["gather-orgs", "process", "compare", "sync"],
  },
  "user-sync": {
    number: "8",
    does: "compare users and write what differs (us-government)",
    shows: () => "us-government",
    works: "us-government",
    writes: true,
    // Of compare it reads the planned creates: in a dry run nobody else knows them.
    needs: ["gather-orgs", "compare", "sync"],
  },
};

/** One stage for one instance, as a job or a step does it. */
export interface StageJob {
  /** `compare-global`, `partner-sync`: unique among the jobs of a run. */
  name: string;
  stage: StageName;
  /** The instance it is of; null for one that is of none. */
  instance: InstanceName | null;
  /** True if the instance must be passed to the stage. */
  isTold: boolean;
  writes: boolean;
  /** Names of the jobs that must be done before it, preferred ones included. */
  needs: readonly string[];
}

/** Every job of a run, each after those it needs. Pure. */
export function stageJobs(instances: readonly InstanceName[] = INSTANCES): StageJob[] {
  const jobs = STAGE_NAMES.flatMap((stage) => instancesOf(stage, instances).map((instance) => jobOf(stage, instance)));
  return inOrder(jobs);
}

/** The stages that write to an instance, in their order. Pure. */
export function writingStages(instance: InstanceName): StageName[] {
  return STAGE_NAMES.filter((stage) => STAGE_GRAPH[stage].writes && isOf(stage, instance));
}

/** The name of a stage's job for an instance. */
export function jobName(stage: StageName, instance: InstanceName | null): string {
  return STAGE_GRAPH[stage].works === "each" && instance !== null ? `${stage}-${instance}` : stage;
}

function jobOf(stage: StageName, instance: InstanceName | null): StageJob {
  const { works, writes, needs, prefers } = STAGE_GRAPH[stage];
  const before = [...needs, ...((instance && prefers?.[instance]) || [])];
  return {
    name: jobName(stage, instance),
    stage,
    instance,
    isTold: works === "each",
    writes,
    needs: before.map((one) => jobName(one, instance)),
  };
}

function instancesOf(stage: StageName, instances: readonly InstanceName[]): (InstanceName | null)[] {
  return STAGE_GRAPH[stage].works === "none" ? [null] : instances.filter((instance) => isOf(stage, instance));
}

function isOf(stage: StageName, instance: InstanceName): boolean {
  return ["each", instance].includes(STAGE_GRAPH[stage].works);
}

/** Each job after those it needs, else as they stand. */
function inOrder(jobs: readonly StageJob[]): StageJob[] {
  const done: StageJob[] = [];
  for (let left = [...jobs]; left.length > 0; ) {
    const names = new Set(done.map(({ name }) => name));
    const next = left.find(({ needs }) => needs.every((one) => names.has(one)));
    if (!next) throw new Error(`the stages need each other in a circle: ${left.map(({ name }) => name).join(", ")}`);
    done.push(next);
    left = left.filter((one) => one !== next);
  }
  return done;
}

/** One project of the chain, the original's shape: a project for each stage, each starting the next one. */
export interface ChainProject {
  name: string;
  stage: StageName;
  instances: readonly InstanceName[];
  /** The projects that it starts, and the instance whose jobs must be done before (all of its jobs, where none is named). */
  next: readonly { name: string; after?: InstanceName }[];
}

/**
 * The chain of projects: the stages that only read, one after the other in their order; where writing begins, a branch for each instance.
 * A preferred stage comes after: a chain has no way back. Pure.
 */
export function chainProjects(): ChainProject[] {
  const reading = STAGE_NAMES.filter((stage) => !STAGE_GRAPH[stage].writes);
  const shared = reading.map((stage, index): ChainProject => {
    const [next] = reading.slice(index + 1);
    const branches = INSTANCES.flatMap((instance) =>
      writingStages(instance)
        .slice(0, 1)
        .map((first) => ({ name: jobName(first, instance), after: instance })),
    );
    return {
      name: stage,
      stage,
      instances: STAGE_GRAPH[stage].works === "each" ? INSTANCES : [],
      next: next ? [{ name: next }] : branches,
    };
  });
  const branches = INSTANCES.flatMap((instance) =>
    writingStages(instance).map((stage, index, all): ChainProject => {
      const next = all[index + 1];
      return {
        name: jobName(stage, instance),
        stage,
        instances: STAGE_GRAPH[stage].works === "each" ? [instance] : [],
        next: next ? [{ name: jobName(next, instance) }] : [],
      };
    }),
  );
  const inStages = STAGE_NAMES.flatMap((stage) => branches.filter((one) => one.stage === stage));
  return [...shared, ...inStages];
}
