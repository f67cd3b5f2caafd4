import { describe, expect, test } from "bun:test";
import { markdownText } from "./markdown-text.ts";

/** As GitLab and GitHub render it. */
const html = (text: string) => Bun.markdown.html(`- ${markdownText(text)}`, { autolinks: true }).replaceAll("\n", "");
const escaped = (text: string) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

describe("ordinary names stay as they are: grep finds them", () => {
  test.each([
    "Müller & Söhne, Ltd. 日本",
    "AT&T Inc.",
    "Acme (Europe) - Branch",
    "O'Neil + Partners",
    "C# Solutions",
    "Yahoo! Inc",
    "Booking.com",
    "24/7 Fish Health LLC",
    "100% Pure",
    "3M",
    "support_level",
    "sub_usgov_24x7",
    "0014M00001kAbCdQAK",
    "organization 21806214313940",
    "allow it for this run with --allow marks=7",
    "premium → ultimate",
    'did you mean "SaaS - Premium - 1 Year"?',
    "2026-11-27",
  ])("%s", (text) => {
    expect(markdownText(text)).toBe(text);
  });
});

describe("what Markdown would misread is code, in which nothing is read", () => {
  test.each([
    ["HTML", "<script>alert(1)</script>"],
    ["an HTML entity", "A &lt; B"],
    ["a table", "a|b"],
    ["a heading", "# a"],
    ["a list", "- b"],
    ["a quote", "> d"],
    ["a numbered list", "1. First GmbH"],
    ["emphasis", "*a*"],
    ["emphasis with underscores", "_b_"],
    ["a link", "[x](https://evil.example)"],
    ["an image", "![x](y)"],
    ["an address", "https://evil.example"],
    ["an address without scheme", "www.evil.example"],
    ["an email address", "sue@example.com"],
    ["a mention of everybody", "@all"],
    ["an issue", "see #1"],
    ["a merge request", "see !12"],
    ["an epic", "see &12"],
    ["a milestone", "%v1"],
    ["a label", "~bug"],
    ["a snippet", "$12"],
    ["mathematics", "$a$"],
    ["an issue of another project", "group/project#12"],
    ["an issue of Jira", "ABC-12"],
    ["a commit", "9ba12248"],
    ["an emoji", ":tada:"],
    ["a backslash", "\\<b>"],
    ["backticks", "``x` <b>"],
    ["a table of contents", "[[_TOC_]]"],
    ["a changed part", "{+ a +}"],
    ["a strike", "~~d~~"],
    ["a rule", "---"],
  ])("%s", (_, text) => {
    const rendered = html(text);
    expect(rendered).toBe(`<ul><li><code>${escaped(text)}</code></li></ul>`);
    expect(markdownText(text)).toContain(text);
  });

  test.each([
    ["line breaks and other control characters", "a\r\nb\tc\u0000d\u2028e\u0085f", "a b c d e f"],
    ["marks that turn the direction of text", "a\u202eb\u2066c\u200fd\u061ce", "a b c d e"],
    ["characters that cannot be seen", "a\u200bb\ufeffc\u00add", "a b c d"],
  ])("%s become blanks", (_, text, expected) => {
    expect(markdownText(text)).toBe(expected);
  });

  test("very long text is cut, never within a character", () => {
    expect(markdownText("😀".repeat(500))).toBe("😀".repeat(400));
    expect(markdownText("*".repeat(500))).toBe(`\`${"*".repeat(400)}\``);
    expect(markdownText("a\ud800b").isWellFormed()).toBeTrue();
  });
});
