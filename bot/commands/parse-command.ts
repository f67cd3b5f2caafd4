import { closest, distance } from "fastest-levenshtein";
import type { InstanceName } from "../../lib/domain/instance.ts";
import { mrkdwnText } from "../../lib/text/mrkdwn.ts";
import { normaliseText, withPlainHyphens } from "./normalise-text.ts";

/** A valid command to the bot. */
export type ZdsyncCommand =
  | { verb: "run"; instance: InstanceName | null; purpose: "offer" | "look" }
  | { verb: "preview"; instance: InstanceName | null }
  | { verb: "explain"; asked: string; typed: "explain" | "org" }
  | { verb: "status" }
  | { verb: "last" }
  | { verb: "cancel" }
  | { verb: "help" };
export type Verb = ZdsyncCommand["verb"];
/** `org` is what `explain` was called. */
type Typed = Verb | "org";

/** A command, or everything that is wrong with what was typed: mrkdwn, in which what was typed shows as itself. */
export type ParsedCommand = { is: "understood"; command: ZdsyncCommand } | { is: "refused"; problems: string[] };

const VERBS = [
  "run",
  "preview",
  "status",
  "last",
  "explain",
  "org",
  "cancel",
  "help",
] as const satisfies readonly Typed[];
const FLAGS = ["--dry-run"] as const;
/** Instances as people write them, without blanks, hyphens, underscores and dots. */
const SPELLINGS: Readonly<Record<string, InstanceName>> = {
  global: "global",
  usgov: "us-government",
  usgovt: "us-government",
  usgovernment: "us-government",
  gov: "us-government",
  government: "us-government",
};
/** Characters of a command; Slack itself takes more. */
const MAX_COMMAND_LENGTH = 1_000;
/** Problems named at once; a line says how many more there are. */
const MAX_PROBLEMS = 8;
/** Characters repeated of a word that was not understood. */
const MAX_ECHOED_LENGTH = 40;

/** Parses the text after `/zdsync` into a command or a refusal. Never throws. Pure. */
export function parseCommand(typed: string): ParsedCommand {
  if (typed.length > MAX_COMMAND_LENGTH)
    return refused([`That is a long text (${typed.length} characters). The maximum is ${MAX_COMMAND_LENGTH}.`]);
  const text = normaliseText(typed);
  const [first = "", ...words] = text.split(" ");
  if (first === "") return { is: "understood", command: { verb: "help" } };
  const verb = VERBS.find((one) => one === first.toLowerCase());
  if (verb) return parseRest(verb, words, text.slice(first.length).trim());
  const meant = nearest(first, VERBS);
  const unknown = `There is no command ${echo(first)}${meant ? `: did you mean \`${meant}\`?` : ". `/zdsync help` lists the commands."}`;
  // What follows is read as the command that was probably meant, so that its mistakes are named at once too.
  const rest = meant ? parseRest(meant, words, text.slice(first.length).trim()) : null;
  return refused([unknown, ...(rest?.is === "refused" ? rest.problems : [])]);
}

function parseRest(verb: Typed, words: readonly string[], rest: string): ParsedCommand {
  if (verb === "run" || verb === "preview") return parseRun(verb, words);
  if (verb === "explain" || verb === "org") return parseExplain(verb, rest);
  const problems = words.map((word) => `\`${verb}\` takes no argument: leave out ${echo(word)}.`);
  // `help run` asks for help all the same.
  return problems.length > 0 && verb !== "help" ? refused(problems) : { is: "understood", command: { verb } };
}

function parseRun(verb: "run" | "preview", typed: readonly string[]): ParsedCommand {
  const words = typed.map(withPlainHyphens);
  const flags = words.filter(isFlag).map((word) => word.toLowerCase());
  const { instances, unknown } = readInstances(words.filter((word) => !isFlag(word)));
  const problems = [
    // A preview writes nothing: saying so is no mistake.
    ...flags.filter((flag) => !FLAGS.some((known) => known === flag)).map((flag) => unknownFlag(verb, flag)),
    ...unknown.map((word) => {
      const meant = nearest(word, ["global", "us-government", "us-gov"]);
      return `There is no instance ${echo(word)}${meant ? `: did you mean \`${meant}\`?` : ". The instances are `global` and `us-government`; without one, the command covers both."}`;
    }),
    ...(instances.size > 1 ? ["Name one instance; without one, the command covers both."] : []),
  ];
  if (problems.length > 0) return refused(problems);
  const [instance = null] = instances;
  if (verb === "preview") return { is: "understood", command: { verb, instance } };
  return { is: "understood", command: { verb, instance, purpose: flags.includes("--dry-run") ? "look" : "offer" } };
}

/** Instances may be two words: `us government`. */
function readInstances(words: readonly string[]): { instances: Set<InstanceName>; unknown: string[] } {
  const instances = new Set<InstanceName>();
  const unknown: string[] = [];
  for (let at = 0; at < words.length; at++) {
    const [word = "", next = ""] = words.slice(at, at + 2);
    const pair = spelledInstance(`${word}${next}`);
    const instance = next !== "" && pair ? pair : spelledInstance(word);
    if (instance === null) unknown.push(word);
    else instances.add(instance);
    if (next !== "" && pair) at++;
  }
  return { instances, unknown };
}

function spelledInstance(word: string): InstanceName | null {
  const key = word.toLowerCase().replace(/[-_.]/g, "");
  return Object.hasOwn(SPELLINGS, key) ? (SPELLINGS[key] ?? null) : null;
}

/** The rest is the name or id, in quotes or without. */
function parseExplain(typed: "explain" | "org", rest: string): ParsedCommand {
  const quoted = /^"(.*)"$|^'(.*)'$/.exec(rest);
  const asked = (quoted ? (quoted[1] ?? quoted[2] ?? "") : rest).trim();
  if (asked === "")
    return refused([
      "Name a customer: `/zdsync explain Example GmbH`, or a Salesforce or Zendesk id, or an email address.",
    ]);
  const flags = quoted ? [] : asked.split(" ").filter((word) => word.startsWith("--"));
  return flags.length > 0
    ? refused(
        flags.map(
          (flag) => `\`${typed}\` has no flag ${echo(flag)}. If this is part of the name, put the name in quotes.`,
        ),
      )
    : { is: "understood", command: { verb: "explain", asked, typed } };
}

function isFlag(word: string): boolean {
  return word.startsWith("-");
}

function unknownFlag(verb: "run" | "preview", flag: string): string {
  const meant = nearest(flag, FLAGS);
  return `There is no flag ${echo(flag)}${meant ? `: did you mean \`${meant}\`?` : `: \`${verb}\` only accepts \`--dry-run\`.`}`;
}

/** The known word that was probably meant; null where none is near. */
function nearest<Word extends string>(typed: string, known: readonly Word[]): Word | null {
  const word = typed.toLowerCase();
  const found = closest(word, [...known]) as Word;
  return distance(word, found) <= Math.max(2, Math.ceil(found.length / 2)) ? found : null;
}

function echo(word: string): string {
  return `“${mrkdwnText(word, MAX_ECHOED_LENGTH)}”`;
}

function refused(problems: readonly string[]): ParsedCommand {
  const named = problems.slice(0, MAX_PROBLEMS);
  const more = problems.length - named.length;
  return { is: "refused", problems: more > 0 ? [...named, `And ${more} more like these.`] : named };
}
