import { SlackRefusal } from "./slack-refusal.ts";

/** What a method is called with. Forms carry every value as text, JSON bodies carry it as it is. */
export class CallArguments {
  readonly #values: Record<string, unknown>;

  constructor(values: Record<string, unknown>) {
    this.#values = values;
  }

  /** An argument as text; undefined where it is missing or empty. */
  text(name: string): string | undefined {
    const value = this.#values[name];
    return value === undefined || value === null || value === "" ? undefined : String(value);
  }

  flag(name: string): boolean {
    return ["true", "1"].includes(this.text(name) ?? "");
  }

  /**
   * An argument that is an object or a list: JSON in a form, itself or JSON in a JSON body.
   * @param malformed the error code where its JSON cannot be read
   */
  structure(name: string, malformed: string): unknown {
    const value = this.#values[name];
    if (typeof value !== "string") return value ?? undefined;
    if (value === "") return undefined;
    try {
      return JSON.parse(value) as unknown;
    } catch {
      throw new SlackRefusal(malformed);
    }
  }
}

/** The arguments of a call: from the query, a form, or a JSON body. @throws SlackRefusal where the body cannot be read */
export async function callArguments(request: Request): Promise<CallArguments> {
  const query = Object.fromEntries(new URL(request.url).searchParams);
  const text = request.method === "POST" ? await request.text() : "";
  if (!request.headers.get("content-type")?.includes("application/json"))
    return new CallArguments({ ...query, ...Object.fromEntries(new URLSearchParams(text)) });
  const body = parsed(text);
  // In a JSON body Slack does not look for the token (its documentation of the Web API).
  const { token: _, ...values } = body;
  return new CallArguments({ ...query, ...values });
}

function parsed(text: string): Record<string, unknown> {
  let body: unknown;
  try {
    body = JSON.parse(text === "" ? "{}" : text);
  } catch {
    throw new SlackRefusal("invalid_json");
  }
  if (typeof body !== "object" || body === null || Array.isArray(body)) throw new SlackRefusal("json_not_object");
  return body as Record<string, unknown>;
}
