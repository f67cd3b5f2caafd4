import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { HELP_EXAMPLES } from "./help-text.ts";
import { normaliseText } from "./normalise-text.ts";
import { parseCommand } from "./parse-command.ts";

const run = (instance: "global" | "us-government" | null = null, isDry = false) => ({
  ...{ verb: "run", instance },
  purpose: isDry ? "look" : "offer",
});
const WHOM = "Name a customer: `/zdsync explain Example GmbH`, or a Salesforce or Zendesk id, or an email address.";
const explain = (asked: string, typed = "explain") => ({ verb: "explain", asked, typed });

describe("understood", () => {
  test.each([
    ["", { verb: "help" }],
    [" \u00a0\u202f ", { verb: "help" }],
    ["help", { verb: "help" }],
    ["org Example GmbH", explain("Example GmbH", "org")],
    ["preview", { verb: "preview", instance: null }],
    ["Preview us gov", { verb: "preview", instance: "us-government" }],
    ["preview global \u2014dry-run", { verb: "preview", instance: "global" }],
    ["help run", { verb: "help" }],
    ["STATUS", { verb: "status" }],
    ["\u200bLast\u200e", { verb: "last" }],
    ["cancel", { verb: "cancel" }],
    ["run", run()],
    ["Run  \tglobal", run("global")],
    ["run --dry-run", run(null, true)],
    ["run \u2014dry-run", run(null, true)],
    ["run \u2013dry-run", run(null, true)],
    ["run \u2212dry-run", run(null, true)],
    ...[0x2010, 0x2011, 0x2012, 0x2015, 0xfe58, 0xfe63, 0xff0d].map(
      (dash) => [`run ${String.fromCodePoint(dash, dash)}dry-run`, run(null, true)] as [string, unknown],
    ),
    ["run \uff0ddry\u2011run us\u2011government", run("us-government", true)],
    ["explain Example\u2011North", explain("Example\u2011North")],
    ["run \u2014DRY-RUN Global", run("global", true)],
    ["run\u00a0global\u202f--dry-run\u3000", run("global", true)],
    ["run us-government", run("us-government")],
    ["run us government --dry-run", run("us-government", true)],
    ["run US-Gov", run("us-government")],
    ["run usgov", run("us-government")],
    ["run us_gov", run("us-government")],
    ["run global global", run("global")],
    ["run --dry-run --dry-run", run(null, true)],
    ["explain Example GmbH", explain("Example GmbH")],
    ['explain "Example GmbH"', explain("Example GmbH")],
    ["explain \u201cExample GmbH\u201d", explain("Example GmbH")],
    ["explain \u2018Example GmbH\u2019", explain("Example GmbH")],
    ["ORG Example \u2013 North", explain("Example \u2013 North", "org")],
    ["explain Example\u2013North", explain("Example\u2013North")],
    ['explain "\u2014 Example \u2014x"', explain("\u2014 Example \u2014x")],
    ['explain "--dry-run"', explain("--dry-run")],
    ["explain O\u2019Brien & Sons", explain("O'Brien & Sons")],
    ["explain 0014M00001kAbCdQAK", explain("0014M00001kAbCdQAK")],
    ['explain Ex"ample', explain('Ex"ample')],
    ["explain run", explain("run")],
  ])("%j", (typed, command) => {
    expect(parseCommand(typed)).toEqual({ is: "understood", command: command as never });
  });
});

describe("refused, with every problem and the nearest word", () => {
  test.each([
    ["rum", ["There is no command “rum”: did you mean `run`?"]],
    ["statsu", ["There is no command “statsu”: did you mean `status`?"]],
    ["Canzel", ["There is no command “Canzel”: did you mean `cancel`?"]],
    ["xyzzyplugh", ["There is no command “xyzzyplugh”. `/zdsync help` lists the commands."]],
    ["run --dryrun", ["There is no flag “--dryrun”: did you mean `--dry-run`?"]],
    ["run -dry-run", ["There is no flag “-dry-run”: did you mean `--dry-run`?"]],
    ["run --force", ["There is no flag “--force”: `run` only accepts `--dry-run`."]],
    ["run globl", ["There is no instance “globl”: did you mean `global`?"]],
    ["run us-goverment", ["There is no instance “us-goverment”: did you mean `us-government`?"]],
    [
      "run mars",
      [
        "There is no instance “mars”. The instances are `global` and `us-government`; without one, the command covers both.",
      ],
    ],
    ["run global us-gov", ["Name one instance; without one, the command covers both."]],
    [
      "run --dry run",
      [
        "There is no flag “--dry”: did you mean `--dry-run`?",
        "There is no instance “run”. The instances are `global` and `us-government`; without one, the command covers both.",
      ],
    ],
    [
      "rum globl --dryrun",
      [
        "There is no command “rum”: did you mean `run`?",
        "There is no flag “--dryrun”: did you mean `--dry-run`?",
        "There is no instance “globl”: did you mean `global`?",
      ],
    ],
    ["status now", ["`status` takes no argument: leave out “now”."]],
    ["cancel --force", ["`cancel` takes no argument: leave out “--force”."]],
    ["explain", [WHOM]],
    ['org ""', [WHOM]],
    [
      "explain Example --dry-run",
      ["`explain` has no flag “--dry-run”. If this is part of the name, put the name in quotes."],
    ],
  ])("%j", (typed, problems) => {
    expect(parseCommand(typed)).toEqual({ is: "refused", problems });
  });

  test("too long a text is refused, and not repeated", () => {
    expect(parseCommand(`org ${"x".repeat(996)}`).is).toBe("understood");
    expect(parseCommand(`org ${"x".repeat(997)}`)).toEqual({
      is: "refused",
      problems: ["That is a long text (1001 characters). The maximum is 1000."],
    });
  });

  test("what was typed shows as text", () => {
    const parsed = parseCommand("<!channel> & *x* | :smile:");
    expect(parsed.is === "refused" && parsed.problems[0]).toStartWith("There is no command “&lt;!channel&gt;”");
    const flags = parseCommand("run --<!here> --*b*");
    expect(flags.is === "refused" && flags.problems.join()).toBe(
      "There is no flag “--&lt;!here&gt;”: `run` only accepts `--dry-run`.,There is no flag “--*\u200bb*\u200b”: `run` only accepts `--dry-run`.",
    );
  });

  test("a hundred mistakes are not a hundred lines", () => {
    const parsed = parseCommand(`run ${"--x ".repeat(100)}`);
    expect(parsed.is === "refused" && parsed.problems.length).toBe(9);
    expect(parsed.is === "refused" && parsed.problems.at(-1)).toBe("And 92 more like these.");
  });
});

describe("whatever is typed", () => {
  const pieces = fc.constantFrom(
    "run",
    "org",
    "status",
    "--dry-run",
    "global",
    "us",
    "gov",
    "\u2014",
    "\u2013",
    "\u2212",
    "\u2010",
    "\uff0d",
    "-",
    " ",
    "\u00a0",
    "\u200b",
    "\u202e",
    "\u201c",
    "\u201d",
    '"',
    "'",
    "\u2019",
    "<!channel>",
    "|",
    "*",
    "\ud83d",
    "\ude00",
    "\n",
    "x",
  );
  const typed = fc.oneof(
    fc.string({ unit: "binary", maxLength: 1_100 }),
    fc.array(pieces, { maxLength: 30 }).map((list) => list.join("")),
  );

  test("it is answered, and nothing of it is left unescaped", () => {
    fc.assert(
      fc.property(typed, (text) => {
        const parsed = parseCommand(text);
        if (parsed.is === "refused") {
          expect(parsed.problems.length).toBeGreaterThan(0);
          expect(parsed.problems.join("\n")).not.toMatch(/[<>]/);
        }
      }),
      { numRuns: 2_000 },
    );
  });

  test("normalised twice is normalised once", () => {
    fc.assert(
      fc.property(typed, (text) => {
        const once = normaliseText(text);
        expect(normaliseText(once)).toBe(once);
      }),
      { numRuns: 5_000 },
    );
  });
});

test.each(HELP_EXAMPLES)("what help shows is understood: %s", (example) => {
  expect(parseCommand(example.replace("/zdsync ", "")).is).toBe("understood");
});
