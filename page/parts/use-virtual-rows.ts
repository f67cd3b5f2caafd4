import {
  defaultRangeExtractor,
  observeWindowOffset,
  observeWindowRect,
  Virtualizer,
  windowScroll,
} from "@tanstack/virtual-core";
import { useLayoutEffect, useReducer, useState } from "preact/hooks";

/** The rows of a table that stand in the window, of as many as there are. */
export function useVirtualRows(options: {
  count: number;
  keyOf: (index: number) => number;
  /** Distance from the document's top to the first row, in pixels. */
  top: number;
  /** Height covered at the window's upper edge, in pixels. */
  covered: number;
  /** A row that stays rendered wherever the window is: the one that has the focus. */
  kept: number;
}): Virtualizer<Window, HTMLElement> {
  const [, redraw] = useReducer((count: number, _: null) => count + 1, 0);
  const { count, keyOf, top, covered, kept } = options;
  const all = {
    count,
    getItemKey: keyOf,
    scrollMargin: top,
    scrollPaddingStart: covered,
    getScrollElement: () => window,
    estimateSize: () => ESTIMATED_HEIGHT,
    overscan: 8,
    observeElementRect: observeWindowRect,
    observeElementOffset: observeWindowOffset,
    scrollToFn: windowScroll,
    initialOffset: () => window.scrollY,
    rangeExtractor: (range: Parameters<typeof defaultRangeExtractor>[0]) => {
      const shown = defaultRangeExtractor(range);
      return kept < 0 || kept >= count || shown.includes(kept) ? shown : [...shown, kept].sort((a, b) => a - b);
    },
    onChange: () => redraw(null),
  };
  const [virtualizer] = useState(() => new Virtualizer<Window, HTMLElement>(all));
  virtualizer.setOptions(all);
  useLayoutEffect(() => virtualizer._didMount(), [virtualizer]);
  useLayoutEffect(() => virtualizer._willUpdate());
  return virtualizer;
}

/** Height of a row with one line of changes, in pixels; measured once it is shown. */
const ESTIMATED_HEIGHT = 57;
