import type { RefObject } from "preact";
import { useMemo } from "preact/hooks";
import type { PageIndex } from "../../lib/report/page/format.ts";
import { number } from "../../lib/report/page/words.ts";
import { countByValue } from "../data/records.ts";
import { FILTERS, type Filter, isNarrowed, SORTS, type Sort, type View, WHOLE } from "../data/view.ts";
import { visibleText } from "./visible-text.tsx";

/** Search, filters, and how many records they leave: told to those who do not see the table, too. */
export function Toolbar(props: {
  index: PageIndex;
  view: View;
  change: (part: Partial<View>) => void;
  shown: number;
  all: number;
  bar: RefObject<HTMLDivElement | null>;
  search: RefObject<HTMLInputElement | null>;
}) {
  const { index, view, change, shown, all, bar, search } = props;
  const choices = useMemo(() => choicesOf(index), [index]);
  return (
    <div class="toolbar" ref={bar}>
      <search>
        <label class="search">
          <span class="hidden">Search by name, id or domain</span>
          <input
            ref={search}
            type="search"
            placeholder="Name, id or domain"
            aria-keyshortcuts="/"
            autocomplete="off"
            spellcheck={false}
            value={view.query}
            onInput={({ currentTarget }) => change({ query: currentTarget.value })}
          />
        </label>
        {FILTERS.map((name) => (
          <Choice key={name} name={name} choices={choices[name]} view={view} change={change} />
        ))}
        <span class="sorting">
          <select
            aria-label="Sort by"
            value={view.sort}
            onChange={({ currentTarget }) => change(sortBy(currentTarget.value))}
          >
            {SORTS.map((sort) => (
              <option key={sort} value={sort}>
                Sort by {sort}
              </option>
            ))}
          </select>
        </span>
      </search>
      <div class="counted">
        <output>{shown === all ? `${number(all)} records` : `${number(shown)} of ${number(all)} records`}</output>
        {isNarrowed(view) && (
          <button
            type="button"
            class="quiet"
            onClick={() => change({ query: "", harms: WHOLE.harms, filters: WHOLE.filters })}
          >
            Show all
          </button>
        )}
      </div>
    </div>
  );
}

function sortBy(value: string): Partial<View> {
  const sort: Sort = SORTS.find((one) => one === value) ?? "harm";
  return { sort, descending: false };
}

interface Choices {
  value: string;
  text: string;
  count: number;
}

function Choice(props: {
  name: Filter;
  choices: readonly Choices[];
  view: View;
  change: (part: Partial<View>) => void;
}) {
  const { name, choices, view, change } = props;
  const chosen = view.filters[name];
  const choose = (value: string) => {
    const { [name]: _, ...others } = view.filters;
    change({ filters: value === "" ? others : { ...others, [name]: value } });
  };
  if (choices.length === 0) return null;
  return (
    <span class={chosen === undefined ? "filter" : "filter chosen"}>
      <select
        aria-label={TITLES[name]}
        value={chosen ?? ""}
        onChange={({ currentTarget }) => choose(currentTarget.value)}
      >
        <option value="">{TITLES[name]}: all</option>
        {choices.map(({ value, text, count }) => (
          <option key={value} value={value}>
            {visibleText(text)} ({number(count)})
          </option>
        ))}
      </select>
    </span>
  );
}

const TITLES: { readonly [F in Filter]: string } = {
  instance: "Instance",
  effect: "Effect",
  field: "Field",
  reason: "Reason",
  outcome: "Outcome",
};

/** What each filter offers, most frequent first. */
function choicesOf(index: PageIndex): { [F in Filter]: Choices[] } {
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
      summed(index.reason, (reason) => (reason === null ? [] : [{ value: reason.code, text: reason.title }])),
    ),
  };
}

/** Counts where several values of a column offer the same choice, or one offers several. */
function summed<Value>(
  column: { values: Value[]; at: number[] },
  offers: (value: Value) => { value: string; text: string }[],
): Choices[] {
  const counts = countByValue(column);
  const choices = new Map<string, Choices>();
  for (const [code, value] of column.values.entries())
    for (const offer of offers(value)) {
      const known = choices.get(offer.value) ?? { ...offer, count: 0 };
      choices.set(offer.value, { ...known, count: known.count + (counts[code] ?? 0) });
    }
  return [...choices.values()];
}

function sorted(choices: Choices[]): Choices[] {
  return choices.sort((one, other) => other.count - one.count || (one.text < other.text ? -1 : 1));
}
