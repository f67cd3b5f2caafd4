import { useEffect, useState } from "preact/hooks";
import type { Detail, PageGroup, PageHead } from "../../lib/report/page/format.ts";
import { number } from "../../lib/report/page/labels.ts";
import { addressIn } from "../../lib/report/page/person-of-row.ts";
import { shellWord } from "../../lib/text/shell-word.ts";
import { readDetail } from "../data/read-data.ts";
import type { Record } from "../data/records.ts";
import { AllChanges } from "./changes.tsx";
import { Command } from "./copy-button.tsx";
import { Explanation } from "./explanation.tsx";
import { VisibleText } from "./visible-text.tsx";

/** Details below an open row: why, everything that changes, and how the account came to it. */
export function Opened({ record, head }: { record: Record; head: PageHead }) {
  const detail = useDetail(record.at, head.rowsPerBlock);
  if (detail === "opening") return <p class="muted">Opening …</p>;
  const changes = detail?.changes ?? record.changes;
  return (
    <div class="opened">
      {record.reason && (
        <p class="why">
          <strong>{record.reason.title}.</strong> <VisibleText text={record.reason.what} />{" "}
          <VisibleText text={record.reason.remedy} />
        </p>
      )}
      {detail?.explanation && <Explanation {...detail.explanation} />}
      <div class="facts">
        {changes.length > 0 && <AllChanges changes={changes} />}
        <Weight record={record} />
      </div>
      {!detail?.explanation && <ExplainCommand record={record} head={head} />}
    </div>
  );
}

function useDetail(at: number, rowsPerBlock: number): Detail | "opening" {
  const [detail, setDetail] = useState<Detail | "opening">("opening");
  useEffect(() => {
    let isCurrent = true;
    // A block that cannot be read leaves what the index knows, and the command.
    readDetail(at, rowsPerBlock).then(
      (read) => isCurrent && setDetail(read),
      () => isCurrent && setDetail(null),
    );
    return () => {
      isCurrent = false;
    };
  }, [at, rowsPerBlock]);
  return detail;
}

function Weight({ record: { level, arr, seats, domains } }: { record: Record }) {
  const told: [string, string][] = [
    ["Support level before", level ?? ""],
    ["Yearly revenue", arr > 0 ? number(arr) : ""],
    ["Seats", seats > 0 ? number(seats) : ""],
    ["Domains", domains],
  ];
  const known = told.filter(([, value]) => value !== "");
  if (known.length === 0) return null;
  return (
    <dl class="weight">
      {known.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>
            <VisibleText text={value} />
          </dd>
        </div>
      ))}
    </dl>
  );
}

/** `zdsync explain 0014M… --pipeline 4711`: exactly what somebody types who has this page and nothing else. */
function explainCommand(what: string | number, { about: { explain } }: PageHead): string {
  return ["zdsync explain", shellWord(String(what)), ...(explain ? [explain] : [])].join(" ");
}

/** People by their address, which is what `explain` finds them by. */
function whatToExplain(record: Record): string | number | null {
  return addressIn(record) ?? record.salesforceId ?? record.id;
}

function ExplainCommand({ record, head }: { record: Record; head: PageHead }) {
  const what = whatToExplain(record);
  if (what === null) return null;
  return (
    <p class="how">
      How it came to this:{" "}
      <Command command={explainCommand(what, head)} label="Copy the command that explains this record" />
    </p>
  );
}

/** Details below an open group. */
export function OpenedGroup({ first, group, head }: { first: Record; group: PageGroup; head: PageHead }) {
  const what = whatToExplain(first);
  if (what === null) return null;
  return (
    <p class="how">
      {group.changes.length > 0 && "All of them change in the same way. "}
      For any one of them, such as the first:{" "}
      <Command command={explainCommand(what, head)} label="Copy the command that explains the first of them" />
    </p>
  );
}
