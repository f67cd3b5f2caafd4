import * as v from "valibot";
import { ConfigurationError } from "../../errors.ts";

/** API version used if `SALESFORCE_API_VERSION` is not set; jsforce's own default, 50.0, is from 2020. */
export const DEFAULT_API_VERSION = "66.0";

/** Answers that are also given for other reasons: an address that does not exist. */
const NOT_THERE = /^(?:NOT_FOUND|ERROR_HTTP_404)$/;
/** Answers that mean the version and nothing else; a retired one is 410 with whatever body (REST API Developer Guide, "End-of-Life Policy"). */
const NO_SUCH_VERSION = /^(?:UNSUPPORTED_API_VERSION|API_VERSION_RETIRED|ERROR_HTTP_410)$/;

const VersionsSchema = v.array(v.object({ version: v.pipe(v.string(), v.regex(/^\d{1,3}\.0$/)) }));

/** True if a refusal may mean that Salesforce does not have the API version: worth asking which ones it has. */
export function mayMeanVersion(code: string | null): boolean {
  return code !== null && (NOT_THERE.test(code) || NO_SUCH_VERSION.test(code));
}

/** The versions in the answer of `GET /services/data`, oldest first; null where it is no such list. */
export function readVersions(answer: unknown): string[] | null {
  const read = v.safeParse(VersionsSchema, answer);
  if (!read.success || read.output.length === 0) return null;
  return read.output.map(({ version }) => version).sort((one, other) => Number(one) - Number(other));
}

/**
 * The refusal of an API version as an error that names the setting; null where the refusal must have another reason.
 * `offered` is what Salesforce has (`readVersions`), `configured` the setting. Pure.
 */
export function versionError(
  code: string,
  { configured, offered, host }: { configured: string | undefined; offered: string[] | null; host: string },
): ConfigurationError | null {
  const version = configured ?? DEFAULT_API_VERSION;
  if (offered ? offered.includes(version) : !NO_SUCH_VERSION.test(code)) return null;
  const has = offered ? `it has ${offered[0]} to ${offered.at(-1)}` : "it was retired or never existed";
  const what = configured
    ? `Salesforce (${host}) does not have API version ${version}: ${has}. Set it to an existing version, or remove it: zdsync then uses ${DEFAULT_API_VERSION}`
    : `not set, and Salesforce (${host}) does not have version ${version}, which zdsync uses by default: ${has}. Set it to an existing version`;
  return new ConfigurationError([{ where: "SALESFORCE_API_VERSION", what }]);
}
