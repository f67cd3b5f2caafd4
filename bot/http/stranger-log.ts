/** Between two lines about strangers: whoever knocks without a key must not fill the log. */
const BETWEEN_MS = 60_000;

/** Logs why somebody was not believed, at most once a minute; the line says how many were left out since the last one. */
export function strangerLog(log: (message: string) => void, clock: () => Date): (reason: string) => void {
  let lastAt = Number.NEGATIVE_INFINITY;
  let leftOut = 0;
  return (reason) => {
    const now = clock().getTime();
    if (now - lastAt < BETWEEN_MS) {
      leftOut++;
      return;
    }
    log(`${reason}${leftOut > 0 ? ` (and ${leftOut} more since the last line)` : ""}`);
    lastAt = now;
    leftOut = 0;
  };
}
