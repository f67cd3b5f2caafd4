import * as v from "valibot";
import { CONFIRMED_ENTRY, MAX_CONFIRMED_ENTRIES, parseConfirmedCounts } from "../domain/confirmed-counts.ts";
import { isDay } from "../domain/dates.ts";
import { INSTANCES } from "../domain/instance.ts";
import { ALLOWABLE } from "../domain/limits.ts";
import { ALONE_SHARE, DEFAULT_RATE_SHARE } from "../remotes/http/rate-window.ts";
import { RUN_ID } from "../storage/artifacts/manifest.ts";

/**
 * The inputs that stages share, each declared once. Values arrive as text (flags, CI inputs, environment) and are parsed here;
 * `action.yml`, the GitLab components, the command line and the documentation are made from these declarations. The metadata
 * `pattern` is what a component lets through (anchored, RE2); it may be narrower than what a person may type at a terminal.
 */

export const TRUE_OR_FALSE = v.pipe(
  v.picklist(["true", "false"]),
  v.transform((text) => text === "true"),
);

/** A folder below the current one: no part of it is `..` or begins with a dot. */
const RELATIVE_FOLDER = "^[A-Za-z0-9_][A-Za-z0-9._-]{0,63}(?:/[A-Za-z0-9_][A-Za-z0-9._-]{0,63}){0,7}$";

/** Data directory, which holds the artifacts. */
export const dataDir = v.optional(
  v.pipe(
    v.string(),
    v.nonEmpty("a folder"),
    v.metadata({ pattern: RELATIVE_FOLDER }),
    v.description("Folder for artifacts"),
  ),
  "data",
);

/** Which Zendesk instance. */
export const instance = v.pipe(v.picklist(INSTANCES), v.description("Zendesk instance: global or us-government"));

/** Which instances a whole pipeline works on: one value for a form, where `run` takes one instance or none. */
export const instances = v.optional(
  v.pipe(v.picklist(["both", ...INSTANCES]), v.description("Zendesk instances to compare and write: both, or one")),
  "both",
);

/** Controls whether the report of a pipeline of both instances names the customers of us-government. */
export const reportUsGovernment = v.optional(
  v.pipe(
    TRUE_OR_FALSE,
    v.description(
      "Name customers of us-government in the report of a pipeline of both instances; else only that instance's own jobs name them",
    ),
  ),
  "false",
);

/** Which instances a stage works out that needs neither of them: both unless one is named. */
export const oneOrBoth = v.optional(
  v.pipe(
    v.picklist(["both", ...INSTANCES]),
    v.description("Zendesk instance to process: both, or only one, without the other's data"),
  ),
  "both",
);

/** Replaces today (G3). */
export const today = v.optional(
  v.pipe(
    v.string(),
    v.check((text) => text === "" || isDay(text), "a day written YYYY-MM-DD"),
    v.metadata({ pattern: "^(?:\\d{4}-\\d{2}-\\d{2})?$" }),
    v.description("Date to use instead of today (UTC), YYYY-MM-DD"),
  ),
  "",
);

/** Replaces the minted run id. */
export const runId = v.optional(
  v.pipe(
    v.string(),
    v.check(
      (text) => text === "" || RUN_ID.test(text),
      "up to 64 letters, digits, dots, dashes and underscores, the first a letter or digit",
    ),
    v.metadata({ pattern: `^(?:${RUN_ID.source.slice(1, -1)})?$` }),
    v.description("Run id to use instead of a generated one"),
  ),
  "",
);

/** Plans the writes instead of sending them. */
export const dryRun = v.optional(
  v.pipe(TRUE_OR_FALSE, v.description("Show what would be written, without writing anything")),
  "false",
);

const ALLOWANCE = `(?:${ALLOWABLE.join("|")})=\\d{1,7}`;
/** `WHOLE_DIGEST` of changesets/changes-digest.ts. */
const WHOLE = "[0-9a-f]{16}";
const DIGEST = "[0-9a-f]{64}";

/** Nothing, or up to so many separated by single blanks. */
function listOf(one: string, most = 10): string {
  return `^(?:${one}(?: ${one}){0,${most - 1}})?$`;
}

/** Limits that may be exceeded up to a number, this run only (S2). */
export const allow = v.optional(
  v.pipe(
    v.string(),
    v.transform((text) => text.split(/[\s,]+/).filter((part) => part !== "")),
    v.array(
      v.pipe(v.string(), v.regex(new RegExp(`^${ALLOWANCE}$`), `EFFECT=N, EFFECT one of ${ALLOWABLE.join(", ")}`)),
    ),
    v.transform((parts) => {
      const allowances: Record<string, number> = {};
      // Two comparisons may each have named their number: the higher one serves both.
      for (const part of parts) {
        const [effect = "", number] = part.split("=");
        allowances[effect] = Math.max(allowances[effect] ?? 0, Number(number));
      }
      return allowances;
    }),
    v.metadata({ repeatable: true, pattern: listOf(ALLOWANCE) }),
    v.description("Raise the limit of an effect to N, for this run only: EFFECT=N (several separated by spaces)"),
  ),
  "",
);

/** Counts that a person saw and confirmed, as maxima for this run beside the limits; null: no such bound (decisions/0011). */
export const atMost = v.optional(
  v.pipe(
    v.string(),
    v.transform((text) => text.split(/[\s,]+/).filter((part) => part !== "")),
    v.array(
      v.pipe(
        v.string(),
        v.regex(
          new RegExp(`^${CONFIRMED_ENTRY}$`),
          "COMPARISON.EFFECT=N, such as global.creates=3 or usgov_user.marks=0",
        ),
      ),
    ),
    v.transform((entries) => parseConfirmedCounts(entries.join(" "))),
    v.metadata({ repeatable: true, pattern: listOf(CONFIRMED_ENTRY, MAX_CONFIRMED_ENTRIES) }),
    v.description(
      "Refuse more than these confirmed counts: COMPARISON.EFFECT=N (several separated by spaces); counts that are not named are 0",
    ),
  ),
  "",
);

/** Digests of the changesets that may be applied (S3). */
export const expect = v.optional(
  v.pipe(
    v.string(),
    v.transform((text) => text.split(/[\s,]+/).filter((part) => part !== "")),
    v.array(
      v.pipe(v.string(), v.regex(new RegExp(`^${DIGEST}$`), "a digest of 64 hexadecimal digits, as preview prints it")),
    ),
    v.metadata({ repeatable: true, pattern: listOf(DIGEST) }),
    v.description("Apply only the reviewed changes with this digest (several separated by spaces)"),
  ),
  "",
);

/** The same for a whole run: one short digest over all of its comparisons, or the long ones of single comparisons. */
export const expectRun = v.optional(
  v.pipe(
    v.string(),
    v.transform((text) => text.split(/[\s,]+/).filter((part) => part !== "")),
    v.array(
      v.pipe(
        v.string(),
        v.regex(
          new RegExp(`^(?:${WHOLE}|${DIGEST})$`),
          "the digest of 16 hexadecimal digits that preview prints, or one of 64 for a single comparison",
        ),
      ),
    ),
    v.metadata({ repeatable: true, pattern: listOf(`(?:${WHOLE}|${DIGEST})`) }),
    v.description("Apply only the reviewed changes: the digest printed by preview, or digests of single comparisons"),
  ),
  "",
);

const SECONDS: Record<string, number> = { s: 1, m: 60, h: 3600 };
const duration = v.pipe(
  v.string(),
  v.regex(/^\d{1,5}[smh]$|^$/, "a duration such as 90s, 45m or 2h"),
  v.metadata({ pattern: "^(?:\\d{1,5}[smh])?$" }),
  v.transform((text) => (text === "" ? null : Number(text.slice(0, -1)) * (SECONDS[text.slice(-1)] ?? 1) * 1000)),
);

/** The greatest age of the data behind the changes, in milliseconds; null: any (S3). */
export const maxAge = v.optional(
  v.pipe(duration, v.description("Refuse changes based on data older than this: 90s, 60m, 2h")),
  "",
);

/** When to stop beginning new work, in milliseconds from the start; null: never (S7). */
export const deadline = v.optional(v.pipe(duration, v.description("Stop safely after this time: 90s, 45m, 2h")), "");

/** Two decimals at most; down from `ALONE_SHARE`. */
const SHARE = "^(?:0\\.(?:[1-8]\\d?|9[0-5]?))?$";

/** The largest share of a Zendesk account's quota while others use it, too; null: the default (decisions/0052). */
export const rateShare = v.optional(
  v.pipe(
    v.string(),
    v.regex(new RegExp(SHARE), `a share from 0.1 to ${ALONE_SHARE}, such as ${DEFAULT_RATE_SHARE}`),
    v.metadata({ pattern: SHARE }),
    v.transform((text) => (text === "" ? null : Number(text))),
    v.description(
      `Largest share of Zendesk's requests per minute to use while others also use the account: 0.1 to ${ALONE_SHARE} (default: ${DEFAULT_RATE_SHARE})`,
    ),
  ),
  "",
);

/** Controls whether Zendesk's lists may come from the snapshot in the data directory (decisions/0054). */
export const snapshot = v.optional(
  v.pipe(
    v.picklist(["on", "off"]),
    v.description("Read Zendesk's lists from the data directory's snapshot and what changed since, or (off) in full"),
  ),
  "on",
);

/** Inputs of every stage. */
export const COMMON_INPUTS = { "data-dir": dataDir, today, "run-id": runId } as const;

/** Inputs of whatever compares: what the changes are held against. */
export const LIMIT_INPUTS = { allow, "at-most": atMost } as const;

/** Inputs of the way back, which nobody confirms by counts. */
export const UNDO_INPUTS = {
  "dry-run": dryRun,
  allow,
  expect,
  "max-age": maxAge,
  deadline,
  "rate-share": rateShare,
} as const;

/** Inputs of every stage that writes. */
export const WRITING_INPUTS = {
  "dry-run": dryRun,
  ...LIMIT_INPUTS,
  expect,
  "max-age": maxAge,
  deadline,
  "rate-share": rateShare,
} as const;
