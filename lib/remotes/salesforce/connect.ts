import type { SalesforceSettings } from "../../settings/environment.ts";
import type { SalesforceReader } from "./ports.ts";
import { createReader } from "./reader.ts";
import { openSession, type SessionOptions } from "./session.ts";

/** Logs in to Salesforce and answers a reader of it; throws `ConfigurationError` or `RemoteError` where the log-in fails. */
export async function connectSalesforce(
  settings: SalesforceSettings,
  options: SessionOptions = {},
): Promise<SalesforceReader> {
  return createReader(await openSession(settings, options));
}
