import type { RunOfHistory } from "../../lib/report/model.ts";
import { duration, isWebAddress, moment } from "../../lib/report/page/labels.ts";
import { VisibleText } from "./visible-text.tsx";

/** The runs of a data directory, newest first: what `zdsync runs` lists. */
export function Runs({ runs }: { runs: readonly RunOfHistory[] }) {
  return (
    <section class="runs" aria-label="Runs">
      <table>
        <thead>
          <tr>
            <th scope="col">Started</th>
            <th scope="col">What</th>
            <th scope="col">How it ended</th>
            <th scope="col">What changed</th>
            <th scope="col">Took</th>
          </tr>
        </thead>
        <tbody>
          {runs.map((run) => (
            <tr key={run.run_id}>
              <td>
                <RunLink run={run} />
              </td>
              <td>
                <VisibleText text={run.what} />
              </td>
              <td class={run.ended_well ? "" : "bad"}>
                <VisibleText text={run.outcome} />
              </td>
              <td>
                <VisibleText text={run.counts} />
              </td>
              <td>{run.seconds === null ? "–" : duration(run.seconds)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function RunLink({ run: { href, run_id, started_at } }: { run: RunOfHistory }) {
  const name = (
    <>
      {moment(started_at)}{" "}
      <code>
        <VisibleText text={run_id} />
      </code>
    </>
  );
  // Only pages beside this one.
  return href !== null && /^history\//.test(href) && !isWebAddress(href) ? <a href={href}>{name}</a> : name;
}
