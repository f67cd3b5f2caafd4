import { COMPARISON, type Comparison } from "../domain/comparisons.ts";
import type { ParamsOf } from "../domain/reason.ts";
import type { REFUSAL_REASONS } from "../domain/reasons/refusals.ts";
import { counted, listed, type Place, type Texts } from "./texts.ts";

const TITLES: Partial<Record<string, string>> = {
  contacts: "contacts to create or to put into organizations",
  holds: "organizations put on hold or restricted",
  marked_total: "marked in total (before and after together)",
};

/** `marks`, `marked in total (before and after together)`. */
function effectTitle(effect: string): string {
  return TITLES[effect] ?? effect.replaceAll("_", " ");
}

function title(comparison: Comparison): string {
  return `"${COMPARISON[comparison].title}"`;
}

const AGAIN: Record<Place, string> = {
  terminal: "Look at the changes again with zdsync preview; if they are right, confirm the new numbers with --at-most.",
  gitlab:
    "Look at the changes again with a dry run; if they are right, confirm the new numbers with the input at_most.",
  slack: "Look at the new numbers; if they are right, confirm them.",
};

const REVIEW: Record<Place, string> = {
  terminal: "Review the changes again with zdsync preview, and give --expect the digest it prints.",
  gitlab: "Review the changes again with a dry run, and give the input expect the digest it shows.",
  slack: "Ask for a new dry run.",
};

const RUN_COMPARE = "Run compare again.";
const EARLIER_STAGES = "Inputs of one stage must be of one run: run the earlier stages again.";

/** What change files ask for, by the rule that they break. */
const BROKEN: Record<ParamsOf<"changes.against_rules">["rule"], string> = {
  not_read: "changes to organizations that were not read",
  other_account: "changes to organizations that belong to another account than the files say",
  before_differs: "values before that are not those that were read",
  field_not_ours: "fields that zdsync does not write",
  mark_in_update: "marks among the updates",
  create_not_due: "creates that no account wants, or not so",
  update_not_due: "updates that do not follow from the accounts",
  mark_not_due: "marks that do not follow from the accounts",
};

export const REFUSAL_TEXTS: Texts<typeof REFUSAL_REASONS> = {
  "limit.exceeded": {
    title: "over a limit",
    say: ({ comparison, effect, count, existing, limit, percent, raised }, place) => [
      `Too many ${effectTitle(effect)}: ${shareOf(effect, count, existing, COMPARISON[comparison].records)}, limit ${percent === null ? limit : `${percent} % (${limit})`}${raised ? ", raised for this run" : ""}. Nothing was written.`,
      allowing([{ effect, count }], place),
    ],
  },
  "count.unconfirmed": {
    title: "more than was confirmed",
    say: ({ comparison, effect, count, confirmed }, place) => [
      `${title(comparison)} now has ${counted(count, effect.replace(/s$/, ""))}, and ${confirmed === 0 ? "none was" : `only ${confirmed} ${confirmed === 1 ? "was" : "were"}`} confirmed. Nothing was written.${effect === "contacts" && confirmed === 0 ? " A bot of an earlier version confirms no contacts: if one started this, update it first." : ""}`,
      AGAIN[place],
    ],
  },
  "run.held_back": {
    title: "held back",
    say: ({ comparisons }) => [
      `Nothing was written here, as there is more to do in ${comparisons.map(title).join(" and ")} than was confirmed.`,
      "Once the new numbers there are confirmed, the same run does this, too.",
    ],
  },
  "digest.unexpected": {
    title: "not what was reviewed",
    say: ({ comparison, digest, expected }, place) => [
      `The ${comparison} changes have digest ${digest}, expected was ${listed(expected)}: what was reviewed is not what would be applied. Nothing was written.`,
      REVIEW[place],
    ],
  },
  "digest.run_unexpected": {
    title: "not what was reviewed",
    say: ({ digest, expected, differ }, place) => [
      `The run has digest ${digest}, expected was ${listed(expected)}: what was reviewed is not what would be applied. ${
        differ.length > 0
          ? `What differs: ${differ.map(title).join(" and ")}.`
          : "What was reviewed is not in the history of this data directory, so what differs cannot be told."
      } Nothing was written.`,
      REVIEW[place],
    ],
  },
  "undo.digest_unexpected": {
    title: "not what was reviewed",
    say: ({ digest, expected }) => [
      `The way back has digest ${digest}, expected was ${listed(expected)}: a record changed since the preview, or it is another file. Nothing was written.`,
      "Look at the preview again, and give the digest it prints.",
    ],
  },
  "changes.too_old": {
    title: "too old",
    say: ({ comparison, minutes, allowed_minutes }) => [
      `The data behind the ${comparison} changes was gathered ${counted(minutes, "minute")} ago, --max-age allows ${counted(allowed_minutes, "minute")}. Nothing was written.`,
      "Gather again, or allow a greater age.",
    ],
  },
  "changes.unvouched": {
    title: "changes of unknown origin",
    say: ({ comparison, digest }) => [
      `The ${comparison} change files have no ${comparison}_changeset.manifest.json: nothing proves where they come from. Nothing was written.`,
      `Run compare, or vouch for them with --expect ${digest} after reviewing them.`,
    ],
  },
  "changes.altered": {
    title: "changes altered",
    say: ({ comparison }) => [
      `The ${comparison} change files were altered after compare made them: they do not match ${comparison}_changeset.manifest.json. Nothing was written.`,
      RUN_COMPARE,
    ],
  },
  "changes.without_contacts": {
    title: "changes without contacts",
    say: ({ comparison, file }) => [
      `The ${comparison} change files have no ${file}: a version of zdsync made them that did not plan contacts. Nothing was written.`,
      "Run compare again with the version that runs sync.",
    ],
  },
  "changes.against_rules": {
    title: "changes against the rules",
    say: ({ comparison, rule, count, records, fields, because }) => {
      const which = `${counted(count, "record")}: ${rule === "create_not_due" ? "accounts" : "organizations"} ${listed(records, count)}`;
      const details = [...(fields.length > 0 ? [`fields ${listed(fields)}`] : []), ...because];
      return [
        `The ${comparison} change files ask for what must not be done: ${BROKEN[rule]} (${[which, ...details].join("; ")}). Nothing was written.`,
        `${RUN_COMPARE} If it makes such files again, something alters them on their way to sync, or the two read different configs.`,
      ];
    },
  },
  "reading.count_differs": {
    title: "read is not what Zendesk counts",
    say: ({ instance, read, counted: total }) => [
      `${counted(read, "organization")} of ${instance} were read, Zendesk counts ${total}: limits cannot be judged by such a list. Nothing was written.`,
      "Run gather-orgs again. If it stays so, find out what alters the list on its way.",
    ],
  },
  "artifact.altered": {
    title: "file altered",
    say: ({ file }) => [
      `${file} was altered after it was made: its contents do not match its manifest.`,
      "Run the stage that makes it again.",
    ],
  },
  "artifact.other_version": {
    title: "file of another version",
    say: ({ file, version, supported }) => [
      `${file} has schema version ${version}, this zdsync reads version ${supported}.`,
      "Run all stages with the same version of zdsync.",
    ],
  },
  "inputs.of_different_runs": {
    title: "files of different runs",
    say: ({ file, run_id, other_file, other_run_id }) => [
      `${file} is of run ${run_id}, ${other_file} of run ${other_run_id}.`,
      EARLIER_STAGES,
    ],
  },
  "inputs.of_different_days": {
    title: "files of different days",
    say: ({ file, today, other_file, other_today }) => [
      `${file} was made for the day ${today}, ${other_file} for ${other_today}.`,
      EARLIER_STAGES,
    ],
  },
  "changes.of_another_run": {
    title: "files of different runs",
    say: ({ comparison, run_id, file, file_run_id }) => [
      `${file} is of run ${file_run_id}, the changes of ${title(comparison)} are of run ${run_id}. Nothing was written.`,
      RUN_COMPARE,
    ],
  },
  "changes.inputs_replaced": {
    title: "inputs replaced",
    say: ({ comparison, file }) => [
      `The changes of ${title(comparison)} were made from another ${file} than the one that lies here now. Nothing was written.`,
      RUN_COMPARE,
    ],
  },
  "handover.altered": {
    title: "file altered on its way",
    say: ({ file, job }) => [
      `${file} of ${job} was altered on its way: its SHA-256 is not the one that was handed on.`,
      "Start the whole chain again.",
    ],
  },
  "handover.of_different_runs": {
    title: "files of different runs",
    say: ({ job, run_id, other_job, other_run_id }) => [
      `${job} hands over files of run ${run_id}, ${other_job} files of run ${other_run_id}.`,
      "Start the whole chain again.",
    ],
  },
  "instance.host_unexpected": {
    title: "another host than expected",
    say: ({ setting, host, expected }) => [
      `${setting} points at ${host}, the config (hosts) expects ${expected}. Nothing was read or written.`,
      "Correct the setting, or the host in the config.",
    ],
  },
  "lock.held": {
    title: "a run is in progress",
    say: ({ directory, command, run_id, host, pid, since }) => [
      `${directory} is in use by zdsync ${command} (run ${run_id}) on ${host}, process ${pid}, since ${since}. Two runs at once would write over each other.`,
      "Wait until it has ended, or give another --data-dir.",
    ],
  },
  "lock.held_by_unknown": {
    title: "a run is in progress",
    say: ({ directory }) => [
      `${directory} is in use by another zdsync. Two runs at once would write over each other.`,
      "Wait until it has ended, or give another --data-dir.",
    ],
  },
  "lock.contested": {
    title: "several runs begin at once",
    say: ({ directory }) => [
      `Several runs try to take over the lock of ${directory} at once.`,
      "Wait until one has it, and start again.",
    ],
  },
};

function shareOf(effect: string, count: number, existing: number, records: string): string {
  if (effect === "creates" || effect === "contacts") return `${count}, beside ${existing} existing ${records}`;
  const share = existing > 0 ? ` (${Math.round((count / existing) * 1000) / 10} %)` : "";
  return `${count} of ${existing} ${records}${share}`;
}

/** How to let a run through that exceeds limits, in the words of where it is read: every effect once, with the most that is needed. */
export function allowing(exceeded: readonly { effect: string; count: number }[], place: Place): string {
  const most = new Map<string, number>();
  for (const { effect, count } of exceeded) most.set(effect, Math.max(count, most.get(effect) ?? 0));
  const allowances = [...most].map(([effect, count]) => `${effect}=${count}`);
  const look = "Look at the report; if it is right,";
  if (place === "gitlab") return `${look} allow it for one pipeline with the input allow: "${allowances.join(" ")}".`;
  const flags = allowances.map((one) => `--allow ${one}`).join(" ");
  if (place === "slack")
    return `Slack cannot raise limits. ${look} allow it for one run where zdsync runs: \`zdsync run ${flags}\`, or the pipeline's input allow: "${allowances.join(" ")}".`;
  return `${look} allow it for this run with ${flags}.`;
}
