import { explain, reasonText } from "../reasons/reason-text.ts";
import { quoted } from "../reasons/texts.ts";
import type {
  AccountExplanation,
  ExplainedField,
  InstanceExplanation,
  PersonExplanation,
  TypeExplanation,
} from "./account-explanation.ts";
import { isHarmed } from "./answer-cause.ts";
import { changesText, didText, nextText, shownValue } from "./change-texts.ts";
import { type Line, labelled, plain, type Section, type Tone } from "./document.ts";
import { GATE_TEXTS, RUN_GATES } from "./gates.ts";

/** The proof of one instance: support, gates, organization and its fields, what was done and is to be done, people. Pure. */
export function instanceSections(one: InstanceExplanation, explanation: AccountExplanation): Section[] {
  const { instance } = one;
  const nothing = one.unwanted !== null && one.organizations.length + one.did.length + one.contacts.length === 0;
  if (nothing) return [{ title: `${instance}: nothing`, lines: gateLines(one) }];
  return [
    { title: `${instance}: support`, lines: supportLines(one) },
    { title: `${instance}: checks`, lines: gateLines(one) },
    { title: `${instance}: organization`, lines: organizationLines(one, explanation) },
    {
      title: `${instance}: what the run did`,
      lines: one.did.flatMap((did) => [
        plain(0, didText(did, { withRemedy: !isHarmed(one) || did.outcome === "applied" })),
        ...(did.effect === "update" && did.changes.length > 3 ? [plain(1, changesText(did.changes))] : []),
      ]),
    },
    {
      title: `${instance}: pending changes`,
      lines: one.next.map((next) => plain(0, nextText(next, explanation))),
    },
    {
      title: `${instance}: findings`,
      lines: one.findings.map((finding) => plain(0, reasonText(finding))),
    },
    { title: `${instance}: fields`, lines: one.fields.map(fieldLine) },
    { title: `${instance}: people`, lines: one.contacts.flatMap(personLines) },
  ];
}

function supportLines({ support, no_support, keeper }: InstanceExplanation): Line[] {
  if (keeper === "partner")
    return [plain(0, "A partner: partner-sync maintains its organization, without support level and contacts.")];
  if (!support) return [];
  const { support_level, won_by, next_level, types, seats, seats_from, expiration_date, expiration_from } = support;
  const why = no_support ? explain(no_support).what : won_by.map(typeText).join("; ");
  return [
    labelled("support_level", `${support_level}${why === "" ? "" : `: ${why}`}`, no_support ? "bad" : undefined),
    ...(support_level === "expired" ? [] : [labelled("next level", next_level ?? "expired")]),
    ...types.map((type) => labelled(type.type, typeText(type))),
    labelled("seats", `${seats}${seats_from === null ? "" : `, the quantity of charge ${seats_from}`}`),
    labelled(
      "expiration_date",
      `${expiration_date}, ${expiration_from === null ? "the latest end of its charges" : `from the override at ${expiration_from}`}`,
    ),
  ];
}

function typeText({ charges, override, implied_by }: TypeExplanation): string {
  return [
    ...charges.map(
      ({ charge_name, place, end_date }) =>
        `charge ${quoted(charge_name)}${place === null ? "" : ` (${place})`}, ends ${end_date}`,
    ),
    ...(override === null ? [] : [`the override at ${override}`]),
    ...(implied_by === null ? [] : [`${implied_by} brings it`]),
  ].join("; ");
}

/** `✓` let it through, `✗` stopped it, `–` where there was nothing to do. */
function gateLines(one: InstanceExplanation): Line[] {
  const { gates, held_up, unwanted } = one;
  return gates.flatMap(({ gate, passed, reason }): Line[] => {
    const [sign, tone]: [string, Tone] = passed ? ["✓", "good"] : gate === "differs" ? ["–", "muted"] : ["✗", "bad"];
    const text = GATE_TEXTS[gate][passed ? "passed" : "stopped"];
    const head: Line = { depth: 0, spans: [{ text: sign, tone }, { text: `  ${text}` }] };
    if (passed || reason === null || gate === "differs") return [head];
    const isStop = [held_up?.gate, unwanted?.gate].includes(gate);
    const isAdvice = isStop && !(RUN_GATES.has(gate) && isHarmed(one));
    return [head, plain(1, isAdvice ? reasonText(reason) : explain(reason).what)];
  });
}

function organizationLines({ organizations, instance }: InstanceExplanation, { run }: AccountExplanation): Line[] {
  const host = run.hosts[instance];
  if (organizations.length === 0) return [plain(0, "none")];
  return organizations.map(({ id, name, marked, created_by_run }) => ({
    depth: 0,
    label: String(id),
    spans: [
      host === null ? { text: name } : { text: name, href: `https://${host}/agent/organizations/${id}` },
      ...(created_by_run ? [{ text: " (created by this run)", tone: "good" as const }] : []),
      ...(marked ? [{ text: " (marked for deletion)", tone: "bad" as const }] : []),
    ],
  }));
}

/** A field as it is, and as it should be where that differs. */
function fieldLine({ key, desired, held, same, before_run }: ExplainedField): Line {
  const earlier = before_run === undefined ? "" : ` (the run changed it from ${shownValue(before_run)})`;
  if (held === undefined) return labelled(key, `should be ${shownValue(desired)}; there is no organization`, "muted");
  if (same) return labelled(key, `${shownValue(held)}${earlier}`);
  return labelled(key, `${shownValue(held)}, should be ${shownValue(desired)}${earlier}`, "warning");
}

/** A person as the proof tells them. */
function personLines({ email, name, state, reason, did }: PersonExplanation): Line[] {
  const words = {
    there: "in the organization",
    planned: "to be done",
    marked: "marked for deletion",
    left: "skipped",
  };
  const tones: Record<PersonExplanation["state"], Tone> = {
    there: "good",
    planned: "warning",
    marked: "bad",
    left: "warning",
  };
  return [
    {
      depth: 0,
      label: email,
      spans: [{ text: words[state], tone: tones[state] }, ...(name ? [{ text: ` (${name})` }] : [])],
    },
    ...(reason ? [plain(1, reasonText(reason))] : []),
    ...did.filter((one) => one.reason === null).map((one) => plain(1, didText(one))),
  ];
}
