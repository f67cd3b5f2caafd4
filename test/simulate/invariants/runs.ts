import { createHash } from "node:crypto";
import type { World } from "../../../sandbox/types.ts";
import type { HourSeen, Invariant, RunSeen } from "../story/seen.ts";
import { comparisonsOf, countsTold, parsed, type ResultSeen, resultsIn, saidLast } from "./results-seen.ts";
import { organizationWrites } from "./writes.ts";

const MINUTE = 60_000;
/** What is in flight at the deadline is finished; jobs of Zendesk take minutes. */
const FINISHING = 20 * MINUTE;

/** What a run says of itself, and what it leaves behind. */
export const RUNS: Invariant[] = [
  {
    name: "every run ends",
    expects: "a run ends by itself, no later than some minutes after its deadline",
    check: ({ runs }) =>
      runs.flatMap(({ command, exit, given, began, ended, output }) => {
        if (exit === "hanging") return [`${command} hangs: ${saidLast(output)}`];
        const [, number, unit] = /^(\d+)([sm])$/.exec(given.deadline ?? "") ?? [];
        const most = number ? Number(number) * (unit === "m" ? MINUTE : 1000) + FINISHING : 3 * 60 * MINUTE;
        return ended - began > most ? [`${command} took ${Math.round((ended - began) / MINUTE)} minutes`] : [];
      }),
  },
  {
    name: "the exit code is true",
    expects: "0 where no record failed, 3 where some did, and an error never comes as a stack of calls",
    check: ({ runs }) => runs.flatMap((run) => [...strangeExit(run), ...stacksIn(run)]),
  },
  {
    name: "results add up",
    expects: "every planned record has one result, and what is told is what stands in the results file",
    check: ({ runs }) => runs.flatMap(miscounted),
  },
  {
    name: "results are true",
    expects:
      "an organization that a run wrote is in its results as applied, and one that it says it applied is as it says",
    check: (hour) => untrue(hour),
  },
  {
    name: "every file is whole",
    expects:
      "whatever happened, each file of the data directory can be read, and after a run each artifact matches its manifest",
    check: ({ runs }) => runs.flatMap(brokenFiles),
  },
  {
    name: "no secret is given away",
    expects: "no secret or token is printed or stands in a file, and no customer's name or address is printed",
    check: leaks,
  },
  {
    name: "quota",
    expects: "a run that is told to wait waits: few of its requests are refused for their number",
    check: ({ runs }) =>
      runs.flatMap(({ command, requests, began, ended, beside }) => {
        const refused = requests.filter(({ status, fault }) => status === 429 && fault === undefined).length;
        const minutes = 1 + Math.ceil((ended - began) / MINUTE);
        return refused > 40 * minutes * (beside ? 2 : 1)
          ? [`${command}: ${refused} refused in ${minutes} minutes`]
          : [];
      }),
  },
];

function strangeExit(run: RunSeen): string[] {
  const { command, exit, json } = run;
  if (typeof exit !== "number" || !run.writes || !json) return [];
  const failed = countsTold(run).reduce((sum, one) => sum + one.failed, 0);
  if (exit === 0 && failed > 0) return [`${command}: exit 0, and ${failed} failed`];
  if (exit === 3 && failed === 0) return [`${command}: exit 3, and nothing failed`];
  return exit < 0 || exit > 5 ? [`${command}: exit ${exit}`] : [];
}

function stacksIn({ command, output }: RunSeen): string[] {
  return output
    .filter(({ text }) => /^\s+at .+:\d+:\d+\)?$/m.test(text) || /^error: .*internal error/i.test(text))
    .map(({ text }) => `${command}: ${text.slice(0, 400)}`);
}

function miscounted(run: RunSeen): string[] {
  if (run.command !== "run" || !run.writes || run.beside || ![0, 3, 5].includes(Number(run.exit))) return [];
  const files = resultsIn(run.files);
  return comparisonsOf(run).flatMap(({ name, planned, results, refused }) => {
    if (!results || refused) return [];
    const rows = files.get(name) ?? [];
    return (["create", "update", "mark", "contact"] as const).flatMap((effect) => {
      const told = results[effect] ?? { applied: 0, failed: 0, skipped: 0 };
      const sum = told.applied + told.failed + told.skipped;
      const found = rows.filter((row) => row.effect === effect).length;
      const wanted = planned[`${effect}s`] ?? 0;
      return sum === found && (sum === wanted || effect === "contact")
        ? []
        : [`${name}: ${wanted} ${effect}s planned, ${sum} told, ${found} in the file`];
    });
  });
}

/** Compares what runs say they did with the journal, where nobody else had a hand in it. */
function untrue({ runs, after }: HourSeen): string[] {
  const [run] = runs;
  const disturbed = runs.length !== 1 || !run || run.beside || run.command !== "run" || !run.writes;
  if (disturbed || ![0, 3, 5].includes(Number(run.exit)) || run.during.length > 0) return [];
  // Those in the data directory itself may be an earlier run's: one that was stopped before it wrote leaves them there.
  const rows = [...resultsIn(run.files, `history/${run.json?.run_id}/`)].flatMap(([name, results]) =>
    name === "usgov_user" ? [] : results.filter(({ effect }) => effect !== "contact").map((row) => ({ name, ...row })),
  );
  const applied = new Set(
    rows.flatMap(({ name, id, salesforce_id, outcome }) =>
      outcome !== "skipped" ? [`${instanceOf(name)} ${id}`, `${instanceOf(name)} ${salesforce_id}`] : [],
    ),
  );
  const untold = organizationWrites([run]).filter(
    ({ instance, id, before, after: made }) =>
      !applied.has(`${instance} ${id}`) && !(before === null && applied.has(`${instance} ${made?.external_id}`)),
  );
  const organizations = new Map<string, World["zendesk"]["global"]["organizations"][number]>(
    (["global", "us-government"] as const).flatMap((instance) =>
      after.zendesk[instance].organizations.map((one) => [`${instance} ${one.id}`, one] as const),
    ),
  );
  const false_ = rows.filter(
    ({ name, id, outcome, after: wanted }) =>
      outcome === "applied" && !isSo(organizations.get(`${instanceOf(name)} ${id}`), wanted),
  );
  return [
    ...untold.map(({ instance, id }) => `${instance} organization ${id} was written, and is not told as applied`),
    ...false_.map(({ name, id, effect }) => `${name}: ${effect} of ${id} is told as applied, and is not so`),
  ];
}

function isSo(
  organization: { organization_fields: Record<string, unknown> } | undefined,
  { organization_fields: fields = {} }: ResultSeen["after"],
): boolean {
  if (!organization) return false;
  const same = (one: unknown, other: unknown) =>
    one === other ||
    (!one && !other) ||
    Number(one) === Number(other) ||
    String(one ?? "").slice(0, 10) === String(other ?? "");
  return Object.entries(fields as Record<string, unknown>).every(([key, value]) =>
    same(organization.organization_fields[key] === "0.0" ? 0 : organization.organization_fields[key], value),
  );
}

function instanceOf(comparison: string): "global" | "us-government" {
  return comparison.startsWith("usgov") ? "us-government" : "global";
}

function brokenFiles({ files, exit, command, beside }: RunSeen): string[] {
  const ended = (exit === 0 || exit === 3) && !beside;
  return [...files].flatMap(([path, content]) => {
    const name = path.split("/").at(-1) ?? "";
    if (name.startsWith(".") || !name.endsWith(".json")) return [];
    if (content.length > 0 && parsed(content) === null && content.toString().trim() !== "null")
      return [`${command}: ${path} is cut or empty`];
    if (content.length === 0) return [`${command}: ${path} is empty`];
    const manifest = files.get(path.replace(/\.json$/, ".manifest.json"));
    if (!ended || path.includes("/") || name.endsWith(".manifest.json") || !manifest) return [];
    const { sha256 } = (parsed(manifest) ?? {}) as { sha256?: string };
    const is = createHash("sha256").update(content).digest("hex");
    return sha256 === undefined || sha256 === is ? [] : [`${command}: ${path} is not what its manifest says`];
  });
}

/** A story's secrets, in the order in which they came to be known: the list only grows. */
const known = new WeakMap<HourSeen["sandbox"], Set<string>>();
/** How many of them a text was searched for in vain; most files are those of the hour before. */
const searched = new WeakMap<Buffer, number>();

function secretsIn(texts: readonly Buffer[], sandbox: HourSeen["sandbox"]): string[] {
  const secrets = new Set([...(known.get(sandbox) ?? []), ...sandbox.secrets]);
  known.set(sandbox, secrets);
  const all = [...secrets];
  const found = texts.flatMap((text) => {
    const inText = all.slice(searched.get(text) ?? 0).filter((secret) => text.includes(secret));
    if (inText.length === 0) searched.set(text, all.length);
    return inText;
  });
  return [...new Set(found)];
}

function leaks({ runs, sandbox, after }: HourSeen): string[] {
  const last = runs.at(-1);
  const printed = runs.flatMap(({ output }) => output.map(({ text }) => text)).join("\n");
  const texts = [Buffer.from(printed), ...(last ? [...last.files.values()] : [])];
  const secrets = secretsIn(texts, sandbox);
  const told = runs
    .flatMap(({ output }) => output.flatMap(({ stream, text }) => (stream === "err" ? [text] : [])))
    .join("\n");
  const customers = (["global", "us-government"] as const).flatMap((instance) => [
    ...after.zendesk[instance].organizations.map(({ id, name }) => ({ id, text: name })),
    ...after.zendesk[instance].users.map(({ id, email }) => ({ id, text: email ?? "" })),
  ]);
  return [
    ...secrets.map((secret) => `a secret that begins with ${secret.slice(0, 8)}`),
    ...customers
      .filter(({ text }) => text.length > 8 && told.includes(text))
      .map(({ id }) => `the name or address of ${id}`),
  ];
}
