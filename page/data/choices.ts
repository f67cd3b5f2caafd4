import type { PageIndex } from "../../lib/report/page/format.ts";
import { countByValue } from "./records.ts";
import type { Filter } from "./view.ts";

/** One value that a filter offers, and how many records have it. */
export interface Choice {
  value: string;
  text: string;
  count: number;
}

/** Returns each filter's choices, most frequent first. Reasons with the same title are one choice, as nobody could tell them apart. */
export function choicesOf(index: PageIndex): { [F in Filter]: Choice[] } {
  const plain = (column: PageIndex["instance" | "effect" | "outcome"]) => {
    const counts = countByValue(column);
    return column.values.flatMap((value, code) =>
      value === null ? [] : [{ value, text: value, count: counts[code] ?? 0 }],
    );
  };
  return {
    instance: sorted(plain(index.instance)),
    effect: sorted(plain(index.effect)),
    outcome: sorted(plain(index.outcome)),
    field: sorted(summed(index.fields, (fields) => fields.map((field) => ({ value: field, text: field })))),
    reason: sorted(
      summed(index.reason, (reason) => (reason === null ? [] : [{ value: reason.title, text: reason.title }])),
    ),
  };
}

/** Counts where several values of a column offer the same choice, or one offers several. */
function summed<Value>(
  column: { values: Value[]; at: number[] },
  offers: (value: Value) => { value: string; text: string }[],
): Choice[] {
  const counts = countByValue(column);
  const choices = new Map<string, Choice>();
  for (const [code, value] of column.values.entries())
    for (const offer of offers(value)) {
      const known = choices.get(offer.value) ?? { ...offer, count: 0 };
      choices.set(offer.value, { ...known, count: known.count + (counts[code] ?? 0) });
    }
  return [...choices.values()];
}

function sorted(choices: Choice[]): Choice[] {
  return choices.sort((one, other) => other.count - one.count || (one.text < other.text ? -1 : 1));
}
