import type { RefObject } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import type { PageHead, PageIndex } from "../../lib/report/page/format.ts";
import { number } from "../../lib/report/page/labels.ts";
import { firstRecord, groupOf, type Line, recordAt, rowCount } from "../data/records.ts";
import { groupKey, isExpanded, type Selection } from "../data/select.ts";
import type { Sort, View } from "../data/view.ts";
import { Opened, OpenedGroup } from "./opened.tsx";
import { RecordRow } from "./row.tsx";
import { useKeys } from "./use-keys.ts";
import { usePrinting } from "./use-printing.ts";
import { useVirtualRows } from "./use-virtual-rows.ts";

const COLUMNS: { sort: Sort; title: string }[] = [
  { sort: "harm", title: "Harm" },
  { sort: "customer", title: "Customer" },
  { sort: "instance", title: "Instance" },
  { sort: "effect", title: "Effect" },
  { sort: "change", title: "Before → after" },
  { sort: "reason", title: "Reason" },
  { sort: "outcome", title: "Outcome" },
];

/** Rows that paper gets. */
const PRINTED = 5000;

interface Props {
  head: PageHead;
  index: PageIndex;
  selection: Selection;
  view: View;
  change: (part: Partial<View>) => void;
  bar: RefObject<HTMLDivElement | null>;
  search: RefObject<HTMLInputElement | null>;
}

/** Everything that changes or is left as it is, a row each; only those in the window are in the document. */
export function ChangesTable(props: Props) {
  const { head, index, selection, view, change, bar, search } = props;
  const { lines } = selection;
  const table = useRef<HTMLTableElement>(null);
  const [focused, setFocused] = useState(-1);
  const { top, covered } = usePlace(table, bar);
  const rows = useVirtualRows({
    count: lines.length,
    keyOf: (position) => lines[position] ?? 0,
    top,
    covered,
    kept: focused,
  });
  const isPrinted = usePrinting();
  const toggle = (key: string) => change({ open: view.open === key ? null : key });
  const scrollTo = (position: number) => rows.scrollToIndex(position, { align: "auto" });
  useKeys({ table, search, view, change, count: lines.length, setFocused, scrollTo });
  useScrollToOpen(index, lines, view.open, top, (position) => rows.scrollToIndex(position, { align: "center" }));

  const shown = isPrinted
    ? lines.slice(0, PRINTED).map((_, position) => ({ index: position, start: 0, end: 0 }))
    : rows.getVirtualItems();
  let end = isPrinted ? 0 : top;
  return (
    <div id="panel-changes">
      <table ref={table} class="changes" aria-label="Changes" aria-rowcount={lines.length + 1}>
        <Head view={view} change={change} />
        {shown.flatMap((item) => {
          const line = lines[item.index];
          if (line === undefined) return [];
          const gap = item.start - end;
          end = item.end;
          const body = (
            <tbody key={line} data-index={item.index} ref={rows.measureElement}>
              <LineRows {...{ head, index, selection, view, line, toggle }} position={item.index} />
            </tbody>
          );
          return gap > 0 ? [<Gap key={`before ${line}`} height={gap} />, body] : [body];
        })}
        {!isPrinted && <Gap height={top + rows.getTotalSize() - end} />}
      </table>
      {lines.length === 0 && <p class="nothing">No matches. Press Esc to show everything again.</p>}
      {isPrinted && lines.length > PRINTED && (
        <p>
          The first {number(PRINTED)} rows of {number(lines.length)}: filter to print fewer.
        </p>
      )}
    </div>
  );
}

function Head({ view, change }: Pick<Props, "view" | "change">) {
  const sortBy = (sort: Sort) =>
    change(view.sort === sort ? { descending: !view.descending } : { sort, descending: false });
  return (
    <thead>
      <tr aria-rowindex={1}>
        {COLUMNS.map(({ sort, title }) => (
          <th key={sort} scope="col" class={`column-${sort}`} aria-sort={sortOf(view, sort)}>
            <button type="button" onClick={() => sortBy(sort)}>
              {title}
            </button>
          </th>
        ))}
      </tr>
    </thead>
  );
}

function sortOf(view: View, sort: Sort): "none" | "ascending" | "descending" {
  if (view.sort !== sort) return "none";
  return view.descending ? "descending" : "ascending";
}

function Gap({ height }: { height: number }) {
  return height > 0 ? (
    <tbody aria-hidden="true" class="gap">
      <tr>
        <td colSpan={COLUMNS.length} style={{ height: `${height}px` }} />
      </tr>
    </tbody>
  ) : null;
}

/** A line of the table, with what it opened to below it. */
function LineRows(
  props: Pick<Props, "head" | "index" | "selection" | "view"> & {
    line: Line;
    position: number;
    toggle: (key: string) => void;
  },
) {
  const { head, index, selection, view, line, position, toggle } = props;
  const group = groupOf(line);
  const of = group === null ? undefined : index.groups[group];
  const record = recordAt(index, firstRecord(line, index.groups));
  const key = group === null ? record.key : groupKey(group);
  const isMember = line >= rowCount(index);
  const isOpen = group === null ? !isMember && view.open === key : isExpanded(index, selection.inGroup, group, view);
  return (
    <>
      <RecordRow
        record={record}
        position={position}
        isOpen={isOpen}
        toggle={() => toggle(key)}
        group={of && group !== null ? { of, shown: selection.inGroup[group] ?? 0 } : null}
        isMember={isMember}
      />
      {isOpen && (
        <tr class="opened-row">
          <td colSpan={COLUMNS.length}>
            {of ? <OpenedGroup first={record} group={of} head={head} /> : <Opened record={record} head={head} />}
          </td>
        </tr>
      )}
    </>
  );
}

/** Returns the top of the table's rows and the height covering the window's upper edge; measured again after every resize. */
function usePlace(table: RefObject<HTMLTableElement | null>, bar: RefObject<HTMLDivElement | null>) {
  const [place, setPlace] = useState({ top: 0, covered: 0 });
  useLayoutEffect(() => {
    const measure = () => {
      if (!table.current) return;
      const head = table.current.tHead?.offsetHeight ?? 0;
      const above = bar.current?.offsetHeight ?? 0;
      document.documentElement.style.setProperty("--toolbar", `${above}px`);
      const top = Math.round(table.current.getBoundingClientRect().top + window.scrollY + head);
      setPlace((now) => (now.top === top && now.covered === above + head ? now : { top, covered: above + head }));
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(document.body);
    if (bar.current) observer.observe(bar.current);
    return () => observer.disconnect();
  }, [table, bar]);
  return place;
}

/** An address that names an open record leads to it, once. */
function useScrollToOpen(
  index: PageIndex,
  lines: readonly Line[],
  open: string | null,
  top: number,
  scrollTo: (position: number) => void,
): void {
  const [wanted, setWanted] = useState(open);
  useLayoutEffect(() => {
    if (wanted === null || top === 0) return;
    setWanted(null);
    const position = lines.findIndex((line) => {
      const group = groupOf(line);
      return (group === null ? recordAt(index, line).key : groupKey(group)) === wanted;
    });
    if (position >= 0) scrollTo(position);
  });
}
