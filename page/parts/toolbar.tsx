import type { RefObject } from "preact";
import { useMemo } from "preact/hooks";
import type { PageIndex } from "../../lib/report/page/format.ts";
import { number } from "../../lib/report/page/labels.ts";
import { type Choice, choicesOf } from "../data/choices.ts";
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
          <Select key={name} name={name} choices={choices[name]} view={view} change={change} />
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

function Select(props: {
  name: Filter;
  choices: readonly Choice[];
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
