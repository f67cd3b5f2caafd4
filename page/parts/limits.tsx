import type { LimitBar } from "../../lib/report/model.ts";
import { COMPARISON_TITLES, EFFECT_TITLES, number, uncountedText } from "../../lib/report/page/labels.ts";

/** Limits that are shown at once, unless more are exceeded. */
const NEAREST = 4;

/** A bar for each limit, nearest first. */
export function Limits({ limits }: { limits: readonly LimitBar[] }) {
  const sorted = limits.toSorted((one, other) => shareOf(other) - shareOf(one));
  const near = sorted.filter((limit, position) => limit.exceeded || (position < NEAREST && limit.count > 0));
  const far = sorted.filter((limit) => !near.includes(limit));
  if (limits.length === 0) return null;
  return (
    <section class="panel limits">
      <h2>Limits</h2>
      {near.length === 0 && <p class="muted">Nothing was measured against limits.</p>}
      <ul>
        {near.map((limit) => (
          <Bar key={limit.comparison + limit.effect} {...limit} />
        ))}
      </ul>
      {far.length > 0 && (
        <details>
          <summary>{far.length} more, further from their limits</summary>
          <ul>
            {far.map((limit) => (
              <Bar key={limit.comparison + limit.effect} {...limit} />
            ))}
          </ul>
        </details>
      )}
    </section>
  );
}

function shareOf({ count, limit, exceeded }: LimitBar): number {
  return (exceeded ? 1000 : 0) + (limit === null ? 0 : count / Math.max(limit, 1));
}

/** Measured value as a bar; the limit is the end of the track, or a line in it if it was exceeded. */
function Bar({ comparison, effect, count, of, limit, allowed, exceeded, uncounted = 0 }: LimitBar) {
  const full = Math.max(limit ?? 0, count, 1);
  const against = limit === null ? "no limit" : `limit ${number(limit)}`;
  return (
    <li class={exceeded ? "exceeded" : ""}>
      <span class="what">
        {EFFECT_TITLES[effect]} <span class="muted">{COMPARISON_TITLES[comparison]}</span>
      </span>
      <span class="figures">
        <strong>{number(count)}</strong>{" "}
        <span class="muted">
          {against}
          {allowed !== null && `, ${number(allowed)} allowed`} · of {number(of)}
        </span>
        {exceeded && <span class="chip bad">exceeded</span>}
      </span>
      <svg class="track" viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true">
        <rect class="room" width="100" height="4" />
        <rect class="measured" width={limit === null ? 0 : (100 * count) / full} height="4" />
        {exceeded && limit !== null && <rect class="limit" x={(100 * limit) / full} width="0.6" height="4" />}
      </svg>
      {uncounted > 0 && <span class="muted uncounted">{uncountedText(uncounted)}</span>}
    </li>
  );
}
