import type { ComponentChildren } from "preact";
import type { PageHead } from "../../lib/report/page/format.ts";
import { duration, moment, namedHosts, WITHHELD } from "../../lib/report/page/labels.ts";
import { Command } from "./copy-button.tsx";
import { ThemeButton } from "./theme.tsx";
import { VisibleText } from "./visible-text.tsx";

/** The top of the page: what happened, in which run, what stood in its way, and what to do with it. */
export function Summary({ head }: { head: PageHead }) {
  const { about, headline, problems, warnings } = head;
  const [verdict, ...rest] = headline.split(": ");
  return (
    <header class="summary">
      <div class="bar">
        <span class="brand">zdsync</span>
        <span class="kind">{about.kind}</span>
        <ThemeButton />
      </div>
      <h1 class={`verdict ${toneOf(head)}`}>
        {rest.length > 0 ? (
          <>
            <strong>{verdict}:</strong> <VisibleText text={rest.join(": ")} />
          </>
        ) : (
          <strong>
            <VisibleText text={headline} />
          </strong>
        )}
      </h1>
      {about.kind !== "runs" && <About about={about} />}
      {problems.length > 0 && <Problems problems={problems} />}
      {warnings.length > 0 && <Problems problems={warnings} />}
      {about.apply !== null && (
        <p class="apply">
          <span>Apply exactly this:</span>
          <Command command={about.apply} label="Copy the command that applies exactly this" />
        </p>
      )}
      {about.withheld && <p class="notice">{WITHHELD}</p>}
      {about.kind !== "runs" && head.records + head.audit.length > 0 && (
        <p class="notice">
          This page holds names and addresses of customers. Share it only with people who may see them.
        </p>
      )}
    </header>
  );
}

function toneOf({ about, problems }: PageHead): string {
  if (about.exit === 3) return "warning";
  if (problems.length > 0 || (about.exit !== null && about.exit !== 0)) return "bad";
  return about.kind === "preview" || about.kind === "dry run" || about.kind === "runs" || about.kind === "simulate"
    ? "plain"
    : "good";
}

function About({ about }: Pick<PageHead, "about">) {
  return (
    <dl class="about">
      <Fact name="Run">
        <code>
          <VisibleText text={about.run_id} />
        </code>
      </Fact>
      <Fact name="Day">{about.today}</Fact>
      <Fact name="Started">{moment(about.started_at)}</Fact>
      {about.seconds !== null && <Fact name="Took">{duration(about.seconds)}</Fact>}
      {about.started_by !== null && (
        <Fact name="By">
          <VisibleText text={about.started_by} />
        </Fact>
      )}
      <Fact name="Command">
        <code>
          <VisibleText text={about.command} />
        </code>
      </Fact>
      {namedHosts(about.hosts).length > 0 && (
        <Fact name="Hosts">
          {namedHosts(about.hosts).map(({ service, host }) => (
            <span key={service} class="host">
              <span class="muted">{service}</span> {host}
            </span>
          ))}
        </Fact>
      )}
    </dl>
  );
}

function Fact({ name, children }: { name: string; children: ComponentChildren }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function Problems({ problems }: Pick<PageHead, "problems">) {
  return (
    <ul class="problems">
      {problems.map(({ where, what, remedy }) => (
        <li key={`${where}${what}`}>
          {where !== null && (
            <strong>
              <VisibleText text={where} />:{" "}
            </strong>
          )}
          <VisibleText text={what} />{" "}
          <span class="muted">
            <VisibleText text={remedy} />
          </span>
        </li>
      ))}
    </ul>
  );
}
