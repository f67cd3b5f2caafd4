import { INSTANCES, type InstanceName } from "../domain/instance.ts";
import { explain, reasonText } from "../reasons/reason-text.ts";
import { quoted } from "../reasons/texts.ts";
import type { AccountExplanation, ExplainedCharge, ExplainedOverride } from "./account-explanation.ts";
import { answerLines } from "./answer.ts";
import { upcomingText } from "./change-texts.ts";
import {
  type ExplanationDocument,
  type Line,
  labelled,
  plain,
  type Section,
  type Span,
  type Tone,
} from "./document.ts";
import { instanceSections } from "./instance-sections.ts";

/** The explanation as people read it: an answer of three lines at most, and the proof, from the account to the organization. Pure. */
export function explanationDocument(explanation: AccountExplanation): ExplanationDocument {
  const sections = [
    aboutSection(explanation),
    accountSection(explanation),
    ...subscriptionSections(explanation),
    overridesSection(explanation.overrides),
    findingsSection(explanation),
    ...INSTANCES.flatMap((instance) => {
      const one = explanation.instances.find((found) => found.instance === instance);
      return one ? instanceSections(one, explanation) : [];
    }),
    upcomingSection(explanation),
  ];
  return { answer: answerLines(explanation), sections: sections.filter(({ lines }) => lines.length > 0) };
}

/** Zendesk's search by fields is an index that lags and may repeat or leave out; an exact look-up there is by external_id and name only. */
const LIVE_SEARCH =
  "organizations by external_id, by the account's name, and by the salesforce_id known to the last run here. An organization linked only by salesforce_id, with another name, and not seen by a run here, is not found: Zendesk has no exact search by field";

/** An instance that the latest run did not work on: its facts are older than the rest. */
function earlierLine(instance: InstanceName, { earlier, run_id }: AccountExplanation["run"]): Line[] {
  const one = earlier?.[instance];
  if (!one) return [];
  const text = `run ${one.run_id}, gathered ${one.gathered_at}: run ${run_id} did not reach this instance`;
  return [labelled(instance, text, "warning")];
}

/** Which run says so, and how old that is. */
function aboutSection({ run, day }: AccountExplanation): Section {
  const source = {
    run: `run ${run.run_id}`,
    history: `run ${run.run_id}, from the history`,
    live: "live data, not from a run",
    simulation: `a simulation of new rules on run ${run.run_id}, as if all changes by its own rules had been written`,
  }[run.source];
  const allowed = Object.entries(run.allow).map(([effect, count]) => `${effect}=${count}`);
  return {
    title: "Based on",
    lines: [
      labelled("source", source),
      labelled("gathered", run.gathered_at),
      ...INSTANCES.flatMap((instance) => earlierLine(instance, run)),
      ...(run.source === "live" ? [labelled("searched", LIVE_SEARCH)] : []),
      labelled("day", day === run.today ? day : `${day} (the run's was ${run.today})`),
      ...(run.dry_run === true ? [labelled("wrote", "nothing: a preview or a dry run", "warning")] : []),
      ...(allowed.length > 0 ? [labelled("allowed", `${allowed.join(", ")} (--allow, in this run only)`)] : []),
      ...(run.missing.length > 0 ? [labelled("missing", run.missing.join(", "), "warning")] : []),
    ],
  };
}

function accountSection(explanation: AccountExplanation): Section {
  const { account, subject, run, is_partner, merged_into, instances } = explanation;
  const partner = instances.flatMap((one) => one.partner ?? []).at(0);
  const { salesforce_id: id } = subject;
  const { salesforce: host } = run.hosts;
  if (id === null) return { title: "Account", lines: [labelled("salesforce_id", "none", "muted")] };
  const link = host === null ? undefined : `https://${host}/${id}`;
  const idSpan: Span = link === undefined ? { text: id } : { text: id, href: link };
  return {
    title: "Account in Salesforce",
    lines: [
      { depth: 0, label: "salesforce_id", spans: [idSpan] },
      ...(is_partner ? [labelled("partner", partner ? explain(partner).what : "yes")] : []),
      ...(merged_into === null ? [] : [labelled("merged into", merged_into, "warning")]),
      ...(account === null
        ? is_partner
          ? []
          : [labelled("account", "not gathered as a customer", "warning")]
        : Object.entries(account).flatMap(([key, value]) =>
            key === "salesforce_id" ? [] : [labelled(key, attributeText(value))],
          )),
    ],
  };
}

function attributeText(value: unknown): string {
  if (value === null || value === "") return "none";
  if (typeof value !== "object") return String(value);
  const { name, email } = value as { name?: string | null; email?: string };
  return [name, email].filter((part) => part).join(", ");
}

function subscriptionSections({ subscriptions, stray_charges: strays }: AccountExplanation): Section[] {
  const subs = subscriptions.flatMap((one): Line[] => {
    const senders = one.charges.filter(({ id }) => one.sent_by.includes(id));
    const why =
      senders.length > 0
        ? `us-government, for ${senders.map(({ charge_name }) => quoted(charge_name.trim())).join(", ")}`
        : "global, as no charge sends it to us-government";
    return [
      {
        depth: 0,
        label: one.name ?? one.id,
        spans: [
          { text: `${one.status ?? "no status"}, ${one.start_date ?? "?"} to ${one.end_date}; counts in ${why}` },
        ],
      },
      ...one.charges.map((charge) => chargeLine(charge)),
      ...(one.charges.length === 0 ? [{ depth: 1, spans: [{ text: "no charges", tone: "warning" }] } as Line] : []),
    ];
  });
  return [
    { title: "Subscriptions and charges", lines: subs },
    { title: "Charges without a gathered subscription (not counted)", lines: strays.map((one) => chargeLine(one)) },
  ];
}

const OUTCOMES: Record<ExplainedCharge["outcome"], [text: string, tone: Tone]> = {
  counts: ["counts", "good"],
  expired: ["expired", "bad"],
  ignored: ["ignored (ignored_charges)", "muted"],
  unknown: ["not in plans.yml: gives no support", "bad"],
  stray: ["its subscription was not gathered", "bad"],
};

/** `"SaaS - Premium - 1 Year" x 20, 2026-01-01 to 2026-12-31 → sub_dotcom_premium (plans.yml:12): counts until 2027-01-15`. */
function chargeLine(charge: ExplainedCharge): Line {
  const { charge_name, quantity, start_date, end_date, outcome, in_grace, counts_until, place, type } = charge;
  const [text, tone] = OUTCOMES[outcome];
  const meaning =
    type === null ? (place === null ? "" : ` (${place})`) : ` → ${type}${place === null ? "" : ` (${place})`}`;
  const state =
    outcome === "counts"
      ? in_grace
        ? `in grace until ${counts_until}`
        : `counts until ${counts_until}`
      : outcome === "expired"
        ? `expired, counted until ${counts_until}`
        : text;
  return {
    depth: 1,
    spans: [
      {
        text: `${quoted(charge_name)}${quantity === null ? "" : ` x ${quantity}`}, ${start_date ?? "?"} to ${end_date}${meaning}: `,
      },
      { text: state, tone: in_grace ? "warning" : tone },
    ],
  };
}

function overridesSection(overrides: readonly ExplainedOverride[]): Section {
  return {
    title: "Overrides",
    lines: overrides.flatMap((one): Line[] => {
      const sets = [
        ...Object.entries(one.subscriptions).map(([type, value]) => `${type} ${value ? "on" : "off"}`),
        ...(one.expiration_date === null ? [] : [`expiration_date ${one.expiration_date}`]),
      ];
      const until = one.ends_on === null ? "without end" : `until ${one.ends_on}`;
      return [
        {
          depth: 0,
          label: one.where,
          spans: [
            { text: one.applies ? "applies" : "does not apply", tone: one.applies ? "good" : "warning" },
            ...(one.instance === null ? [] : [{ text: ` (${one.instance}, ${until}): ${sets.join(", ")}` }]),
          ],
        },
        ...(one.written_for === null ? [] : [plain(1, `reason: ${one.written_for}`)]),
        ...(one.why ? [plain(1, reasonText(one.why))] : []),
      ];
    }),
  };
}

function findingsSection({ findings, overrides }: AccountExplanation): Section {
  const said = new Set(overrides.map(({ why }) => JSON.stringify(why)));
  const others = findings.filter((one) => !said.has(JSON.stringify(one)));
  return { title: "Findings", lines: others.flatMap((one) => findingLines(explain(one))) };
}

function findingLines({ what, remedy }: { what: string; remedy: string }): Line[] {
  return [{ depth: 0, spans: [{ text: what, tone: "warning" }] }, plain(1, remedy)];
}

function upcomingSection({ upcoming, instances }: AccountExplanation): Section {
  const several = instances.length > 1 && new Set(upcoming.map(({ instance }) => instance)).size > 1;
  return {
    title: "Upcoming changes",
    lines: upcoming.map((one) => plain(0, several ? `${one.instance}: ${upcomingText(one)}` : upcomingText(one))),
  };
}
