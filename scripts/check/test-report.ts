import { relative } from "node:path";
import { DOMParser, type Element } from "@xmldom/xmldom";
import type { Failure } from "./failure.ts";

/** Number of passed tests and all failures of a run of `bun test`. */
export interface TestOutcome {
  passed: number;
  failures: Failure[];
}

/** Everything a `bun test` process left: its report, its output on stderr, and how it exited. */
export interface TestRun {
  /** The folder it ran in. */
  cwd: string;
  /** The test files that must each have a test; null where that is not known. */
  expected: readonly string[] | null;
  /** Its report in JUnit's form; null where it wrote none, which is so when it died, or a test ended it. */
  junit: string | null;
  /** Text it printed on stderr: file names, results, errors. */
  printed: string;
  exitCode: number | null;
  signal: NodeJS.Signals | number | null;
}

/**
 * Every failure of a run, each once, and the number of tests that passed. Bun's JUnit report has the tests, the hooks and the workers
 * that died; what it does not have (Bun 1.4.5) is taken from elsewhere: files that did not load, from the printed lines; files
 * without a test, from `expected`; a runner that died as a whole writes no report.
 */
export function outcomeOf(run: TestRun): TestOutcome {
  if (run.junit === null) return died(run);
  const { passed, failures, files } = readJunit(run.junit);
  const sections = sectionsOf(run.printed);
  for (const failure of failures)
    if (failure.name.endsWith(WORKER_DIED))
      failure.message += `\n${lastLines(sections.get(fileIn(failure.name, run.cwd)) ?? "")}`;
  const errors = unhandledErrors(run.printed).map((message) => ({ file: fileIn(message, run.cwd), message }));
  for (const { file, message } of errors)
    failures.push({ name: files.has(file) ? `${file}: outside any test` : `${file} did not load`, message });
  const known = new Set([...files, ...errors.map(({ file }) => file)]);
  for (const file of run.expected ?? []) if (!known.has(file)) failures.push({ name: file, message: "has no test" });
  const failed = run.exitCode !== 0 || run.signal !== null;
  if (failures.length === 0 && (failed || passed === 0))
    failures.push({ name: "bun test", message: `${endOf(run)}\n${lastLines(run.printed)}` });
  return { passed, failures };
}

/** Bun's name for the test that it makes of a worker that died. */
const WORKER_DIED = "(worker crashed)";

/** The test file that a message is about: the first that it names, as a path from `cwd`. */
function fileIn(message: string, cwd: string): string {
  const [found = "a test file"] = /[^\s'"(]+\.(?:test|spec)\.[cm]?[jt]sx?/.exec(message) ?? [];
  return found.startsWith("/") ? relative(cwd, found) : found;
}

function readJunit(xml: string): TestOutcome & { files: Set<string> } {
  const document = new DOMParser().parseFromString(xml, "text/xml");
  const failures: Failure[] = [];
  let passed = 0;
  const cases = [...document.getElementsByTagName("testcase")];
  for (const one of cases) {
    const failure = one.getElementsByTagName("failure").item(0) ?? one.getElementsByTagName("error").item(0);
    if (failure) failures.push(failureOf(one, failure));
    else if (one.getElementsByTagName("skipped").length === 0) passed++;
  }
  return { passed, failures, files: new Set(cases.map((one) => one.getAttribute("file") ?? "")) };
}

function failureOf(test: Element, failure: Element): Failure {
  const names: string[] = [];
  const file = test.getAttribute("file") ?? "";
  for (let node: Element | null = test; node; node = node.parentNode as Element | null)
    if (/^test(?:case|suite)$/.test(node.tagName ?? "") && node.getAttribute("name") !== file)
      names.unshift(node.getAttribute("name") ?? "");
  // Bun's name for a hook, and for nothing else of ours.
  const name = names.map((part) => (part === "(unnamed)" ? "(hook)" : part)).join(" > ");
  const line = test.getAttribute("line");
  const where = [...(failure.textContent ?? "").matchAll(/^\s+at (?:.*\()?([^\s()]+:\d+:\d+)\)?$/gm)]
    .map((match) => match[1] ?? "")
    .filter((place) => !place.includes("node_modules"));
  return {
    name: `${file}: ${name}`,
    message: failure.getAttribute("message") || failure.textContent || "failed without a word",
    where: where.length > 0 || !line ? where : [`${file}:${line}`],
  };
}

/** A run without a report: what had passed counts, what had failed is named, and that it died is a failure of its own. */
function died(run: TestRun): TestOutcome {
  const lines = run.printed.split("\n");
  const file = [...sectionsOf(run.printed).keys()].at(-1);
  const failed = lines.flatMap((line) => /^\(fail\) (.*?)(?: \[[\d.]+m?s\])?$/.exec(line)?.[1] ?? []);
  return {
    passed: lines.filter((line) => line.startsWith("(pass) ")).length,
    failures: [
      ...failed.map((name) => ({ name, message: "failed; the runner died before it could report how" })),
      {
        name: "bun test",
        message: `${endOf(run)} without a report${file ? `, in ${file}` : ""}; later files were not run\n${lastLines(run.printed)}`,
      },
    ],
  };
}

function endOf({ exitCode, signal }: TestRun): string {
  return signal ? `the runner was ended by ${signal}` : `the runner ended with exit code ${exitCode}`;
}

function lastLines(text: string): string {
  return text.trimEnd().split("\n").slice(-30).join("\n");
}

/** The line by which Bun announces a test file. */
const FILE_LINE = /^(\S+\.(?:test|spec)\.[cm]?[jt]sx?):$/;

/** The test file that a printed line announces, if it does. */
export function announcedFile(line: string): string | null {
  return FILE_LINE.exec(line)?.[1] ?? null;
}

function sectionsOf(printed: string): Map<string, string> {
  const sections = new Map<string, string[]>();
  let lines: string[] = [];
  for (const line of printed.split("\n")) {
    const file = announcedFile(line);
    if (!file) lines.push(line);
    // Files that run at the same time take turns.
    else lines = sections.get(file) ?? sections.set(file, []).get(file) ?? [];
  }
  return new Map([...sections].map(([file, found]) => [file, found.join("\n")]));
}

/** Errors that Bun prints outside of any test, each as its text. */
function unhandledErrors(text: string): string[] {
  return [...text.matchAll(/^# Unhandled error between tests\n-+\n([\s\S]*?)\n-{20,}$/gm)].map(
    (match) => match[1] ?? "",
  );
}
