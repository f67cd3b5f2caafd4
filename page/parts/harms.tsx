import type { Harm } from "../../lib/report/model.ts";
import { HARM_PLURALS, HARM_TONES, number } from "../../lib/report/page/labels.ts";

/** Harms that are told large; the others are good or leave customers as they are. */
const LARGE = 8;

/** Harms, worst first: each a count, and a filter of the table. */
export function Harms(props: {
  counts: readonly { harm: Harm; count: number }[];
  chosen: readonly Harm[];
  toggle: (harm: Harm) => void;
}) {
  return (
    <section class="harms" aria-label="What it means for customers">
      <div class="large">
        {props.counts.slice(0, LARGE).map((one) => (
          <HarmButton key={one.harm} {...one} {...props} />
        ))}
      </div>
      <div class="small">
        {props.counts.slice(LARGE).map((one) => (
          <HarmButton key={one.harm} {...one} {...props} />
        ))}
      </div>
    </section>
  );
}

function HarmButton(props: { harm: Harm; count: number; chosen: readonly Harm[]; toggle: (harm: Harm) => void }) {
  const { harm, count, chosen, toggle } = props;
  return (
    <button
      type="button"
      class={`harm ${count === 0 ? "none" : HARM_TONES[harm]}`}
      aria-pressed={chosen.includes(harm)}
      disabled={count === 0 && !chosen.includes(harm)}
      onClick={() => toggle(harm)}
    >
      <span class="count">{number(count)}</span> <span class="word">{HARM_PLURALS[harm]}</span>
    </button>
  );
}
