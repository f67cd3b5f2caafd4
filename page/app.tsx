import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import type { Harm } from "../lib/report/model.ts";
import type { PageHead, PageIndex } from "../lib/report/page/format.ts";
import { number } from "../lib/report/page/labels.ts";
import { readIndex } from "./data/read-data.ts";
import { countHarms } from "./data/records.ts";
import { type Haystack, haystackOf } from "./data/search.ts";
import { orderOf, select } from "./data/select.ts";
import type { View } from "./data/view.ts";
import { Audit } from "./parts/audit.tsx";
import { Harms } from "./parts/harms.tsx";
import { Limits } from "./parts/limits.tsx";
import { Runs } from "./parts/runs.tsx";
import { Summary } from "./parts/summary.tsx";
import { ChangesTable } from "./parts/table.tsx";
import { Toolbar } from "./parts/toolbar.tsx";
import { Trends } from "./parts/trends.tsx";
import { useView } from "./use-view.ts";

/** The page. What is on top needs nothing unpacked; the table comes when the index is. */
export function App({ head }: { head: PageHead }) {
  if (head.runs !== null) return <History head={head} runs={head.runs} />;
  return isBare(head) ? <Bare head={head} /> : <Report head={head} />;
}

/** True if nothing was compared and nothing found: the page then has no table, only the problems to correct on top. */
function isBare({ records, limits, audit }: PageHead): boolean {
  return records + limits.length + audit.length === 0;
}

function Bare({ head }: { head: PageHead }) {
  return (
    <>
      <Summary head={head} />
      <main>
        <div class="panels">
          <Trends trend={head.trend} runId={head.about.run_id} />
        </div>
      </main>
    </>
  );
}

/** The page about the runs of a data directory. */
function History({ head, runs }: { head: PageHead; runs: NonNullable<PageHead["runs"]> }) {
  return (
    <>
      <Summary head={head} />
      <main>
        <div class="panels">
          <Trends trend={head.trend} runId={null} />
        </div>
        <Runs runs={runs} />
      </main>
    </>
  );
}

function Report({ head }: { head: PageHead }) {
  const [view, change] = useView();
  const records = useRecords();
  // Nothing in these follows the view: a keystroke in the search does not draw them again.
  const summary = useMemo(() => <Summary head={head} />, [head]);
  const panels = useMemo(
    () => (
      <div class="panels">
        <Limits limits={head.limits} />
        <Trends trend={head.trend} runId={head.about.run_id} />
      </div>
    ),
    [head],
  );
  return (
    <>
      {summary}
      <main>
        {records !== null && records !== "unreadable" && (
          <HarmFilter index={records.index} view={view} change={change} />
        )}
        {panels}
        {head.audit.length > 0 && <Tabs head={head} view={view} change={change} />}
        {records === null && <p class="nothing">Opening {number(head.records)} records …</p>}
        {records === "unreadable" && (
          <p class="nothing" role="alert">
            The records of this page cannot be read: it was cut off, or this browser is too old. report.md, beside it,
            says the same.
          </p>
        )}
        {records !== null && records !== "unreadable" && view.tab === "changes" && (
          <Changes head={head} {...records} view={view} change={change} />
        )}
        {view.tab === "audit" && head.audit.length > 0 && <Audit findings={head.audit} />}
      </main>
    </>
  );
}

interface Records {
  index: PageIndex;
  haystack: Haystack;
}

function useRecords(): Records | "unreadable" | null {
  const [records, setRecords] = useState<Records | "unreadable" | null>(null);
  useEffect(() => {
    readIndex().then(
      (index) => setRecords({ index, haystack: haystackOf(index) }),
      () => setRecords("unreadable"),
    );
  }, []);
  return records;
}

interface Shown {
  view: View;
  change: (part: Partial<View>) => void;
}

function HarmFilter({ index, view, change }: Shown & { index: PageIndex }) {
  const counts = useMemo(() => countHarms(index), [index]);
  const toggle = (harm: Harm) =>
    change({
      harms: view.harms.includes(harm) ? view.harms.filter((one) => one !== harm) : [...view.harms, harm],
      tab: "changes",
    });
  return <Harms counts={counts} chosen={view.harms} toggle={toggle} />;
}

function Tabs({ head, view, change }: Shown & { head: PageHead }) {
  // Not what nobody has to look at: there may be hundreds of it.
  const found = head.audit.reduce((sum, one) => sum + (one.needs_somebody ? one.count : 0), 0);
  return (
    <div class="tabs" role="tablist" aria-label="What is listed">
      {(["changes", "audit"] as const).map((tab) => (
        <button
          key={tab}
          id={`tab-${tab}`}
          type="button"
          role="tab"
          aria-selected={view.tab === tab}
          onClick={() => change({ tab })}
        >
          {tab === "changes" ? "Changes" : "Audit"}{" "}
          <span class="muted">{number(tab === "changes" ? head.records : found)}</span>
        </button>
      ))}
    </div>
  );
}

function Changes({ head, index, haystack, view, change }: Shown & Records & { head: PageHead }) {
  const bar = useRef<HTMLDivElement>(null);
  const search = useRef<HTMLInputElement>(null);
  const order = useMemo(() => orderOf(index, view.sort, view.descending), [index, view.sort, view.descending]);
  const selection = useMemo(() => select(index, haystack, order, view), [index, haystack, order, view]);
  return (
    <section class="list" aria-label="Changes">
      <Toolbar {...{ index, view, change, bar, search }} shown={selection.records} all={head.records} />
      {head.explanationsLeftOut && (
        <p class="muted">
          Explanations of the rows that matter least were left out to keep this page small: they name the command.
        </p>
      )}
      <ChangesTable {...{ head, index, selection, view, change, bar, search }} />
    </section>
  );
}
