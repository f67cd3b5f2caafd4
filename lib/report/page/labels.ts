import { HARMS, type Harm, type LimitBar, type ReportHead, type Row } from "../model.ts";

/** Said of a report that leaves out an instance's customers. */
export const WITHHELD =
  "Customers of us-government are not listed here, but the counts by comparison include them. Only that instance's own reports name them.";

/** Tones by harm: never by colour alone, the word is always there. */
export const HARM_TONES: { readonly [H in Harm]: "bad" | "warning" | "good" | "muted" } = {
  "loses support": "bad",
  downgraded: "bad",
  "put on hold": "warning",
  marked: "warning",
  failed: "bad",
  conflict: "warning",
  "unknown charge": "warning",
  skipped: "muted",
  upgraded: "good",
  gains: "good",
  cosmetic: "muted",
};

/** Labels for a count of records with a harm. */
export const HARM_PLURALS: { readonly [H in Harm]: string } = {
  "loses support": "lose support",
  downgraded: "downgraded",
  "put on hold": "put on hold",
  marked: "marked",
  failed: "failed",
  conflict: "conflicts",
  "unknown charge": "unknown charges",
  skipped: "skipped",
  upgraded: "upgraded",
  gains: "gain",
  cosmetic: "cosmetic",
};

/** Labels for the harm of one record. "Skipped" is an outcome: of a write that was planned, and not made. */
export const HARM_LABELS: { readonly [H in Harm]: string } = {
  ...(Object.fromEntries(HARMS.map((harm) => [harm, harm])) as { [H in Harm]: H }),
  skipped: "skipped",
};

export const COMPARISON_TITLES: { readonly [C in LimitBar["comparison"]]: string } = {
  global: "Customers, global",
  usgov: "Customers, us-government",
  partner: "Partners, global",
  usgov_user: "Users, us-government",
};

export const EFFECT_TITLES: { readonly [E in LimitBar["effect"]]: string } = {
  holds: "Put on hold",
  creates: "Created",
  marks: "Marked",
  updates: "Updated",
  downgrades: "Downgraded",
  contacts: "Contacts",
  marked_total: "Marked in total",
};

/** The hosts of a run, each with the service that it is. */
export function namedHosts(hosts: ReportHead["hosts"]): { service: string; host: string }[] {
  const services = [
    ["Salesforce", hosts.salesforce],
    ["Zendesk global", hosts.global],
    ["Zendesk us-government", hosts["us-government"]],
  ] as const;
  return services.flatMap(([service, host]) => (host ? [{ service, host }] : []));
}

/** Why a limit measures fewer updates than were planned. */
export function uncountedText(uncounted: number): string {
  return `${number(uncounted)} more only ${uncounted === 1 ? "expands" : "expand"} an id to 18 characters: not counted`;
}

/** Returns the count with the noun for a change file's records; only those of us-government's users are not organizations. */
export function recordsNoun(comparison: Row["comparison"], count: number): string {
  const noun = comparison === "usgov_user" ? "user" : "organization";
  return `${number(count)} ${noun}${count === 1 ? "" : "s"}`;
}

/** `1,317`. */
export function number(value: number): string {
  return value.toLocaleString("en-US");
}

/** `4 min 05 s`, `38 s`. */
export function duration(seconds: number): string {
  const whole = Math.round(seconds);
  const [minutes, rest] = [Math.floor(whole / 60), whole % 60];
  if (minutes === 0) return `${rest} s`;
  if (minutes < 60) return `${minutes} min ${String(rest).padStart(2, "0")} s`;
  return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, "0")} min`;
}

/** `2026-11-27 02:00 UTC`: the same for everybody who reads it. */
export function moment(iso: string): string {
  return /^\d{4}-\d\d-\d\dT\d\d:\d\d/.test(iso) ? `${iso.slice(0, 10)} ${iso.slice(11, 16)} UTC` : iso;
}

/** True if an address may be linked; anything else is shown as text, so that no address from outside can run. */
export function isWebAddress(address: string | null | undefined): address is string {
  return address != null && /^https?:\/\//i.test(address);
}
