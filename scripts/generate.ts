import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { loadStage, STAGES, type StageName } from "../bin/stages.ts";
import { actionYaml } from "./action-yaml.ts";
import { chainYamls } from "./chain-yaml.ts";
import { componentReference, componentTable } from "./component-reference.ts";
import { componentYaml } from "./component-yaml.ts";
import { generatedIn } from "./generated-part.ts";
import { pageTemplate } from "./page-template.ts";
import { pipelineInputs, pipelineYaml } from "./pipeline-yaml.ts";
import { simulateAction, simulateComponent } from "./simulate-yaml.ts";
import { chainOrder, stagePicture } from "./stage-picture.ts";
import { stageTable } from "./stage-table.ts";

/** Writes the generated files, or with `--check` only says which are stale (exit 1). */
const root = join(import.meta.dir, "..");
const check = process.argv.includes("--check");
const files = new Map<string, string>();
const stages = await Promise.all((Object.keys(STAGES) as StageName[]).map(loadStage));
for (const stage of stages) files.set(`actions/${stage.name}/action.yml`, actionYaml(stage));
for (const stage of stages) files.set(`templates/${stage.name}/template.yml`, componentYaml(stage));
files.set("templates/simulate/template.yml", simulateComponent(stages));
files.set("actions/simulate/action.yml", simulateAction());
const inputsOfPipeline = await pipelineInputs();
const pipeline = await pipelineYaml();
files.set(".gitlab/ci/pipeline.yml", pipeline);
files.set("templates/full-pipeline/template.yml", pipeline);
for (const [name, text] of chainYamls()) files.set(`.gitlab/ci/multi-project/${name}`, text);
const page = await readFile(join(root, "docs/gitlab.md"), "utf8");
const withOrder = generatedIn(page, "docs/gitlab.md", "stages", `${chainOrder()}.`);
files.set("docs/gitlab.md", componentReference(withOrder, stages, inputsOfPipeline));
const readme = await readFile(join(root, "README.md"), "utf8");
const withPicture = generatedIn(readme, "README.md", "stages", `\n${stagePicture()}\n`);
files.set("README.md", componentTable(withPicture, stages, inputsOfPipeline));
files.set("actions/README.md", stageTable(stages));
files.set("lib/report/page/app.generated.txt", await pageTemplate());

let stale = 0;
for (const [path, text] of files) {
  const full = join(root, path);
  const present = await readFile(full, "utf8").catch(() => "");
  if (present === text) continue;
  stale++;
  if (check) console.error(`${path} is stale: run bun run generate`);
  else {
    await mkdir(dirname(full), { recursive: true });
    await writeFile(full, text);
  }
}
console.error(
  check
    ? `generated files: ${files.size - stale} fresh, ${stale} stale`
    : `generated files: ${stale} written, ${files.size - stale} unchanged`,
);
process.exitCode = check && stale > 0 ? 1 : 0;
