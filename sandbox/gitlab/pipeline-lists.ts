import { json, parameterError } from "./answers.ts";
import { type PipelineState, SOURCES, STATUSES } from "./pipeline-store.ts";

const ORDERS = ["id", "status", "ref", "updated_at", "user_id"] as const;

/** The pipelines that a list asks for, or what is wrong with its parameters. */
export function chosen(pipelines: readonly PipelineState[], query: URLSearchParams): PipelineState[] | Response {
  const problems = problemsOf(query);
  if (problems.length > 0) return parameterError(...problems);
  const is = (name: string, value: string | null) => !query.get(name) || query.get(name) === value;
  const after = moment(query.get("updated_after"));
  const before = moment(query.get("updated_before"));
  const found = pipelines.filter(
    (one) =>
      is("status", one.status) &&
      is("source", one.source) &&
      is("ref", one.ref) &&
      is("username", one.user.username) &&
      one.updatedAt.getTime() > (after ?? Number.NEGATIVE_INFINITY) &&
      one.updatedAt.getTime() < (before ?? Number.POSITIVE_INFINITY),
  );
  const direction = query.get("sort") === "asc" ? 1 : -1;
  const key = keyOf(query.get("order_by") ?? "id");
  return found.sort((one, other) => (key(one) < key(other) ? -1 : key(one) > key(other) ? 1 : 0) * direction);
}

function problemsOf(query: URLSearchParams): string[] {
  const oneOf = (name: string, values: readonly string[]) => {
    const value = query.get(name);
    return value === null || values.includes(value) ? [] : [`${name} does not have a valid value`];
  };
  const isMoment = (name: string) => {
    const value = query.get(name);
    return value === null || !Number.isNaN(Date.parse(value)) ? [] : [`${name} is invalid`];
  };
  return [
    ...oneOf("status", STATUSES),
    ...oneOf("source", SOURCES),
    ...oneOf("order_by", ORDERS),
    ...oneOf("sort", ["asc", "desc"]),
    ...isMoment("updated_after"),
    ...isMoment("updated_before"),
  ];
}

function keyOf(order: string): (pipeline: PipelineState) => number | string {
  if (order === "updated_at") return ({ updatedAt }) => updatedAt.getTime();
  if (order === "status") return ({ status }) => status;
  if (order === "ref") return ({ ref }) => ref;
  if (order === "user_id") return ({ user }) => user.id;
  return ({ id }) => id;
}

function moment(text: string | null): number | null {
  return text === null ? null : Date.parse(text);
}

/** One page of a list, with GitLab's paging headers: 20 to a page, 100 at most. */
export function paged(rows: readonly unknown[], url: URL): Response {
  const number = (name: string, fallback: number) => {
    const text = url.searchParams.get(name);
    return text === null ? fallback : /^[1-9]\d{0,8}$/.test(text) ? Number(text) : null;
  };
  const page = number("page", 1);
  const asked = number("per_page", 20);
  if (page === null || asked === null) return parameterError(`${page === null ? "page" : "per_page"} is invalid`);
  const size = Math.min(asked, 100);
  const pages = Math.max(1, Math.ceil(rows.length / size));
  const link = (to: number, rel: string) => {
    const address = new URL(url);
    address.searchParams.set("page", String(to));
    address.searchParams.set("per_page", String(size));
    return `<${address}>; rel="${rel}"`;
  };
  return json(200, rows.slice((page - 1) * size, page * size), {
    "x-page": String(page),
    "x-per-page": String(size),
    "x-next-page": page < pages ? String(page + 1) : "",
    "x-prev-page": page > 1 ? String(page - 1) : "",
    "x-total": String(rows.length),
    "x-total-pages": String(pages),
    link: [...(page < pages ? [link(page + 1, "next")] : []), link(1, "first"), link(pages, "last")].join(", "),
  });
}
