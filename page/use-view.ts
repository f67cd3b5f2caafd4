import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import { fromHash, toHash, type View } from "./data/view.ts";

/** After how long without a change the address is set: browsers refuse hundreds of changes within seconds. */
const SETTLED_MS = 150;

/** The view that the address bar asks for, kept there as it changes. */
export function useView(): [View, (part: Partial<View>) => void] {
  const [view, setView] = useState(() => fromHash(location.hash));
  const waiting = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => {
    const follow = () => setView(fromHash(location.hash));
    addEventListener("hashchange", follow);
    return () => removeEventListener("hashchange", follow);
  }, []);
  useEffect(() => {
    clearTimeout(waiting.current);
    waiting.current = setTimeout(() => keep(toHash(view)), SETTLED_MS);
  }, [view]);
  const change = useCallback((part: Partial<View>) => setView((now) => ({ ...now, ...part })), []);
  return [view, change];
}

function keep(hash: string): void {
  if (location.hash.replace(/^#/, "") === hash) return;
  try {
    history.replaceState(null, "", hash === "" ? location.pathname + location.search : `#${hash}`);
  } catch {
    // A page in a sandboxed frame may not: it works, its address just does not follow.
  }
}
