import { REASONS, type Reason, type ReasonCode } from "../domain/reason.ts";
import { oneLine } from "../text/outside-text.ts";
import { ACCOUNT_TEXTS } from "./account-texts.ts";
import { AUDIT_TEXTS } from "./audit-texts.ts";
import { EXPLAINING_TEXTS } from "./explaining-texts.ts";
import { NOTICE_TEXTS } from "./notice-texts.ts";
import { ORGANIZATION_TEXTS } from "./organization-texts.ts";
import { PEOPLE_TEXTS } from "./people-texts.ts";
import { allowing, REFUSAL_TEXTS } from "./refusal-texts.ts";
import { SIMULATING_TEXTS } from "./simulating-texts.ts";
import { SNAPSHOT_TEXTS } from "./snapshot-texts.ts";
import type { Explanation, Place, Text, Texts } from "./texts.ts";
import { UNDOING_TEXTS } from "./undoing-texts.ts";
import { WRITING_TEXTS } from "./writing-texts.ts";

export type { Explanation, Place } from "./texts.ts";

/** The only place where a reason becomes words: terminal, Markdown, Slack, JUnit and `--json` all come here. */
const TEXTS: Texts<typeof REASONS> = {
  ...ACCOUNT_TEXTS,
  ...ORGANIZATION_TEXTS,
  ...PEOPLE_TEXTS,
  ...NOTICE_TEXTS,
  ...WRITING_TEXTS,
  ...UNDOING_TEXTS,
  ...EXPLAINING_TEXTS,
  ...REFUSAL_TEXTS,
  ...AUDIT_TEXTS,
  ...SIMULATING_TEXTS,
  ...SNAPSHOT_TEXTS,
};

/** Returns what happened and to what, and what to do about it. `place`: where it is read. Pure. */
export function explain({ code, params }: Reason, place: Place = "terminal"): Explanation {
  const text = TEXTS[code] as Text<Reason["params"]>;
  const [what, remedy] = text.say(params, place);
  return { what: oneLine(what), remedy: oneLine(remedy) };
}

/** Returns what happened, in one sentence, for places without room for more. */
export function whatText(reason: Reason): string {
  return explain(reason).what;
}

/** Everything: what happened, and what to do. */
export function reasonText(reason: Reason, place: Place = "terminal"): string {
  const { what, remedy } = explain(reason, place);
  return `${what} ${remedy}`;
}

/** Returns the title of a code, for headings and counts; the code itself if it is unknown. */
export function titleOf(code: string): string {
  return Object.hasOwn(REASONS, code) ? TEXTS[code as ReasonCode].title : code;
}

/**
 * The complete way past all limits that stand in the way (`--allow creates=41 --allow marks=1`): every effect once, with the most
 * that is needed. Null where no limit does. Pure.
 */
export function wayPastLimits(reasons: readonly Reason[], place: Place = "terminal"): string | null {
  const limits = reasons.flatMap((one) => (one.code === "limit.exceeded" ? [one.params] : []));
  return limits.length > 0 ? allowing(limits, place) : null;
}

/** Refusals, a line for each, then each way out once; the ways past limits as one. Pure. */
export function refusalLines(reasons: readonly Reason[], place: Place = "terminal"): string[] {
  const whats = reasons.map((one) => explain(one, place).what);
  const past = wayPastLimits(reasons, place);
  const others = reasons.flatMap((one) => (one.code === "limit.exceeded" ? [] : [explain(one, place).remedy]));
  return [...new Set(whats), ...(past === null ? [] : [past]), ...new Set(others)];
}

/** Refusals as one message: a single one on one line. Pure. */
export function refusalText(reasons: readonly Reason[], place: Place = "terminal"): string {
  return refusalLines(reasons, place).join(reasons.length === 1 ? " " : "\n");
}

/** Why work ended early, in a line: everything that stood in its way. */
export function reasonsText(reasons: readonly Reason[], place: Place = "terminal"): string {
  return refusalLines(reasons, place).join(" ");
}
