import { INSTANCES } from "../lib/domain/instance.ts";
import {
  chainProjects,
  jobName,
  STAGE_GRAPH,
  type StageJob,
  stageJobs,
  writingStages,
} from "../lib/pipeline/stage-graph.ts";

/** The stages and what each needs, as Mermaid: what is done once for all instances is one box. */
export function stagePicture(): string {
  const jobs = stageJobs();
  const boxes = new Map(jobs.map((job) => [box(job), shown(job)]));
  const arrows = jobs.flatMap((job) => directNeeds(job, jobs).map((needed) => `  ${box(needed)} --> ${box(job)}`));
  return [
    "```mermaid",
    "graph LR",
    ...[...boxes].map(([name, text]) => `  ${name}[${text}]`),
    ...new Set(arrows),
    "```",
  ].join("\n");
}

/** The order of the chain's projects: one line for each instance, of which the later ones begin where they part from the first. */
export function chainOrder(): string {
  const projects = chainProjects();
  const lines = INSTANCES.map((instance) =>
    projects
      .filter(
        ({ name, stage }) =>
          !STAGE_GRAPH[stage].writes || writingStages(instance).some((one) => jobName(one, instance) === name),
      )
      .map(({ name }) => name),
  );
  const [first = []] = lines;
  const texts = lines.map((names, index) => {
    const parted = index === 0 ? 0 : names.findIndex((name, at) => first[at] !== name) - 1;
    return names
      .slice(Math.max(0, parted))
      .map((name) => `\`${name}\``)
      .join(" → ");
  });
  return texts.join(", and ");
}

/** Needs that no other need stands between. */
function directNeeds(job: StageJob, jobs: readonly StageJob[]): StageJob[] {
  // What it would only rather have is no arrow: the picture shows what must be.
  const needed = STAGE_GRAPH[job.stage].needs.flatMap((stage) =>
    jobs.filter((one) => one.stage === stage && [job.instance, null].includes(one.instance)),
  );
  const behind = new Set(needed.flatMap((one) => allNeeds(one, jobs).map(({ name }) => name)));
  return needed.filter(({ name }) => !behind.has(name));
}

function allNeeds(job: StageJob, jobs: readonly StageJob[]): StageJob[] {
  return directNeeds(job, jobs).flatMap((one) => [one, ...allNeeds(one, jobs)]);
}

function box({ stage, name }: StageJob): string {
  return STAGE_GRAPH[stage].isDoneOnce ? stage : name;
}

function shown({ stage, instance }: StageJob): string {
  return `${stage}<br>${STAGE_GRAPH[stage].shows(instance)}`;
}
