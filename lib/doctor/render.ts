import { programName } from "../text/program-name.ts";
import type { Finding, Severity } from "./finding.ts";

/**
 * The findings for people: problems first, then warnings, each with its remedy, then what was checked, counted by group
 * (or, `verbose`, one by one). `checker` is who says it, `next` what to do where there is no problem.
 */
export function renderFindings(
  findings: readonly Finding[],
  {
    verbose,
    checker = "doctor",
    next = `${programName()} preview`,
  }: { verbose: boolean; checker?: string; next?: string },
): string {
  return [
    ...section("Problems", findings, "problem"),
    ...section("Warnings", findings, "warning"),
    ...(verbose ? everyOk(findings) : []),
    ...table(findings),
    "",
    lastLine(findings, checker, next),
  ].join("\n");
}

function section(title: string, findings: readonly Finding[], severity: Severity): string[] {
  const chosen = findings.filter((one) => one.severity === severity);
  if (chosen.length === 0) return [];
  return [title, ...byRemedy(chosen).flatMap(paragraph), ""];
}

/** Findings of one group with one remedy, together: thirty missing fields need it once. */
function byRemedy(findings: readonly Finding[]): Finding[][] {
  const together = new Map<string, Finding[]>();
  for (const finding of findings) {
    const key = `${finding.group}\n${finding.remedy}`;
    together.set(key, [...(together.get(key) ?? []), finding]);
  }
  return [...together.values()];
}

function paragraph(findings: Finding[]): string[] {
  const remedy = findings[0]?.remedy;
  return [
    ...findings.map(({ group, check, found }) => `  ${group} · ${check}: ${found}`),
    ...(remedy ? [`    → ${remedy}`] : []),
  ];
}

function everyOk(findings: readonly Finding[]): string[] {
  const fine = findings.filter((one) => one.severity === "ok");
  return fine.length === 0 ? [] : ["In order", ...fine.flatMap((one) => paragraph([one])), ""];
}

function table(findings: readonly Finding[]): string[] {
  const groups = [...new Set(findings.map((one) => one.group))];
  const width = Math.max(...groups.map((name) => name.length));
  return groups.map((name) => {
    const own = findings.filter((one) => one.group === name);
    return `${name.padEnd(width)}  ${counts(own)}`;
  });
}

function counts(findings: readonly Finding[]): string {
  const count = (severity: Severity) => findings.filter((one) => one.severity === severity).length;
  const words: [number, string, string][] = [
    [count("problem"), "problem", "problems"],
    [count("warning"), "warning", "warnings"],
    [count("ok"), "ok", "ok"],
  ];
  return words
    .flatMap(([number, one, many]) => (number > 0 ? [`${number} ${number === 1 ? one : many}`] : []))
    .join(", ");
}

function lastLine(findings: readonly Finding[], checker: string, next: string): string {
  const problems = findings.some((one) => one.severity === "problem");
  return `${checker}: ${counts(findings)}. Nothing was changed. ${problems ? "Fix the problems, then run it again." : `Next: ${next}.`}`;
}
