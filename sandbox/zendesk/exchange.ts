import type { Context, Hono } from "hono";
import { faultFor } from "../server/faults.ts";
import type { Fault } from "../types.ts";
import type { Caller } from "./auth.ts";
import { parameterMissing, ZendeskError } from "./errors.ts";
import type { Standing } from "./limits.ts";
import { isObject } from "./records.ts";
import { unpermittedKeys, type Wire, warning } from "./wire.ts";

/** What the middleware of app.ts leaves for the routes. */
export interface Environment {
  Variables: { caller: Caller; standing: Standing };
}

export type App = Hono<Environment>;
export type Exchange = Context<Environment>;

/** The URL as the client spelled it; links and `url`s of the answer start with its origin. */
export function urlOf(c: Exchange): URL {
  return new URL(c.req.url);
}

export function originOf(c: Exchange): string {
  return urlOf(c).origin;
}

/** The number in the path; an id that is none names no record. */
export function idOf(c: Exchange, name = "id"): number {
  return Number(c.req.param(name));
}

/** The fault of the third group (server/serve.ts) to play on this request. */
export function faultOf(c: Exchange): Fault | undefined {
  return faultFor(c.req.raw);
}

/** A comma-separated list from the query, without blanks; undefined when the parameter is not there. */
export function listParameter(c: Exchange, name: string): string[] | undefined {
  const text = urlOf(c).searchParams.get(name);
  if (text === null) return undefined;
  return text
    .split(",")
    .map((item) => item.trim())
    .filter((item) => item !== "");
}

/** The JSON body, `{}` for none. Rails reads a body only with a JSON content type. */
export async function bodyOf(c: Exchange): Promise<Wire> {
  const text = await c.req.text();
  if (text.trim() === "" || !c.req.header("content-type")?.includes("json")) return {};
  try {
    const body: unknown = JSON.parse(text);
    return isObject(body) ? body : {};
  } catch {
    throw new ZendeskError(400, { error: { title: "Bad Request", message: "The JSON you sent could not be parsed." } });
  }
}

/** How a body is to be read: the key it is under, and the attributes that may stand in there. */
export interface Expected {
  controller: string;
  action: string;
  root?: string;
  allowed?: readonly string[];
}

/**
 * Unknown keys are never an error: they are dropped, and X-Zendesk-API-Warn is the only trace (facts 1).
 * @returns the body as it was sent
 */
export async function expectedBody(c: Exchange, expected: Expected): Promise<Wire> {
  const body = await bodyOf(c);
  const unknown = unpermittedKeys(body, expected.root, expected.allowed ?? []);
  if (unknown.length > 0) c.header("x-zendesk-api-warn", warning(expected.controller, expected.action, unknown));
  return body;
}

/** @throws 400 when the body does not have that object */
export function rootObject(body: Wire, root: string): Wire {
  const value = body[root];
  if (!isObject(value)) throw parameterMissing(root);
  return value;
}
