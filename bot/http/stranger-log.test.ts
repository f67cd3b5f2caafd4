import { expect, test } from "bun:test";
import { strangerLog } from "./stranger-log.ts";

test("strangers are logged once a minute, with how many were left out", () => {
  let now = 0;
  const lines: string[] = [];
  const stranger = strangerLog(
    (line) => void lines.push(line),
    () => new Date(now),
  );
  for (now of [0, 1_000, 59_999, 60_000, 61_000, 200_000]) stranger("not believed");
  expect(lines).toEqual([
    "not believed",
    "not believed (and 2 more since the last line)",
    "not believed (and 1 more since the last line)",
  ]);
});
