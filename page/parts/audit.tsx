import type { AuditFinding } from "../../lib/report/model.ts";
import { Command } from "./copy-button.tsx";
import { VisibleText, visibleText } from "./visible-text.tsx";
import { number } from "./words.ts";

/** What is wrong with the identities of both sides. */
export function Audit({ findings }: { findings: readonly AuditFinding[] }) {
  return (
    <section class="audit" id="panel-audit" role="tabpanel" aria-labelledby="tab-audit">
      {findings.map(({ code, title, count, examples, command }) => (
        <article key={code}>
          <h2>
            <span class="count">{number(count)}</span> <VisibleText text={title} />
          </h2>
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
