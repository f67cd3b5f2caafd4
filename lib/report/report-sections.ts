import type { Reason } from "../domain/reason.ts";
import type { Place } from "../reasons/reason-text.ts";
import { explain, reasonText, titleOf } from "../reasons/reason-text.ts";
import { NOTHING_TO_DO } from "../reasons/texts.ts";
import { programName } from "../text/program-name.ts";
import { causeOf, HARMFUL } from "./cause.ts";
import { type FoldedRows, HARMS, type Harm, type ReportModel, type Row } from "./model.ts";
import { countByHarm } from "./report-model.ts";

/** One harm, with everything that has it. */
export interface Section {
  title: string;
  count: number;
  /**
   * Lines, made when they are asked for, and how many records each tells of. `brief`: without the reasons of what hurts customers,
   * where there is no room for them.
   */
  items(options: { brief: boolean }): Iterable<Item>;
}

interface Item {
  text: string;
  count: number;
}

/** Titles above the rows of each harm. */
export const HARM_TITLES: { readonly [H in Harm]: string } = {
  "loses support": "Lose support",
  downgraded: "Downgraded",
  "put on hold": "Put on hold",
  marked: "Marked for deletion",
  failed: "Failed",
  conflict: "Conflicts, for a person to resolve",
  "unknown charge": "Less support because of a charge missing from plans.yml",
  skipped: "Skipped, with the reason",
  upgraded: "Upgraded",
  gains: "Gain",
  cosmetic: "Cosmetic, or as intended",
};

/** Names of folded rows that are told. */
const NAMED = 3;

interface Wording {
  /** Text from outside, made harmless where it is shown. */
  text(text: string): string;
  place: Place;
}

/** The sections of a report, worst harm first; those without a row are left out. Pure. */
export function sectionsOf(model: ReportModel, wording: Wording): Section[] {
  const counts = countByHarm(model);
  const rows = Map.groupBy(model.rows, ({ harm }) => harm);
  const folded = Map.groupBy(model.folded, ({ harm }) => harm);
  return HARMS.flatMap((harm) => {
    const count = counts.get(harm) ?? 0;
    if (count === 0) return [];
    return [
      {
        title: HARM_TITLES[harm],
        count,
        *items({ brief }) {
          for (const group of folded.get(harm) ?? []) yield { text: foldedLine(group, wording), count: group.count };
          yield* alikeOnce((rows.get(harm) ?? []).values().map((row) => rowLine(row, wording, brief)));
        },
      },
    ];
  });
}

/** Lines that say the same of several records, such as contacts of one organization, as one with their count. */
function* alikeOnce(lines: Iterable<string>): Iterable<Item> {
  let [last, count] = ["", 0];
  for (const line of lines) {
    if (line !== last && count > 0) {
      yield counted(last, count);
      count = 0;
    }
    last = line;
    count += 1;
  }
  if (count > 0) yield counted(last, count);
}

function counted(text: string, count: number): Item {
  return { text: count === 1 ? text : `${text} (${count} times)`, count };
}

/** `Example GmbH (0014M…, global organization 12): support_level: premium → expired · applied · its last charge ended …`. */
function rowLine(row: Row, { text, place }: Wording, brief: boolean): string {
  const { name, effect, changes, outcome, reason } = row;
  const ids = idsOf(row);
  const who = name === "" ? ids : `${text(name)}${ids === "" ? "" : ` (${ids})`}`;
  const what = [
    ...(VERBS[effect] === "" ? [] : [VERBS[effect]]),
    ...(effect === "mark" ? [] : changes.map((one) => changeText(one, text))),
  ];
  const cause = HARMFUL.has(row.harm) && !brief ? causeOf({ ...row, reason: null }) : "";
  const why = [...(cause === "" ? [] : [text(cause)]), ...(reason === null ? [] : [text(reasonText(reason, place))])];
  const ended = outcome === null || outcome === "planned" ? "" : outcome;
  return [`${who || "The run"}${what.length > 0 ? `: ${what.join(", ")}` : ""}`, ended, ...why]
    .filter((part) => part !== "")
    .join(" · ");
}

const VERBS: { readonly [E in Row["effect"]]: string } = {
  create: "create",
  update: "",
  mark: "mark for deletion",
  unmark: "remove the mark",
  contact: "",
  none: "",
};

function changeText({ field, before, after }: Row["changes"][number], text: Wording["text"]): string {
  return `${text(field)}: ${text(before)} → ${text(after)}`;
}

function idsOf({ salesforce_id, id, id_of, instance }: Row): string {
  const zendesk = id === null ? [] : [`${instance === null ? "" : `${instance} `}${id_of} ${id}`];
  const where = id === null && instance !== null ? [instance] : [];
  return [...(salesforce_id === null ? [] : [salesforce_id]), ...zendesk, ...where].join(", ");
}

/** `1,317 organizations, global: only customer_health: – → green · applied. Such as …; any of them: zdsync explain ID`. */
function foldedLine(group: FoldedRows, wording: Wording): string {
  const { count, instance, outcome, members } = group;
  const noun = nounOf(group);
  const named = members.slice(0, NAMED).flatMap(({ name, salesforce_id, id }) => {
    const ids = salesforce_id ?? id;
    return name === "" ? (ids === null ? [] : [String(ids)]) : [wording.text(name)];
  });
  const ended = outcome === null || outcome === "planned" ? "" : ` · ${outcome}`;
  const example = members[0]?.salesforce_id ?? members[0]?.id;
  const such = named.length > 0 ? ` Such as ${named.join(", ")}.` : "";
  const any =
    example == null || group.comparison === "usgov_user" ? "" : ` Any of them: ${programName()} explain ${example}`;
  return `${count.toLocaleString("en-US")} ${noun}${instance === null ? "" : `, ${instance}`}: ${whatOf(group, wording)}${ended}.${such}${any}`;
}

function nounOf({ comparison, effect }: FoldedRows): string {
  if (effect === "contact") return "contacts";
  return comparison === "usgov_user" ? "users" : comparison === null ? "accounts" : "organizations";
}

function whatOf(group: FoldedRows, { text, place }: Wording): string {
  const { effect, fields, changes, code, reason } = group;
  // Which address a contact has is no change that they have in common.
  const values =
    effect === "contact"
      ? ""
      : changes.length > 0
        ? `only ${changes.map((one) => changeText(one, text)).join(", ")}`
        : fields.length > 0
          ? `only ${fields.map(text).join(", ")}`
          : "";
  const why = reason !== null ? text(foldedReason(reason, place)) : code === null ? "" : titleOf(code);
  const parts = [VERBS[effect], effect === "mark" ? "" : values, why].filter((part) => part !== "");
  return parts.join(", ") || "no change";
}

/** A reason within a sentence; that nothing is to be done needs no saying of so many. */
function foldedReason(reason: Reason, place: Place): string {
  const { what, remedy } = explain(reason, place);
  return (remedy === NOTHING_TO_DO ? what : `${what} ${remedy}`).replace(/\.$/, "");
}
