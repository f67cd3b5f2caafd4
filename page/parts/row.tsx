import type { PageIndex } from "../../lib/report/page/format.ts";
import { HARM_LABELS, HARM_TONES, isWebAddress, number, recordsNoun } from "../../lib/report/page/labels.ts";
import type { Record } from "../data/records.ts";
import { Changes } from "./changes.tsx";
import { VisibleText } from "./visible-text.tsx";

const TONE_OF_OUTCOME = {
  planned: "muted",
  applied: "good",
  failed: "bad",
  skipped: "muted",
  refused: "warning",
  "not attempted": "warning",
} as const;

/** A record as a row of the table; of a group the row that stands for all of them. */
export function RecordRow(props: {
  record: Record;
  position: number;
  isOpen: boolean;
  toggle: () => void;
  /** For a row that stands for folded ones: the group, and how many of its members the filters leave; otherwise null. */
  group: { of: PageIndex["groups"][number]; shown: number } | null;
  isMember: boolean;
}) {
  const { record, position, isOpen, toggle, group, isMember } = props;
  const { harm, instance, effect, outcome } = record;
  const cause = group?.of.cause ?? record.cause;
  return (
    <tr class={isMember ? "row member" : "row"} aria-rowindex={position + 2}>
      <td class="harm-cell">{!isMember && <span class={`chip ${HARM_TONES[harm]}`}>{HARM_LABELS[harm]}</span>}</td>
      <td class="customer">
        {isMember ? (
          <span class="name" tabIndex={-1}>
            <VisibleText text={record.name} />
          </span>
        ) : (
          <button type="button" class="open" aria-expanded={isOpen} onClick={toggle}>
            {group ? <GroupName {...group} record={record} /> : <VisibleText text={record.name || "(no name)"} />}
          </button>
        )}
        {!group && <Ids record={record} />}
      </td>
      <td class="instance">{!isMember && instance}</td>
      <td class="effect">{!isMember && (effect === "none" ? <span class="muted">no change</span> : effect)}</td>
      <td class="change">
        {(!isMember || record.changes.length > 0) && (
          <Changes {...record} changes={group?.of.changes ?? record.changes} />
        )}
      </td>
      <td class="reason">{cause !== "" && <VisibleText text={cause} />}</td>
      <td class="outcome">
        {outcome !== null && !isMember && <span class={`chip ${TONE_OF_OUTCOME[outcome]}`}>{outcome}</span>}
      </td>
    </tr>
  );
}

function GroupName({ of, shown, record }: { of: PageIndex["groups"][number]; shown: number; record: Record }) {
  return (
    <>
      {shown < of.members && `${number(shown)} of `}
      {recordsNoun(record.comparison, of.count)}: {inCommon(record, of.cause)}
    </>
  );
}

/** Summary of the change that the folded records share. */
function inCommon({ fields, effect }: Record, cause: string) {
  if (fields.length === 0) return <VisibleText text={cause || effect} />;
  return effect === "update" ? `only ${fields.join(", ")} set` : `${effect}, ${fields.length} fields`;
}

function Ids({ record: { salesforceId, id, links } }: { record: Record }) {
  return (
    <span class="ids">
      {salesforceId && <Id text={salesforceId} href={links.salesforce} where="Salesforce" />}
      {id !== null && <Id text={String(id)} href={links.zendesk} where="Zendesk" />}
    </span>
  );
}

function Id({ text, href, where }: { text: string; href: string | null; where: string }) {
  if (!isWebAddress(href)) return <code>{text}</code>;
  return (
    <a href={href} target="_blank" rel="noreferrer noopener" aria-label={`${text} in ${where}`}>
      <code>{text}</code>
    </a>
  );
}
