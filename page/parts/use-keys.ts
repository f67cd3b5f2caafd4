import type { RefObject } from "preact";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { isNarrowed, type View, WHOLE } from "../data/view.ts";

interface Keys {
  table: RefObject<HTMLTableElement | null>;
  search: RefObject<HTMLInputElement | null>;
  view: View;
  change: (part: Partial<View>) => void;
  /** Lines of the table. */
  count: number;
  setFocused: (position: number) => void;
  scrollTo: (position: number) => void;
}

/** Lines that Page Up and Page Down go. */
const PAGE = 10;

/**
 * The keyboard: `/` goes to the search, arrows, Home, End and Page keys move between rows, Esc closes what is open, then shows
 * everything again. Enter is the button's own.
 */
export function useKeys(keys: Keys): void {
  const latest = useRef(keys);
  latest.current = keys;
  const wanted = useRef<number | null>(null);

  useLayoutEffect(() => {
    if (wanted.current === null) return;
    const row = keys.table.current?.querySelector<HTMLElement>(
      `tbody[data-index="${wanted.current}"] :is(.open, .name)`,
    );
    if (!row) return;
    wanted.current = null;
    row.focus({ preventScroll: true });
  });

  useEffect(() => {
    const moveTo = (position: number) => {
      const { count, setFocused, scrollTo } = latest.current;
      if (count === 0) return;
      wanted.current = Math.min(Math.max(position, 0), count - 1);
      setFocused(wanted.current);
      scrollTo(wanted.current);
    };
    const down = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
      if (onKey(event, latest.current, moveTo)) event.preventDefault();
    };
    const focus = ({ target }: FocusEvent) => {
      const position = positionOf(target);
      if (position !== null) latest.current.setFocused(position);
    };
    document.addEventListener("keydown", down);
    document.addEventListener("focusin", focus);
    return () => {
      document.removeEventListener("keydown", down);
      document.removeEventListener("focusin", focus);
    };
  }, []);
}

/** Does what a key asks for. @returns whether it was ours */
function onKey({ key, target }: KeyboardEvent, keys: Keys, moveTo: (position: number) => void): boolean {
  const { search, count } = keys;
  const inSearch = target === search.current;
  if (key === "/" && !isTyping(target)) {
    search.current?.focus();
    search.current?.select();
    return true;
  }
  if (key === "Escape") return onEscape(keys, inSearch);
  if (inSearch) {
    if (key === "ArrowDown") moveTo(0);
    return key === "ArrowDown";
  }
  const position = positionOf(target);
  if (position === null) return false;
  if (key === "ArrowUp" && position === 0) {
    search.current?.focus();
    return true;
  }
  const moves: Partial<Record<string, number>> = {
    ArrowDown: position + 1,
    ArrowUp: position - 1,
    PageDown: position + PAGE,
    PageUp: position - PAGE,
    Home: 0,
    End: count - 1,
  };
  const next = moves[key];
  if (next === undefined) return false;
  moveTo(next);
  return true;
}

function onEscape({ view, change, search }: Keys, inSearch: boolean): boolean {
  if (inSearch && view.query !== "") change({ query: "" });
  else if (view.open !== null) change({ open: null });
  else if (isNarrowed(view)) change({ query: "", harms: WHOLE.harms, filters: WHOLE.filters });
  else if (inSearch) search.current?.blur();
  else return false;
  return true;
}

function positionOf(target: EventTarget | null): number | null {
  const row = target instanceof Element ? target.closest<HTMLElement>("tbody[data-index]") : null;
  return row ? Number(row.dataset.index) : null;
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLInputElement || target instanceof HTMLSelectElement;
}
