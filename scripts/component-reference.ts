import type { Stage } from "../lib/pipeline/stage.ts";
import packageJson from "../package.json";
import { type ComponentInput, componentInputs } from "./component-inputs.ts";
import { secretLines } from "./component-yaml.ts";
import { generatedIn } from "./generated-part.ts";

/**
 * The README with a table of all components between its markers, as the CI/CD catalog shows them (facts/gitlab-ci.md 1). Throws where a
 * marker is missing.
 */
export function componentTable(
  page: string,
  stages: readonly Stage[],
  ofPipeline: Readonly<Record<string, ComponentInput>>,
): string {
  const names = (inputs: Readonly<Record<string, ComponentInput>>) =>
    Object.entries(inputs)
      .map(([name, { default: byDefault }]) => (byDefault === undefined ? `**\`${name}\`**` : `\`${name}\``))
      .join(", ");
  const rows = stages.map((stage) => {
    const [, ...variables] = secretLines(stage);
    const needed = variables.length > 0 ? variables.map((line) => line.trim()).join("; ") : "none";
    return `| \`${stage.name}\` | ${stage.summary} | ${names(componentInputs(stage))} | ${needed} |`;
  });
  const text = [
    "",
    "| component | does | inputs (required ones bold) | CI/CD variables |",
    "|---|---|---|---|",
    `| \`full-pipeline\` | All stages as one pipeline, both instances side by side, and a summary | ${names(ofPipeline)} | those of all below |`,
    ...rows,
    "",
  ].join("\n");
  return atThisVersion(generatedIn(page, "README.md", "components", text));
}

/** The page with the reference of all components between its markers. Throws where a marker is missing. */
export function componentReference(
  page: string,
  stages: readonly Stage[],
  ofPipeline: Readonly<Record<string, ComponentInput>>,
): string {
  return atThisVersion(generatedIn(page, "docs/gitlab.md", "components", render(stages, ofPipeline)));
}

/** Examples name the version that they are documented with. */
function atThisVersion(text: string): string {
  return text.replace(/(ref: |\/[a-z-]+@)\d+\.\d+\.\d+/g, `$1${packageJson.version}`);
}

function render(stages: readonly Stage[], ofPipeline: Readonly<Record<string, ComponentInput>>): string {
  const all = stages.map((stage) => [stage, componentInputs(stage)] as const);
  const [, first] = all[0] ?? [];
  const shared = Object.entries(first ?? {}).filter(([name, input]) =>
    all.every(([, inputs]) => JSON.stringify(inputs[name]) === JSON.stringify(input)),
  );
  const isShared = new Set(shared.map(([name]) => name));
  return [
    "",
    "### `full-pipeline`",
    "",
    "All stages as one pipeline, both instances side by side, and a summary. Writes to Zendesk. Needs the variables of all components below.",
    "",
    ...table(Object.entries(ofPipeline)),
    "",
    "The stages alone. Every component of a stage:",
    "",
    ...table(shared),
    ...all.flatMap(([stage, inputs]) => [
      "",
      `### \`${stage.name}\``,
      "",
      `${stage.summary}. ${stage.writes ? "Writes to Zendesk." : "Reads only."}`,
      "",
      ...secretLines(stage)
        .map((line, index) => (index === 0 ? line : `- ${line.trim()}`))
        .flatMap(blankAfterFirst),
      "",
      ...table(Object.entries(inputs).filter(([name]) => !isShared.has(name))),
    ]),
  ].join("\n");
}

function blankAfterFirst(line: string, index: number): string[] {
  return index === 0 ? [line] : index === 1 ? ["", line] : [line];
}

function table(inputs: readonly (readonly [string, ComponentInput])[]): string[] {
  if (inputs.length === 0) return [];
  return ["| input | type | default | |", "|---|---|---|---|", ...inputs.map(row)];
}

function row([name, { type, default: byDefault, description, options }]: readonly [string, ComponentInput]): string {
  const shown =
    byDefault === undefined
      ? "**required**"
      : byDefault === ""
        ? "–"
        : `\`${typeof byDefault === "string" ? byDefault : JSON.stringify(byDefault)}\``;
  const choice = options ? ` (${options.map((option) => `\`${option}\``).join(", ")})` : "";
  return `| \`${name}\` | ${type} | ${shown} | ${description.replaceAll("|", "\\|")}${choice} |`;
}
