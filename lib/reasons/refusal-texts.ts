import { COMPARISON, type Comparison } from "../domain/comparisons.ts";
import type { ParamsOf } from "../domain/reason.ts";
import type { REFUSAL_REASONS } from "../domain/reasons/refusals.ts";
import { counted, listed, type Place, type Texts } from "./texts.ts";

const TITLES: Partial<Record<string, string>> = {
  contacts: "contacts to create or add to organizations",
  holds: "organizations put on hold or restricted",
  marked_total: "marked in total (existing marks included)",
};

/** `marks`, `marked in total (existing marks included)`. */
function effectTitle(effect: string): string {
  return TITLES[effect] ?? effect.replaceAll("_", " ");
}

function title(comparison: Comparison): string {
  return `"${COMPARISON[comparison].title}"`;
}

const AGAIN: Record<Place, string> = {
  terminal: "Review the changes again with zdsync preview; if they are right, confirm the new numbers with --at-most.",
  gitlab: "Review the changes again with a dry run; if they are right, confirm the new numbers with the input at_most.",
  slack: "Review the new numbers; if they are right, confirm them.",
};

const REVIEW: Record<Place, string> = {
  terminal: "Review the changes again with zdsync preview, and pass the digest it prints to --expect.",
  gitlab: "Review the changes again with a dry run, and set the input expect to the digest it shows.",
  slack: "Ask for a new dry run.",
};

const RUN_COMPARE = "Run compare again.";
const EARLIER_STAGES = "All inputs of a stage must come from the same run. Run the earlier stages again.";

/** Requests in change files, by the rule that they break. */
const BROKEN: Record<ParamsOf<"changes.against_rules">["rule"], string> = {
  not_read: "changes to organizations that were not read",
  other_account: "changes to organizations that belong to a different account than the files say",
  before_differs: "earlier values that differ from what was read",
  field_not_ours: "fields that zdsync does not write",
  mark_in_update: "marks among the updates",
  create_not_due: "creates that do not follow from the accounts",
  update_not_due: "updates that do not follow from the accounts",
  mark_not_due: "marks that do not follow from the accounts",
};

export const REFUSAL_TEXTS: Texts<typeof REFUSAL_REASONS> = {
  "limit.exceeded": {
    title: "over a limit",
    say: ({ comparison, effect, count, existing, limit, percent, raised }, place) => [
      `Too many ${effectTitle(effect)}: ${shareOf(effect, count, existing, COMPARISON[comparison].records, `limit ${percent === null ? limit : `${percent}% = ${limit}`}${raised ? ", raised for this run" : ""}`)}. Nothing was written.`,
      allowing([{ effect, count }], place),
    ],
  },
  "count.unconfirmed": {
    title: "more than was confirmed",
    say: ({ comparison, effect, count, confirmed }, place) => [
      `${title(comparison)} now has ${counted(count, effect.replace(/s$/, ""))}, and ${confirmed === 0 ? "none was" : `only ${confirmed} ${confirmed === 1 ? "was" : "were"}`} confirmed. Nothing was written.${effect === "contacts" && confirmed === 0 ? " Earlier versions of the bot do not confirm contacts; if one started this run, update the bot first." : ""}`,
      AGAIN[place],
    ],
  },
  "run.held_back": {
    title: "held back",
    say: ({ comparisons }) => [
      `Nothing was written here because there is more to do in ${comparisons.map(title).join(" and ")} than was confirmed.`,
      "Once the new numbers are confirmed, the same run does this as well.",
    ],
  },
  "digest.unexpected": {
    title: "not what was reviewed",
    say: ({ comparison, digest, expected }, place) => [
      `The ${comparison} changes have digest ${digest}, but ${listed(expected)} was expected: what would be applied differs from what was reviewed. Nothing was written.`,
      REVIEW[place],
    ],
  },
  "digest.run_unexpected": {
    title: "not what was reviewed",
    say: ({ digest, expected, differ }, place) => [
      `The run has digest ${digest}, but ${listed(expected)} was expected: what would be applied differs from what was reviewed. ${
        differ.length > 0
          ? `These differ: ${differ.map(title).join(" and ")}.`
          : "The reviewed run is not in the history of this data directory, so zdsync cannot say what differs."
      } Nothing was written.`,
      REVIEW[place],
    ],
  },
  "undo.digest_unexpected": {
    title: "not what was reviewed",
    say: ({ digest, expected }) => [
      `The undo plan has digest ${digest}, but ${listed(expected)} was expected: a record changed since the preview, or it is a different file. Nothing was written.`,
      "Review the preview again, and pass the digest it prints.",
    ],
  },
  "changes.too_old": {
    title: "too old",
    say: ({ comparison, minutes, allowed_minutes }) => [
      `The data behind the ${comparison} changes was gathered ${counted(minutes, "minute")} ago; --max-age allows ${counted(allowed_minutes, "minute")}. Nothing was written.`,
      "Gather again, or raise --max-age.",
    ],
  },
  "changes.unvouched": {
    title: "changes of unknown origin",
    say: ({ comparison, digest }) => [
      `The ${comparison} change files have no ${comparison}_changeset.manifest.json: their origin cannot be verified. Nothing was written.`,
      `Run compare, or review them and confirm with --expect ${digest}.`,
    ],
  },
  "changes.altered": {
    title: "changes altered",
    say: ({ comparison }) => [
      `The ${comparison} change files were altered after compare wrote them: they do not match ${comparison}_changeset.manifest.json. Nothing was written.`,
      RUN_COMPARE,
    ],
  },
  "changes.without_contacts": {
    title: "changes without contacts",
    say: ({ comparison, file }) => [
      `The ${comparison} change files have no ${file}: they were written by a version of zdsync that did not plan contacts. Nothing was written.`,
      "Run compare again with the version that runs sync.",
    ],
  },
  "changes.against_rules": {
    title: "changes against the rules",
    say: ({ comparison, rule, count, records, fields, because }) => {
      const which = `${counted(count, "record")}: ${rule === "create_not_due" ? "accounts" : "organizations"} ${listed(records, count)}`;
      const details = [...(fields.length > 0 ? [`fields ${listed(fields)}`] : []), ...because];
      return [
        `The ${comparison} change files break a rule: ${BROKEN[rule]} (${[which, ...details].join("; ")}). Nothing was written.`,
        `${RUN_COMPARE} If this happens again, the files are altered between compare and sync, or the two use different configs.`,
      ];
    },
  },
  "reading.count_differs": {
    title: "count differs from Zendesk's",
    say: ({ instance, read, counted: total }) => [
      `${counted(read, "organization")} of ${instance} were read, but Zendesk counts ${total}: limits cannot be checked against this list. Nothing was written.`,
      "Run gather-orgs again. If this happens again, find out what alters the list in transit.",
    ],
  },
  "artifact.altered": {
    title: "file altered",
    say: ({ file }) => [
      `${file} was altered after it was written: its contents do not match its manifest.`,
      "Run the stage that writes it again.",
    ],
  },
  "artifact.other_version": {
    title: "file of another version",
    say: ({ file, version, supported }) => [
      `${file} has schema version ${version}; this zdsync reads version ${supported}.`,
      "Run all stages with the same version of zdsync.",
    ],
  },
  "inputs.of_different_runs": {
    title: "files of different runs",
    say: ({ file, run_id, other_file, other_run_id }) => [
      `${file} is from run ${run_id}, but ${other_file} is from run ${other_run_id}.`,
      EARLIER_STAGES,
    ],
  },
  "inputs.of_different_days": {
    title: "files of different days",
    say: ({ file, today, other_file, other_today }) => [
      `${file} was written for ${today}, but ${other_file} for ${other_today}.`,
      EARLIER_STAGES,
    ],
  },
  "changes.of_another_run": {
    title: "files of different runs",
    say: ({ comparison, run_id, file, file_run_id }) => [
      `${file} is from run ${file_run_id}, but the changes of ${title(comparison)} are from run ${run_id}. Nothing was written.`,
      RUN_COMPARE,
    ],
  },
  "changes.inputs_replaced": {
    title: "inputs replaced",
    say: ({ comparison, file }) => [
      `The changes of ${title(comparison)} were computed from a different ${file} than the one in this directory. Nothing was written.`,
      RUN_COMPARE,
    ],
  },
  "handover.altered": {
    title: "file altered in transit",
    say: ({ file, job }) => [
      `${file} of ${job} was altered in transit: its SHA-256 is not the one that the job passed on.`,
      "Start the whole chain of jobs again.",
    ],
  },
  "handover.of_different_runs": {
    title: "files of different runs",
    say: ({ job, run_id, other_job, other_run_id }) => [
      `${job} passes on files from run ${run_id}, but ${other_job} passes on files from run ${other_run_id}.`,
      "Start the whole chain of jobs again.",
    ],
  },
  "instance.host_unexpected": {
    title: "unexpected host",
    say: ({ setting, host, expected }) => [
      `${setting} points at ${host}, but the config (hosts) expects ${expected}. Nothing was read or written.`,
      "Correct the setting, or the host in the config.",
    ],
  },
  "lock.held": {
    title: "a run is in progress",
    say: ({ directory, command, run_id, host, pid, since }) => [
      `${directory} is in use by zdsync ${command} (run ${run_id}) on ${host}, process ${pid}, since ${since}. Two runs at once would overwrite each other's files.`,
      "Wait until it has ended, or use another --data-dir.",
    ],
  },
  "lock.held_by_unknown": {
    title: "a run is in progress",
    say: ({ directory }) => [
      `${directory} is in use by another zdsync. Two runs at once would overwrite each other's files.`,
      "Wait until it has ended, or use another --data-dir.",
    ],
  },
  "lock.contested": {
    title: "several runs start at once",
    say: ({ directory }) => [
      `Several runs are trying to take over the lock of ${directory} at once.`,
      "Wait until one of them has it, then start again.",
    ],
  },
};

function shareOf(effect: string, count: number, existing: number, records: string, limit: string): string {
  if (effect === "creates" || effect === "contacts") return `${count} (${limit}; ${existing} existing ${records})`;
  const share = existing > 0 ? `${Math.round((count / existing) * 1000) / 10}%; ` : "";
  return `${count} of ${existing} ${records} (${share}${limit})`;
}

/** Says how to let a run exceed its limits, in the words of the place: every effect once, with the largest count needed. */
export function allowing(exceeded: readonly { effect: string; count: number }[], place: Place): string {
  const most = new Map<string, number>();
  for (const { effect, count } of exceeded) most.set(effect, Math.max(count, most.get(effect) ?? 0));
  const allowances = [...most].map(([effect, count]) => `${effect}=${count}`);
  const look = "Review the report; if it is right,";
  if (place === "gitlab") return `${look} allow it for one pipeline with the input allow: "${allowances.join(" ")}".`;
  const flags = allowances.map((one) => `--allow ${one}`).join(" ");
  if (place === "slack")
    return `Slack cannot raise limits. ${look} allow it for one run where zdsync runs: \`zdsync run ${flags}\`, or the pipeline's input allow: "${allowances.join(" ")}".`;
  return `${look} allow it for this run with ${flags}.`;
}
