import { describeInputs, type InputDescription } from "../lib/pipeline/parse-inputs.ts";
import type { Stage } from "../lib/pipeline/stage.ts";
import { ORDERS, TRANSPORTS } from "../lib/remotes/gitlab/ci-job.ts";
import packageJson from "../package.json";
import releasedImage from "../released-image.json";
import type { ReleasedImage } from "./release-image.ts";

/**
 * The image that a job runs in where nobody names another one: the version's own, by the digest that a release pins
 * (`scripts/release-image.ts`). Before that it has none, and cannot be released.
 */
const IMAGE = imageName(packageJson.version, releasedImage);

/** @param released `released-image.json`, whose digest counts for its own version only */
export function imageName(version: string, released: ReleasedImage): string {
  const pinned = released.version === version && released.digest !== null ? `@${released.digest}` : "";
  return `registry.gitlab.com/zdsync/zdsync:${version}${pinned}`;
}

/** One input of a component as `spec:inputs` has it. */
export interface ComponentInput {
  type: "string" | "boolean" | "array";
  description: string;
  default?: string | boolean | readonly unknown[];
  options?: readonly string[];
  regex?: string;
}

const NAME = "[A-Za-z0-9][A-Za-z0-9 ._:/-]{0,63}";

/** Variables that an image's name may begin with. Any other could be a secret, sent to a registry as part of a name. */
const REGISTRIES = ["REGISTRY", "REGISTRY_IMAGE", "DEPENDENCY_PROXY_GROUP_IMAGE_PREFIX", "TEMPLATE_REGISTRY_HOST"];

/** A project's own image of the commit it is at: how components are tested before there is a version. */
const OWN_IMAGE = "\\$CI_REGISTRY_IMAGE(?:/[a-z0-9][a-z0-9._/-]{0,127})?:\\$CI_COMMIT_(?:SHA|SHORT_SHA|TAG)";

/** The input that names the image, of components and of whole pipelines. */
export const IMAGE_INPUT: ComponentInput = {
  type: "string",
  default: IMAGE,
  regex: `^(?:(?:\\$CI_(?:${REGISTRIES.join("|")})[/:])?[A-Za-z0-9][A-Za-z0-9._:/@-]{0,254}|${OWN_IMAGE})$`,
  description: "Image with zdsync in it; give a mirror here, or pin a digest (NAME@sha256:…)",
};

/** Inputs that concern the job rather than the stage. */
function jobInputs(stage: Stage): Record<string, ComponentInput> {
  return {
    stage: {
      type: "string",
      default: "deploy",
      regex: `^(?:${NAME}|\\.pre|\\.post)$`,
      description: "Pipeline stage of the job",
    },
    "job-prefix": {
      type: "string",
      default: "zdsync-",
      regex: "^[a-z0-9][a-z0-9_-]{0,31}$",
      description: "Prefix of the job's name; the stage follows, and the instance where the stage has one",
    },
    image: IMAGE_INPUT,
    needs: {
      type: "array",
      ...(mustFollow(stage) ? {} : { default: [] }),
      description: mustFollow(stage)
        ? "Jobs whose artifacts this one reads or that must be done first; [] where another project hands them over"
        : "Jobs that must be done first",
    },
    rules: {
      type: "array",
      default: [{ when: "on_success" }],
      description: "When the job runs, as the keyword `rules`",
    },
    timeout: {
      type: "string",
      default: "1 hour",
      regex: "^\\d{1,3} (?:minutes?|hours?)$",
      description: "GitLab ends the job after this long; a deadline must be shorter",
    },
    "expire-in": {
      type: "string",
      default: "2 weeks",
      regex: "^\\d{1,3} (?:hours?|days?|weeks?)$",
      description: "How long the artifacts are kept: they hold names and addresses",
    },
    access: {
      type: "string",
      default: "developer",
      options: ["developer", "maintainer", "none"],
      description: "Who may download the artifacts; maintainer: from GitLab 18.4 on",
    },
    environment: {
      type: "string",
      default: "zdsync",
      regex: "^[A-Za-z0-9][A-Za-z0-9_-]{0,31}(?:/[A-Za-z0-9][A-Za-z0-9_-]{0,31}){0,3}$",
      description:
        "How the name of the job's environment begins; its job's name follows. Variables can be scoped to it; nothing is deployed",
    },
    orders: {
      type: "string",
      default: "own",
      options: ORDERS,
      description:
        "Whose orders hold: those of these inputs alone, or in a chain also those that its first project hands down",
    },
    transport: {
      type: "string",
      default: "artifacts",
      options: TRANSPORTS,
      description:
        "How files get from project to project, where there are several: artifacts of the exact job (GitLab Premium), or the package registry (all tiers)",
    },
  };
}

/** True if a stage reads an earlier stage's output, or must come after one. */
function mustFollow(stage: Stage): boolean {
  return stage.writes || stage.reads.some((name) => !name.includes("where it is there"));
}

/** Returns the part of a stage's job name that follows its prefix: a stage of one instance can be included for both. */
export function jobSuffix(stage: Stage): string {
  return "instance" in stage.inputs.entries ? `${stage.name}-$[[ inputs.instance ]]` : stage.name;
}

/** Every input of a stage's component: those of the job, then those of the stage's own declaration. */
export function componentInputs(stage: Stage): Record<string, ComponentInput> {
  return {
    ...jobInputs(stage),
    ...Object.fromEntries(describeInputs(stage.inputs).map((input) => [input.name, stageInput(input)])),
  };
}

/** GitLab ends a job after its timeout, in the middle of a write: a job stops by itself before that (S7). */
const JOB_DEFAULTS: Readonly<Record<string, string>> = { deadline: "45m" };

/** One input of a stage as `spec:inputs` has it. */
export function stageInput({
  name,
  description,
  required,
  default: byDefault,
  options,
  flag,
  pattern,
}: InputDescription): ComponentInput {
  if (flag) return { type: "boolean", default: byDefault === "true", description };
  return {
    type: "string",
    ...(required ? {} : { default: byDefault ?? JOB_DEFAULTS[name] ?? "" }),
    ...(options ? { options } : {}),
    ...(pattern ? { regex: pattern } : {}),
    description,
  };
}
