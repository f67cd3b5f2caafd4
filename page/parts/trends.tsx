import type { RunTrend } from "../../lib/report/model.ts";
import { duration, isWebAddress, moment, number } from "../../lib/report/page/labels.ts";

const HEIGHT = 40;
const STEP = 8;
const BAR = 6;

type Measured = (typeof CHARTS)[number]["of"];

const CHARTS = [
  { of: "created", title: "Created" },
  { of: "updated", title: "Updated" },
  { of: "marked", title: "Marked" },
  { of: "failed", title: "Failed" },
  { of: "seconds", title: "Duration" },
] as const;

/** The last runs as small charts: each bar is a run, and a link to its page where that was kept. `runId`: whose page it is; null: of none. */
export function Trends({ trend, runId }: { trend: readonly RunTrend[]; runId: string | null }) {
  if (trend.length < 2) return null;
  return (
    <section class="panel trends">
      <h2>
        Last {trend.length} runs <Legend isOfRun={trend.some(({ run_id }) => run_id === runId)} />
      </h2>
      <div class="charts">
        {CHARTS.map(({ of, title }) => (
          <Chart key={of} of={of} title={title} trend={trend} runId={runId} />
        ))}
      </div>
    </section>
  );
}

/** Legend of the bars. The page about all runs is about none of them in particular. */
function Legend({ isOfRun }: { isOfRun: boolean }) {
  return (
    <span class="muted legend">
      a bar each, oldest first{" "}
      {isOfRun && (
        <span class="key this">
          <span aria-hidden="true" /> this one
        </span>
      )}{" "}
      <span class="key bad">
        <span aria-hidden="true" /> did not end well
      </span>
    </span>
  );
}

function Chart(props: { of: Measured; title: string; trend: readonly RunTrend[]; runId: string | null }) {
  const { of, title, trend, runId } = props;
  const most = Math.max(1, ...trend.map((run) => run[of] ?? 0));
  const last = trend.at(-1)?.[of] ?? null;
  return (
    <figure>
      <figcaption>
        <span class="muted">{title}</span> <strong>{shown(of, last)}</strong>
      </figcaption>
      {/* biome-ignore lint/a11y/noSvgWithoutTitle: named links; the caption names the figure */}
      <svg viewBox={`0 0 ${trend.length * STEP} ${HEIGHT}`} preserveAspectRatio="none">
        {trend.map((run, position) => (
          <RunBar key={run.run_id} run={run} of={of} x={position * STEP} most={most} isThis={run.run_id === runId} />
        ))}
      </svg>
    </figure>
  );
}

function RunBar(props: { run: RunTrend; of: Measured; x: number; most: number; isThis: boolean }) {
  const { run, of, x, most, isThis } = props;
  const value = run[of];
  const height = value === null || value === 0 ? 1 : Math.max(2, (HEIGHT * value) / most);
  const name = `${moment(run.started_at)}: ${shown(of, value)}${isWell(run) ? "" : `, exit ${run.exit}`}`;
  const bar = (
    <>
      <title>{name}</title>
      <rect class="reach" x={x} width={STEP} height={HEIGHT} />
      <rect class={barClass(run, isThis)} x={x} y={HEIGHT - height} width={BAR} height={height} />
    </>
  );
  return run.href === null || !(isWebAddress(run.href) || /^(?:\.\.|history)\//.test(run.href)) ? (
    <g>{bar}</g>
  ) : (
    <a href={run.href} aria-label={`Run of ${name}`}>
      {bar}
    </a>
  );
}

function barClass(run: RunTrend, isThis: boolean): string {
  return `bar${isThis ? " this" : ""}${isWell(run) ? "" : " bad"}`;
}

/** True if a run ended well, or has not ended. */
function isWell({ exit }: RunTrend): boolean {
  return exit === 0 || exit === null;
}

function shown(of: Measured, value: number | null): string {
  if (value === null) return "–";
  return of === "seconds" ? duration(value) : number(value);
}
