/** A case of a JUnit file, as GitLab's tab "Tests" shows it. */
export interface TestCase {
  name: string;
  outcome: "passed" | "failure" | "skipped";
  message: string;
  detail: string;
}

/** A JUnit file with one suite. Pure. */
export function junitXml(suite: string, cases: readonly TestCase[]): string {
  const count = (outcome: TestCase["outcome"]) => cases.filter((one) => one.outcome === outcome).length;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    "<testsuites>",
    `  <testsuite name="${xml(suite)}" tests="${cases.length}" failures="${count("failure")}" skipped="${count("skipped")}">`,
    ...cases.map((one) => renderCase(suite, one)),
    "  </testsuite>",
    "</testsuites>",
    "",
  ].join("\n");
}

function renderCase(suite: string, { name, outcome, message, detail }: TestCase): string {
  const head = `    <testcase classname="${xml(suite)}" name="${xml(name)}"`;
  if (outcome === "passed") return `${head}/>`;
  return `${head}><${outcome} message="${xml(message)}">${xml(detail)}</${outcome}></testcase>`;
}

/** Text within XML 1.0: markup escaped, characters that XML forbids (also as references) left out. */
function xml(text: string): string {
  return text
    .toWellFormed()
    .replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, "")
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}
