import { Command, CommanderError, Option } from "commander";
import { currentDate } from "../lib/edges/clock.ts";
import { edges } from "../lib/edges/edges.ts";
import { ConfigurationError, EXIT, type ExitCode, type Problem } from "../lib/errors.ts";
import type { InputDescription } from "../lib/pipeline/parse-inputs.ts";
import type { InputsSchema } from "../lib/pipeline/stage.ts";
import { processOutput } from "../lib/report/terminal/output.ts";
import { personAtTerminal } from "../lib/report/terminal/person.ts";
import { type Environment, secretsIn } from "../lib/settings/environment.ts";
import { asTyped } from "../lib/text/program-name.ts";
import { type Call, COMMANDS, type CommandDescription, type LoadedCommand, VERSION } from "./commands.ts";
import { FIRST_TIME } from "./sandbox-commands.ts";

/** Does what a command line asks for, once all of it is understood. */
type Perform = (command: LoadedCommand, call: Call) => Promise<ExitCode>;
const perform: Perform = (command, call) => command.run(call);

/**
 * Runs the command line and answers the exit code. Loads only what the command needs.
 *
 * @param performing what is done with a line in which nothing is wrong; where documentation is tested: nothing
 */
export async function program(
  argv: readonly string[],
  env: Environment,
  performing: Perform = perform,
): Promise<ExitCode> {
  const given = argv.find((word) => Object.hasOwn(COMMANDS, word));
  const state = { exit: EXIT.done as ExitCode };
  const { stdout, stderr } = edges().process;
  const zdsync = new Command("zdsync")
    .description(
      "Keeps Zendesk in sync with Salesforce: which customers exist, which support they bought, and who may use it.",
    )
    .version(VERSION)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => void stdout.write(asTyped(text)),
      writeErr: (text) => void stderr.write(asTyped(text)),
    })
    .configureHelp({ showGlobalOptions: true })
    .addHelpText(
      "after",
      `\nExit codes: 0 done · 1 failed · 2 wrong usage or configuration · 3 some records failed · 4 refused before any write · 5 stopped\nFirst time? ${FIRST_TIME}zdsync doctor checks your configuration.`,
    );
  try {
    for (const [name, command] of Object.entries(COMMANDS)) {
      const declared = zdsync.command(name).description(command.summary).exitOverride();
      // Only the command that is run declares its flags: the others would have to be loaded for it.
      if (name === given) await declare(declared, { name, description: command, env, performing }, state);
    }
    await zdsync.parseAsync(argv.length > 0 ? argv : ["--help"], { from: "user" });
    return state.exit;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.usage;
    const { reportError } = await import("../lib/pipeline/report-error.ts");
    return reportError(error, {
      env,
      output: processOutput(secretsIn(env), false, argv.includes("--json")),
      json: argv.includes("--json"),
    });
  }
}

async function declare(
  command: Command,
  {
    name,
    description,
    env,
    performing,
  }: { name: string; description: CommandDescription; env: Environment; performing: Perform },
  state: { exit: ExitCode },
): Promise<void> {
  const loaded = await description.load();
  const { describeInputs, inputProblems } = await import("../lib/pipeline/parse-inputs.ts");
  const { inputs, examples, argument, severalArguments } = loaded;
  for (const input of describeInputs(inputs))
    if (input.name === argument) command.argument(`[${input.name}${severalArguments ? "..." : ""}]`, input.description);
    else command.addOption(optionOf(input));
  // Commander would stop at the first wrong word; here all of them are named at once (exit 2).
  command.allowUnknownOption().allowExcessArguments();
  command
    .option("--json", "JSON on stdout, and nothing else there")
    .option("--quiet", "no progress output; warnings and errors are still printed");
  command.addHelpText("after", `\nExamples:\n${examples.map((example) => `  ${example}`).join("\n")}`);
  command.action(async () => {
    const options: Record<string, unknown> = command.opts();
    const { word, rest } = severalArguments ? allArgumentsIn(command.args) : argumentIn(command.args, argument);
    const given = {
      ...inputsFromOptions(inputs, options),
      ...(argument && word !== undefined ? { [argument]: word } : {}),
    };
    const problems = [...(await unexpectedArguments(command, rest)), ...inputProblems(inputs, given, env)];
    if (problems.length > 0) throw new ConfigurationError(problems);
    const output = processOutput(secretsIn(env), options.quiet === true, options.json === true);
    state.exit = await performing(loaded, {
      name,
      given,
      json: options.json === true,
      shell: { env, output, clock: currentDate, person: personAtTerminal(env) },
    });
  });
}

/** A flag for an input: switches take no value, `--allow` and `--expect` may be repeated. */
function optionOf(input: InputDescription): Option {
  const remarks = [
    ...(input.required ? ["required"] : []),
    ...(input.default && !input.flag ? [`default: ${input.default}`] : []),
  ];
  const description = remarks.length > 0 ? `${input.description} (${remarks.join(", ")})` : input.description;
  const option = new Option(input.flag ? `--${input.name}` : `--${input.name} <value>`, description);
  if (input.repeatable)
    option.argParser((value: string, earlier: string | undefined) => (earlier ? `${earlier} ${value}` : value));
  return option;
}

/** The word that is the command's argument, and the others: the first without a flag before it that could have taken it. */
function argumentIn(
  words: readonly string[],
  argument: string | undefined,
): { word?: string; rest: readonly string[] } {
  const at =
    argument === undefined
      ? -1
      : words.findIndex((word, index) => !word.startsWith("-") && !words[index - 1]?.startsWith("-"));
  const word = words[at];
  return word === undefined ? { rest: words } : { word, rest: words.toSpliced(at, 1) };
}

/** All words without a flag before them that could have taken them, one a line. */
function allArgumentsIn(words: readonly string[]): { word?: string; rest: readonly string[] } {
  const [own, rest] = [[], []] as [string[], string[]];
  words.forEach((word, index) => {
    (word.startsWith("-") || words[index - 1]?.startsWith("-") ? rest : own).push(word);
  });
  return own.length === 0 ? { rest } : { word: own.join("\n"), rest };
}

/** Words that no flag of the command took. The one after an unknown flag is taken for its value. */
async function unexpectedArguments(command: Command, words: readonly string[]): Promise<Problem[]> {
  if (words.length === 0) return [];
  const { closest, distance } = await import("fastest-levenshtein");
  const known = command.options.flatMap(({ long }) => long ?? []);
  return words.flatMap((word, index) => {
    const before = words[index - 1];
    if (!word.startsWith("-"))
      return before?.startsWith("-") && !before.includes("=")
        ? []
        : [{ where: word, what: `not expected here; see zdsync ${command.name()} --help` }];
    const [flag = word] = word.split("=");
    const near = closest(flag, known);
    // A third of the letters may be wrong: of a short flag, anything would be near.
    const isNear = distance(flag, near) <= Math.floor((flag.length - "--".length) / 3);
    const hint = isNear ? `did you mean ${near}?` : `see zdsync ${command.name()} --help`;
    return [{ where: flag, what: known.includes(flag) ? "takes no value" : `no such flag; ${hint}` }];
  });
}

function inputsFromOptions(inputs: InputsSchema, options: Record<string, unknown>): Record<string, string | undefined> {
  return Object.fromEntries(
    Object.keys(inputs.entries).map((name) => {
      const value = options[name.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase())];
      return [name, value === undefined ? undefined : String(value)];
    }),
  );
}
