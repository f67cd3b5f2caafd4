import type { ExplanationDocument, Line, Span } from "../../lib/explain/document.ts";
import { isWebAddress } from "../../lib/report/page/labels.ts";
import { VisibleText } from "./visible-text.tsx";

/** Output of `zdsync explain` for an account: the answer, then the proof. */
export function Explanation({ answer, sections }: ExplanationDocument) {
  return (
    <div class="explanation">
      <div class="answer">
        <Lines lines={answer} />
      </div>
      <div class="proof">
        {sections.map(({ title, lines }) => (
          <section key={title}>
            <h3>
              <VisibleText text={title} />
            </h3>
            <Lines lines={lines} />
          </section>
        ))}
      </div>
    </div>
  );
}

function Lines({ lines }: { lines: readonly Line[] }) {
  return (
    <ul>
      {lines.map(({ depth, label, spans }, position) => (
        <li key={`${position}${label ?? ""}`} class={`depth-${depth}${label === undefined ? "" : " labelled"}`}>
          {label !== undefined && (
            <span class="label">
              <VisibleText text={label} />
            </span>
          )}
          <span class="spans">
            {spans.map((span, place) => (
              <Piece key={`${place}${span.text}`} {...span} />
            ))}
          </span>
        </li>
      ))}
    </ul>
  );
}

function Piece({ text, tone, href }: Span) {
  const shown = <VisibleText text={text} />;
  if (isWebAddress(href))
    return (
      <a href={href} target="_blank" rel="noreferrer noopener" class={tone ? `tone-${tone}` : ""}>
        {shown}
      </a>
    );
  return tone ? <span class={`tone-${tone}`}>{shown}</span> : shown;
}
