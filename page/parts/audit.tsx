import type { AuditLine } from "../../lib/audit/render-audit.ts";
import { number } from "../../lib/report/page/labels.ts";
import { Command } from "./copy-button.tsx";
import { VisibleText, visibleText } from "./visible-text.tsx";

/** Problems with the identities of both sides: first those that need somebody's attention, then the rest. */
export function Audit({ findings }: { findings: readonly AuditLine[] }) {
  const parts = [
    { title: "To look at", lines: findings.filter((one) => one.needs_somebody) },
    { title: "Nothing to do", lines: findings.filter((one) => !one.needs_somebody) },
  ].filter(({ lines }) => lines.length > 0);
  return (
    <div id="panel-audit" role="tabpanel" aria-labelledby="tab-audit">
      {parts.map(({ title, lines }) => (
        <section key={title} aria-label={title}>
          <h2 class="audit-part">{title}</h2>
          <Findings findings={lines} />
        </section>
      ))}
    </div>
  );
}

function Findings({ findings }: { findings: readonly AuditLine[] }) {
  return (
    <div class="audit">
      {findings.map(({ code, params, title, what, remedy, count, examples, command }) => (
        <article key={`${code}${params.instance}`}>
          <h3>
            <span class="count">{number(count)}</span> <VisibleText text={title} />
            {typeof params.instance === "string" && <span class="muted"> {params.instance}</span>}
          </h3>
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
    </div>
  );
}
