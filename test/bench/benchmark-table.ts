import type { BenchmarkRow, ProgramFigures } from "./benchmark-row.ts";
import { SITUATION_NAMES, SITUATIONS } from "./situations.ts";

/** Rows by situation, then by size. Pure. */
export function inOrder(rows: readonly BenchmarkRow[]): BenchmarkRow[] {
  const place = ({ situation, bulkUsers }: BenchmarkRow) => SITUATIONS.indexOf(situation) * 2 + (bulkUsers ? 1 : 0);
  return [...rows].sort((a, b) => place(a) - place(b) || a.accounts - b.accounts);
}

/** What is told of rows beside the pictures: three tables, in Markdown. Pure. */
export function tablesOf(rows: readonly BenchmarkRow[]): string {
  const ordered = inOrder(rows);
  return [
    "**Time and requests against the bound and the original**",
    "",
    table(
      ["case", "ours", "bound: listing / snapshot", "× bound", "original", "gain", "requests", "least", "× least"],
      ordered.map(againstOthers),
    ),
    "",
    "**What ours took**",
    "",
    table(
      TAKEN,
      ordered.map((row) => taken(row, row.programs.ours)),
    ),
    "",
    "**What the original's schedule took**",
    "",
    table(
      TAKEN,
      ordered.filter((row) => row.programs.original).map((row) => taken(row, row.programs.original)),
    ),
    "",
    "**When, where, and how to measure it again**",
    "",
    table(["case", "command", "measured"], ordered.map(repeated)),
  ].join("\n");
}

const TAKEN = [
  "case",
  "time",
  "requests: Salesforce, global, us-government",
  "no request",
  "at the limit",
  "429",
  "jobs at once",
  "processor",
  "memory",
];

/** The case in words: `first fill, bulk users off, 5k`. */
export function caseName({ situation, bulkUsers, accounts }: BenchmarkRow): string {
  const users = bulkUsers === null ? "" : `, bulk users ${bulkUsers ? "on" : "off"}`;
  return `${SITUATION_NAMES[situation]}${users}, ${sizeName(accounts)}`;
}

/** `5k` of 5,000. */
export function sizeName(accounts: number): string {
  return accounts % 1000 === 0 ? `${accounts / 1000}k` : String(accounts);
}

/** Requests to Salesforce and Zendesk. */
export function requestsOf({ requests }: ProgramFigures): number {
  return ["salesforce", "zendesk-global", "zendesk-us-government"].reduce(
    (sum, name) => sum + (requests[name] ?? 0),
    0,
  );
}

function againstOthers(row: BenchmarkRow): string[] {
  const { ours, original } = row.programs;
  const { listing, snapshot } = row.bound;
  return [
    caseName(row),
    ours ? seconds(ours.seconds) : "–",
    row.situation === "first-fill"
      ? seconds(listing.seconds)
      : `${seconds(listing.seconds)} / ${seconds(snapshot.seconds)}`,
    ours ? times(ours.seconds / listing.seconds) : "–",
    original ? seconds(original.seconds) : "–",
    ours && original ? times(original.seconds / ours.seconds) : "–",
    ours ? count(requestsOf(ours)) : "–",
    count(listing.requests),
    ours ? times(requestsOf(ours) / listing.requests) : "–",
  ];
}

function taken(row: BenchmarkRow, figures: ProgramFigures | undefined): string[] {
  if (!figures) return [caseName(row), ...TAKEN.slice(1).map(() => "–")];
  const { requests } = figures;
  return [
    caseName(row),
    seconds(figures.seconds),
    ["salesforce", "zendesk-global", "zendesk-us-government"].map((name) => count(requests[name] ?? 0)).join(", "),
    figures.quietSeconds === undefined ? "–" : seconds(figures.quietSeconds),
    seconds(figures.secondsAtLimit),
    count(figures.tooMany),
    count(figures.jobsInFlight),
    seconds(figures.processorSeconds),
    `${count(figures.megabytes)} MB`,
  ];
}

function repeated(row: BenchmarkRow): string[] {
  const users = row.bulkUsers === null ? "" : ` --bulk-users ${row.bulkUsers ? "on" : "off"}`;
  const { date, commit, machine } = row.measured;
  return [
    caseName(row),
    `\`bun run bench --sizes ${sizeName(row.accounts)} --situations ${row.situation}${users}\``,
    `${date}, \`${commit}\`, ${machine}`,
  ];
}

function table(head: readonly string[], rows: readonly string[][]): string {
  return [head, head.map((_, place) => (place === 0 ? "---" : "---:")), ...rows]
    .map((cells) => `| ${cells.join(" | ")} |`)
    .join("\n");
}

function seconds(value: number): string {
  return `${value < 10 ? value.toFixed(1) : count(Math.round(value))} s`;
}

function times(value: number): string {
  return `${value < 10 ? value.toFixed(2) : value.toFixed(0)} ×`;
}

function count(value: number): string {
  return value.toLocaleString("en-US");
}
