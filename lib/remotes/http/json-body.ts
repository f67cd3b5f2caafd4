/** Stands for a body that is not JSON. */
export const BROKEN = Symbol("not JSON");

/** A body's JSON; undefined where it is empty, `BROKEN` where it is none. */
export function parseBody(text: string): unknown {
  if (text === "") return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return BROKEN;
  }
}
