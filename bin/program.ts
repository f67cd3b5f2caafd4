import { Command, CommanderError, Option } from "commander";
import { ConfigurationError, EXIT, type ExitCode, messageOf } from "../lib/errors.ts";
import { type Environment, secretsIn } from "../lib/settings/environment.ts";
import { describeInputs, type InputDescription } from "../lib/stage/parse-inputs.ts";
import type { InputsSchema } from "../lib/stage/stage.ts";
import { type Output, processOutput } from "../lib/terminal/output.ts";
import { COMMANDS, type CommandDescription, VERSION } from "./commands.ts";

/** Runs the command line and answers the exit code. Loads only what the command needs. */
export async function program(argv: readonly string[], env: Environment): Promise<ExitCode> {
  const given = argv.find((word) => Object.hasOwn(COMMANDS, word));
  const state = { exit: EXIT.done as ExitCode };
  const zdsync = new Command("zdsync")
    .description(
      "Keeps Zendesk in step with Salesforce: which customer exists, what support they bought, who may ask for it.",
    )
    .version(VERSION)
    .exitOverride()
    .configureHelp({ showGlobalOptions: true })
    .addHelpText(
      "after",
      "\nExit codes: 0 done · 1 failed · 2 wrong usage or configuration · 3 some records failed · 4 refused before any write · 5 stopped\nFirst time? zdsync demo needs no configuration; zdsync doctor checks yours.",
    );
  for (const [name, command] of Object.entries(COMMANDS)) {
    const declared = zdsync.command(name).description(command.summary).exitOverride();
    // Only the command that is run declares its flags: the others would have to be loaded for it.
    if (name === given) await declare(declared, name, command, env, state);
  }
  try {
    await zdsync.parseAsync(argv.length > 0 ? argv : ["--help"], { from: "user" });
    return state.exit;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.usage;
    processOutput(secretsIn(env), false).err(`error: ${messageOf(error)}`);
    return error instanceof ConfigurationError ? EXIT.usage : EXIT.failed;
  }
}

async function declare(
  command: Command,
  name: string,
  description: CommandDescription,
  env: Environment,
  state: { exit: ExitCode },
): Promise<void> {
  const { inputs, examples, run } = await description.load();
  for (const input of describeInputs(inputs)) command.addOption(optionOf(input));
  command.option("--json", "machine output on stdout, and nothing else there").option("--quiet", "no progress");
  command.addHelpText("after", `\nExamples:\n${examples.map((example) => `  ${example}`).join("\n")}`);
  command.action(async (options: Record<string, unknown>) => {
    const output = quietened(processOutput(secretsIn(env), options.quiet === true), options.quiet === true);
    state.exit = await run({
      name,
      given: givenInputs(inputs, options),
      json: options.json === true,
      shell: { env, output, clock: () => new Date() },
    });
  });
}

/** A flag for an input: switches take no value, `--allow` and `--expect` may be repeated. */
function optionOf(input: InputDescription): Option {
  const option = new Option(input.flag ? `--${input.name}` : `--${input.name} <value>`, input.description);
  if (input.options && !input.flag) option.choices([...input.options]);
  if (input.required) option.makeOptionMandatory();
  if (input.default && !input.flag) option.default(undefined, input.default);
  if (input.repeatable)
    option.argParser((value: string, earlier: string | undefined) => (earlier ? `${earlier} ${value}` : value));
  return option;
}

function givenInputs(inputs: InputsSchema, options: Record<string, unknown>): Record<string, string | undefined> {
  return Object.fromEntries(
    Object.keys(inputs.entries).map((name) => {
      const value = options[name.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase())];
      return [name, value === undefined ? undefined : String(value)];
    }),
  );
}

/** Without progress lines; errors and results still come. */
function quietened(output: Output, quiet: boolean): Output {
  return quiet
    ? { ...output, err: (text) => (/^(?:error|warning):/.test(text) ? output.err(text) : undefined) }
    : output;
}
