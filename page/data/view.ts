import { HARMS, type Harm } from "../../lib/report/model.ts";

/** The columns that the table can be sorted by. */
export const SORTS = ["harm", "customer", "instance", "effect", "change", "reason", "outcome"] as const;
export type Sort = (typeof SORTS)[number];

/** Filters that take one value of a column. */
export const FILTERS = ["instance", "effect", "field", "reason", "outcome"] as const;
export type Filter = (typeof FILTERS)[number];

/** View of the page's records: everything that the address bar keeps. */
export interface View {
  query: string;
  /** Empty: all. */
  harms: readonly Harm[];
  filters: Readonly<Partial<{ [Name in Filter]: string }>>;
  sort: Sort;
  descending: boolean;
  /** The key of the record that is open; of a group `group:N`. */
  open: string | null;
  tab: "changes" | "audit";
}

export const WHOLE: View = {
  query: "",
  harms: [],
  filters: {},
  sort: "harm",
  descending: false,
  open: null,
  tab: "changes",
};

/** True if a view leaves records out. */
export function isNarrowed({ query, harms, filters }: View): boolean {
  return query.trim() !== "" || harms.length > 0 || Object.keys(filters).length > 0;
}

/** The address bar's part after `#`; empty for the view that a page opens with. */
export function toHash(view: View): string {
  const parameters = new URLSearchParams();
  if (view.query !== "") parameters.set("q", view.query);
  for (const harm of view.harms) parameters.append("harm", harm);
  for (const name of FILTERS) {
    const value = view.filters[name];
    if (value !== undefined) parameters.set(name, value);
  }
  if (view.sort !== "harm") parameters.set("sort", view.sort);
  if (view.descending) parameters.set("order", "descending");
  if (view.open !== null) parameters.set("open", view.open);
  if (view.tab !== "changes") parameters.set("tab", view.tab);
  return parameters.toString();
}

/** The view that an address asks for; what it does not understand is left out. */
export function fromHash(hash: string): View {
  const parameters = new URLSearchParams(hash.replace(/^#/, ""));
  const filters: Partial<{ [Name in Filter]: string }> = {};
  for (const name of FILTERS) {
    const value = parameters.get(name);
    if (value !== null) filters[name] = value;
  }
  const asked = new Set(parameters.getAll("harm"));
  return {
    query: parameters.get("q") ?? "",
    harms: HARMS.filter((harm) => asked.has(harm)),
    filters,
    sort: SORTS.find((sort) => sort === parameters.get("sort")) ?? "harm",
    descending: parameters.get("order") === "descending",
    open: parameters.get("open"),
    tab: parameters.get("tab") === "audit" ? "audit" : "changes",
  };
}
