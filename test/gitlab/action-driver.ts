import { appendFile, mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parse } from "yaml";
import { type Ended, runProgram } from "./programs.ts";

/** One step of a job or of a composite action. */
export interface Step {
  id?: string;
  uses?: string;
  run?: string;
  shell?: string;
  with?: Record<string, unknown>;
  env?: Record<string, unknown>;
}

interface Action {
  inputs: Record<string, { required: boolean; default?: string }>;
  outputs: Record<string, { value: string }>;
  runs: { using: string; steps: Step[] };
}

/** What `${{ … }}` may name: `github.x`, `secrets.X`, `vars.X`, `inputs.x`, `steps.<id>.outputs.<name>`. */
type Names = Record<string, string>;

/** How one action ended. */
export interface ActionEnd extends Ended {
  outputs: Record<string, string>;
}

/** A job on a runner: a workspace, and what its steps left in `GITHUB_ENV` and `GITHUB_PATH` for the later ones. */
export class ActionJob {
  private steps = 0;

  /**
   * @param folder gets the workspace and the runner's own files
   * @param repository the clone that `uses:` refers to, actions below `actions/`
   * @param env the job's environment; PATH at least
   * @param names what its steps may name: `secrets.X`, `vars.X`
   */
  constructor(
    private readonly folder: string,
    private readonly repository: string,
    private env: Record<string, string>,
    private readonly names: Names = {},
  ) {}

  get workspace(): string {
    return join(this.folder, "workspace");
  }

  /** Runs a step `uses: …/actions/<stage>@…`; ends with the first step of the action that fails, as a runner does. */
  async uses(step: Step): Promise<ActionEnd> {
    const [, stage] = /\/actions\/([a-z-]+)@/.exec(step.uses ?? "") ?? [];
    const actionPath = join(this.repository, "actions", stage ?? "");
    const action = parse(await readFile(join(actionPath, "action.yml"), "utf8")) as Action;
    if (action.runs.using !== "composite") throw new Error(`${stage} is not a composite action`);
    const names = inputsOf(action, step.with ?? {}, this.names);
    // The environment of a step that uses an action is that of all its steps.
    const env = Object.entries(step.env ?? {}).map(([name, value]) => [name, evaluate(String(value), this.names)]);
    let ended: Ended = { exit: 0, out: "", printed: "" };
    let printed = "";
    for (const inner of action.runs.steps) {
      ended = await this.run(inner, actionPath, names, Object.fromEntries(env));
      printed += ended.printed;
      if (ended.exit !== 0) break;
    }
    const outputs = Object.fromEntries(
      Object.entries(action.outputs).map(([name, { value }]) => [name, evaluate(value, names)]),
    );
    if (step.id) for (const name in outputs) this.names[`steps.${step.id}.outputs.${name}`] = outputs[name] ?? "";
    return { ...ended, printed, outputs };
  }

  private async run(step: Step, actionPath: string, names: Names, stepsOwn: Names): Promise<Ended> {
    if (step.shell !== "bash") throw new Error("a step of a composite action must name its shell");
    const number = ++this.steps;
    const file = (name: string) => join(this.folder, `${number}-${name}`);
    await mkdir(this.workspace, { recursive: true });
    await mkdir(join(this.folder, "temp"), { recursive: true });
    const files = { GITHUB_OUTPUT: file("output"), GITHUB_ENV: file("env"), GITHUB_PATH: file("path") };
    for (const path of Object.values(files)) await writeFile(path, "");
    await writeFile(file("script.sh"), evaluate(step.run ?? "", names));
    const env = Object.entries(step.env ?? {}).map(([name, value]) => [name, evaluate(String(value), names)]);
    const ended = await runProgram(["bash", "--noprofile", "--norc", "-eo", "pipefail", file("script.sh")], {
      cwd: this.workspace,
      env: {
        ...this.env,
        ...stepsOwn,
        GITHUB_WORKSPACE: this.workspace,
        RUNNER_TEMP: join(this.folder, "temp"),
        ...files,
        GITHUB_ACTION_PATH: actionPath,
        ...Object.fromEntries(env),
      },
    });
    for (const [name, value] of await pairs(files.GITHUB_OUTPUT)) names[`steps.${step.id}.outputs.${name}`] = value;
    this.env = { ...this.env, ...Object.fromEntries(await pairs(files.GITHUB_ENV)) };
    for (const line of await lines(files.GITHUB_PATH)) this.env.PATH = `${line}:${this.env.PATH}`;
    await appendFile(join(this.folder, "log"), ended.printed);
    return ended;
  }
}

/** Puts values for `${{ name }}`; an unknown name is empty, as in GitHub. */
export function evaluate(text: string, names: Names): string {
  return text.replaceAll(/\$\{\{\s*([\w.[\]-]+)\s*\}\}/g, (_, name: string) => names[name] ?? "");
}

/** Inputs as the action sees them. GitHub itself does not enforce `required`; an input nobody declared is a mistake here. */
function inputsOf(action: Action, given: Record<string, unknown>, names: Names): Names {
  const unknown = Object.keys(given).filter((name) => !Object.hasOwn(action.inputs, name));
  if (unknown.length > 0) throw new Error(`no such input: ${unknown.join(", ")}`);
  return Object.fromEntries(
    Object.entries(action.inputs).map(([name, { default: byDefault = "" }]) => [
      `inputs.${name}`,
      name in given ? evaluate(String(given[name]), names) : evaluate(byDefault, names),
    ]),
  );
}

async function lines(path: string): Promise<string[]> {
  return (await readFile(path, "utf8")).split("\n").filter((line) => line !== "");
}

async function pairs(path: string): Promise<[string, string][]> {
  return (await lines(path)).map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)]);
}
