import { describe, expect, test } from "bun:test";
import { oneLine, stripControl } from "./outside-text.ts";

describe("B6: a text from outside as a part of one line", () => {
  test.each([
    ["a line that a CI runner obeys", "SaaS\n::add-mask::a", "SaaS ::add-mask::a"],
    ["every kind of line end", "a\r\nb\u2028c\u2029d\u0085e\vf\fg", "a b c d e f g"],
    ["escapes and direction marks", "a\u001b[2Kb\u202ec\u2066d\u200fe", "a [2Kb c d e"],
    ["what nobody can see", "\ufeffa\u200bb\u00adc\u{e0041}d", "a b c d"],
    ["halves of characters", "a\ud83d", "a\ufffd"],
    ["every script stays, with its joiners", "شرکت\u200cها 中文 👩\u200d💻", "شرکت\u200cها 中文 👩\u200d💻"],
  ])("%s", (_, text, line) => {
    expect(oneLine(text)).toBe(line);
  });
});

describe("B6: whatever is printed is not obeyed", () => {
  test.each(["\u001b", "\u0007", "\r", "\u0000", "\u009b", "\u202e", "\u2066", "\u200f", "\u2028"])(
    "terminals: %j becomes U+FFFD",
    (mark) => {
      expect(stripControl(`a${mark}[2Kb`)).toBe("a\ufffd[2Kb");
    },
  );

  test.each([
    ["::add-mask::a", "\ufffd::add-mask::a"],
    ["a\n::error file=x::b", "a\n\ufffd::error file=x::b"],
    ["a\n \t\u00a0::stop-commands::b", "a\n \t\u00a0\ufffd::stop-commands::b"],
    ["a\n:::set-env::b", "a\n\ufffd:::set-env::b"],
    ["a ##[add-mask]b ##vso[task.setvariable]c", "a #\ufffd#[add-mask]b #\ufffd#vso[task.setvariable]c"],
    ["section_start:1:a\r\u001b[0Kb", "section_start:1:a\ufffd\ufffd[0Kb"],
  ])("CI runners: %j", (text, clean) => {
    expect(stripControl(text)).toBe(clean);
  });

  test("lines, tabs, headings and every script stay", () => {
    const text = "zdsync ✓ Größe\n\tشركة \u{1f980} 中文\n## a [b]\na::b";
    expect(stripControl(text)).toBe(text);
  });
});
