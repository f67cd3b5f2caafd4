import type { BenchmarkRow } from "./benchmark-row.ts";
import { inOrder, requestsOf, sizeName } from "./benchmark-table.ts";
import { SITUATION_NAMES } from "./situations.ts";

/** What each panel shows: ours and the original's of a row, and the bound's where there is one. */
const MEASURES: readonly { name: string; unit: string; of(row: BenchmarkRow): Values; least: number }[] = [
  { name: "time", unit: "s", least: 1, of: (row) => values(row, ({ seconds }) => seconds, row.bound.listing.seconds) },
  { name: "requests", unit: "", least: 10, of: (row) => values(row, requestsOf, row.bound.listing.requests) },
  { name: "at the limit", unit: "s", least: 1, of: (row) => values(row, ({ secondsAtLimit }) => secondsAtLimit) },
  { name: "processor", unit: "s", least: 0.1, of: (row) => values(row, ({ processorSeconds }) => processorSeconds) },
  { name: "memory", unit: "MB", least: 100, of: (row) => values(row, ({ megabytes }) => megabytes) },
];

interface Values {
  ours?: number | undefined;
  original?: number | undefined;
  bound?: number | undefined;
}

const LINES = { ours: "#1f6feb", original: "#bf5b04", bound: "#6e7781" } as const;
type Line = keyof typeof LINES;
const LINE_NAMES: Readonly<Record<Line, string>> = {
  ours: "zdsync",
  original: "the original's schedule",
  bound: "lower bound (listing)",
};

const PANEL = { width: 132, height: 96, gapX: 40, gapY: 22 };
const LEFT = 92;
const TOP = 62;

/**
 * The rows as small pictures, a column for each situation, a row for each measure, both axes logarithmic: SVG that needs nothing else.
 * Pure.
 */
export function plotOf(rows: readonly BenchmarkRow[]): string {
  const columns = [...Map.groupBy(inOrder(rows), columnName)];
  const sizes = [...new Set(rows.map(({ accounts }) => accounts))].sort((a, b) => a - b);
  const width = LEFT + columns.length * (PANEL.width + PANEL.gapX) + 16;
  const height = TOP + MEASURES.length * (PANEL.height + PANEL.gapY) + 24;
  const body = columns.flatMap(([name, own], column) => [
    text(leftOf(column), TOP - 10, name, 'font-weight="600"'),
    ...MEASURES.flatMap((measure, row) => panel(own, { measure, sizes, left: leftOf(column), top: topOf(row) })),
  ]);
  const names = MEASURES.map(({ name, unit }, row) =>
    text(8, topOf(row) + PANEL.height / 2, unit ? `${name}, ${unit}` : name, 'font-weight="600"'),
  );
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="system-ui, sans-serif" font-size="11" fill="#1f2328" role="img" aria-label="Time, requests, time at the limit, processor time and memory of zdsync, of the original's schedule and of the lower bound, by number of accounts">
<rect width="${width}" height="${height}" fill="#fff"/>
${[...legend(), ...names, ...body].join("\n")}
</svg>
`;
}

function legend(): string[] {
  return (Object.keys(LINES) as Line[]).flatMap((line, place) => {
    const left = LEFT + place * 190;
    return [stroke(line, `M${left} 18h24`), text(left + 30, 22, LINE_NAMES[line])];
  });
}

interface Place {
  measure: (typeof MEASURES)[number];
  sizes: readonly number[];
  left: number;
  top: number;
}

function panel(rows: readonly BenchmarkRow[], { measure, sizes, left, top }: Place): string[] {
  const all = rows.flatMap((row) => Object.values(measure.of(row)).filter((one) => one !== undefined));
  const from = 10 ** Math.floor(Math.log10(Math.max(measure.least, Math.min(...all, Infinity))));
  const to = Math.max(from * 10, 10 ** Math.ceil(Math.log10(Math.max(measure.least, ...all))));
  const along = (value: number, [low, high]: [number, number]) =>
    Math.log(Math.max(value, low) / low) / Math.log(high / low);
  const [first = 1, last = first * 10] = [sizes[0], sizes.length > 1 ? sizes.at(-1) : undefined];
  const x = (accounts: number) => left + PANEL.width * along(accounts, [first, last]);
  const y = (value: number) => top + PANEL.height * (1 - along(value, [from, to]));
  const lines = (Object.keys(LINES) as Line[]).flatMap((line) => {
    const points = rows.flatMap((row) => {
      const value = measure.of(row)[line];
      return value === undefined ? [] : [`${x(row.accounts).toFixed(1)} ${y(value).toFixed(1)}`];
    });
    if (points.length === 0) return [];
    const dots = points.map((point) => {
      const [cx, cy] = point.split(" ");
      return `<circle cx="${cx}" cy="${cy}" r="2.2" fill="${LINES[line]}"/>`;
    });
    return [stroke(line, `M${points.join("L")}`), ...dots];
  });
  return [
    `<rect x="${left}" y="${top}" width="${PANEL.width}" height="${PANEL.height}" fill="none" stroke="#d0d7de"/>`,
    text(left - 4, top + 9, short(to), 'text-anchor="end" fill="#656d76"'),
    text(left - 4, top + PANEL.height, short(from), 'text-anchor="end" fill="#656d76"'),
    ...sizes.map((size) =>
      text(x(size), top + PANEL.height + 12, sizeName(size), 'text-anchor="middle" fill="#656d76" font-size="9"'),
    ),
    ...lines,
  ];
}

function values(
  { programs }: BenchmarkRow,
  of: (figures: NonNullable<BenchmarkRow["programs"]["ours"]>) => number,
  bound?: number,
): Values {
  const { ours, original } = programs;
  return { bound, original: original && of(original), ours: ours && of(ours) };
}

function columnName({ situation, bulkUsers }: BenchmarkRow): string {
  const users = bulkUsers === null ? "" : bulkUsers ? ", bulk on" : ", bulk off";
  return `${SITUATION_NAMES[situation].replace(" (1 % changed)", "")}${users}`;
}

const leftOf = (column: number) => LEFT + 44 + column * (PANEL.width + PANEL.gapX) - 8;
const topOf = (row: number) => TOP + row * (PANEL.height + PANEL.gapY);

function stroke(line: Line, path: string): string {
  const dashes = line === "bound" ? ' stroke-dasharray="4 3"' : "";
  return `<path d="${path}" fill="none" stroke="${LINES[line]}" stroke-width="1.6"${dashes}/>`;
}

function text(x: number, y: number, words: string, attributes = ""): string {
  return `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" ${attributes}>${words.replaceAll("&", "&amp;")}</text>`;
}

function short(value: number): string {
  return value >= 1000 ? `${value / 1000}k` : String(value);
}
