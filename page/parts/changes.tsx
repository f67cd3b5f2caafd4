import type { Row } from "../../lib/report/model.ts";
import type { Change } from "../../lib/report/page/format.ts";
import { VisibleText } from "./visible-text.tsx";

/** The first changes of a record: field, before, after. */
export function Changes(props: { changes: readonly Change[]; fields: readonly string[]; effect: Row["effect"] }) {
  const { changes, fields, effect } = props;
  if (changes.length === 0) return fields.length > 0 ? <span class="field">{fields.join(", ")}</span> : null;
  const more = fields.length - changes.length;
  return (
    <ul>
      {changes.map(({ field, before, after }) => (
        <li key={field}>
          <span class="field">{field}</span>{" "}
          {effect !== "create" && (
            <>
              <Value text={before} kind="before" /> <span class="arrow">→</span>{" "}
            </>
          )}
          <Value text={after} kind="after" />
        </li>
      ))}
      {more > 0 && <li class="muted">and {more} more</li>}
    </ul>
  );
}

function Value({ text, kind }: { text: string; kind: "before" | "after" }) {
  return <span class={kind}>{text === "" ? <span class="muted">empty</span> : <VisibleText text={text} />}</span>;
}

/** All changes of a record, as a table of its own. */
export function AllChanges({ changes }: { changes: readonly Change[] }) {
  return (
    <table class="all-changes">
      <thead>
        <tr>
          <th scope="col">Field</th>
          <th scope="col">Before</th>
          <th scope="col">After</th>
        </tr>
      </thead>
      <tbody>
        {changes.map(({ field, before, after }) => (
          <tr key={field}>
            <th scope="row">{field}</th>
            <td>
              <Value text={before} kind="before" />
            </td>
            <td>
              <Value text={after} kind="after" />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
