import { dirname, join } from "node:path";
import { explainCommand } from "../../bin/commands/explain-command.ts";
import type { Line } from "../../lib/explain/document.ts";
import { QUICK, type TestWorld } from "../pipeline/world.ts";

/** What `zdsync explain` printed of a world's data directory: each text that it put out, each that it complained with. */
export async function explainPrinted(world: TestWorld, given: Record<string, string>, json = true) {
  const out: string[] = [];
  const errors: string[] = [];
  const output = {
    out: (text: string) => void out.push(text),
    err: (text: string) => void errors.push(text),
    live: false as const,
  };
  const env = {
    ...world.sandbox.env,
    ZDSYNC_CONFIG: join(dirname(world.dataDir), "zdsync.config.yml"),
    PLANS_FILE: "plans.yml",
  };
  const shell = { env, output, clock: () => new Date(), timing: QUICK };
  const exit = await explainCommand({ given: { "data-dir": world.dataDir, ...given }, json, shell });
  return { exit, out, errors };
}

/** What `zdsync explain --json` says of somebody in a world's data directory. */
export async function explainIn(world: TestWorld, what: string, given: Record<string, string> = {}) {
  const { exit, out, errors } = await explainPrinted(world, { what, ...given });
  const told = JSON.parse(out.at(-1) ?? "{}");
  return { exit, told, errors: errors.join("\n"), answer: linesText(told.document?.answer ?? []) };
}

/** The text of lines, one below the other, without their labels. */
export function linesText(lines: readonly Line[]): string {
  return lines.map(({ spans }) => spans.map(({ text }) => text).join("")).join("\n");
}

/** The lines of its answer. */
export async function answerIn(world: TestWorld, what: string, given: Record<string, string> = {}): Promise<string[]> {
  const { told } = await explainIn(world, what, given);
  return (told.document?.answer ?? []).map(textOf);
}

/** Everything below the answer. */
export function proofOf({ told }: { told: { document: { sections: { title: string; lines: Line[] }[] } } }): string {
  return told.document.sections.flatMap(({ title, lines }) => [title, ...lines.map(textOf)]).join("\n");
}

/** The account of an oddity, by the beginning of its name. */
export function accountOf(world: TestWorld, name: string): string {
  const found = world.sandbox.world.oddities.find((one) => one.name.startsWith(name));
  if (!found?.salesforce_id) throw new Error(`no account has the oddity ${name}`);
  return found.salesforce_id;
}

function textOf({ label, spans }: Line): string {
  return `${label === undefined ? "" : `${label} `}${spans.map(({ text }) => text).join("")}`;
}
