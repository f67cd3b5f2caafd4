import type { AuditLine } from "../../lib/audit/render-audit.ts";
import { number } from "../../lib/report/page/words.ts";
import { Command } from "./copy-button.tsx";
import { VisibleText, visibleText } from "./visible-text.tsx";

/** What is wrong with the identities of both sides. */
export function Audit({ findings }: { findings: readonly AuditLine[] }) {
  return (
    <section class="audit" id="panel-audit" role="tabpanel" aria-labelledby="tab-audit">
      {findings.map(({ code, params, title, what, remedy, count, examples, command }) => (
        <article key={`${code}${params.instance}`}>
          <h2>
            <span class="count">{number(count)}</span> <VisibleText text={title} />
            {typeof params.instance === "string" && <span class="muted"> {params.instance}</span>}
          </h2>
          <p>
            <VisibleText text={what} />{" "}
            <span class="muted">
              <VisibleText text={remedy} />
            </span>
          </p>
          <ul>
            {examples.map((example) => (
              <li key={example}>
                <VisibleText text={example} />
              </li>
            ))}
            {count > examples.length && examples.length > 0 && (
              <li class="muted">and {number(count - examples.length)} more</li>
            )}
          </ul>
          {command !== null && <Command command={command} label={`Copy the command for: ${visibleText(title)}`} />}
        </article>
      ))}
    </section>
  );
}
