/** Holds the first line of a commit message to the house's form: `bun scripts/commit-subject.ts FILE`, as the hook calls it. */

/** Returns a subject's problems, one sentence each; empty if there are none. Merges, reverts and fix-ups are worded by Git itself. */
export function problemsOfSubject(subject: string): string[] {
  if (/^(?:Merge|Revert|fixup!|squash!|amend!) /.test(subject)) return [];
  const first = subject.split(/[\s:,]/, 1)[0] ?? "";
  const problems: string[] = [];
  if (subject.length < 10) problems.push("The subject says too little: name what the commit does, and to what.");
  if (subject.length > 100)
    problems.push(`The subject has ${subject.length} characters; at most 100. The rest belongs in the body.`);
  if (/[.!]$/.test(subject)) problems.push("The subject ends without a full stop.");
  if (!/^[A-Z`]/.test(subject))
    problems.push("The subject begins with a capital letter, without a prefix such as fix:.");
  if (/(?:ed|ing)$/i.test(first) && !IMPERATIVE.has(first.toLowerCase()))
    problems.push(`The subject is in the imperative: what the commit does when it is applied ("Add", not "${first}").`);
  return problems;
}

/** Verbs that only look like another form. */
const IMPERATIVE = new Set(["embed", "feed", "need", "seed", "shed", "speed", "bring", "string"]);

if (import.meta.main) {
  const message = await Bun.file(process.argv[2] ?? "").text();
  const problems = problemsOfSubject(message.split("\n", 1)[0] ?? "");
  for (const problem of problems) console.error(`error: ${problem}`);
  if (problems.length > 0) process.exitCode = 1;
}
