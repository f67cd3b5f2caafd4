import { options } from "preact";
import { useEffect, useState } from "preact/hooks";

/** True while the page is printed: then everything that the filters leave is in the document, and everything that can open is open. */
export function usePrinting(): boolean {
  const [isPrinted, setPrinted] = useState(false);
  useEffect(() => {
    const change = (printed: boolean) => atOnce(() => setPrinted(printed));
    const before = () => {
      for (const details of document.querySelectorAll("details")) details.open = true;
      change(true);
    };
    const after = () => change(false);
    addEventListener("beforeprint", before);
    addEventListener("afterprint", after);
    return () => {
      removeEventListener("beforeprint", before);
      removeEventListener("afterprint", after);
    };
  }, []);
  return isPrinted;
}

/** Draws before it returns: a browser prints what is there when the event has been told to everybody. */
function atOnce(change: () => void): void {
  const { debounceRendering } = options;
  options.debounceRendering = (draw) => draw();
  change();
  if (debounceRendering) options.debounceRendering = debounceRendering;
  else delete options.debounceRendering;
}
