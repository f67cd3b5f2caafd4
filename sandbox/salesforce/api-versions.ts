import { notFound, SalesforceError, versionGone } from "./errors.ts";

/** The versions an org has: Winter '27 is the release of the sandbox's time; versions before 31 are gone (facts 0). */
export const VERSIONS = { oldest: 31, newest: 68 };

/** Which versions an org has, and how it refuses others. */
export interface VersionRules {
  apiVersions: { oldest: number; newest: number };
  goneVersion: "json" | "plain";
}

/** Version 66 was Spring '26; every year has three. */
const seasons = ["Spring", "Summer", "Winter"];

/** The body of `GET /services/data`, which needs no session. */
export function listedVersions({ oldest, newest } = VERSIONS): Array<{ label: string; url: string; version: string }> {
  return Array.from({ length: newest - oldest + 1 }, (_, index) => {
    const number = oldest + index;
    const since = number - 66;
    const season = ((since % 3) + 3) % 3;
    // The winter release has the name of the year it reaches into.
    const year = 26 + Math.floor(since / 3) + (season === 2 ? 1 : 0);
    const version = `${number}.0`;
    return { label: `${seasons[season]} '${year}`, url: `/services/data/v${version}`, version };
  });
}

/**
 * @param segment of the path: `v66.0`
 * @throws 404 for no version, 410 for one that was retired; as a page instead of JSON where `goneVersion` is "plain"
 */
export function requireVersion(segment: string, { apiVersions, goneVersion }: VersionRules): void {
  const [, number] = /^v(\d+)\.0$/.exec(segment) ?? [];
  const refuse = (error: SalesforceError) => {
    throw goneVersion === "json" ? error : new SalesforceError(error.status, `<h1>HTTP ERROR ${error.status}</h1>`);
  };
  if (number === undefined || Number(number) > apiVersions.newest) refuse(notFound());
  if (Number(number) < apiVersions.oldest) refuse(versionGone(segment));
}
