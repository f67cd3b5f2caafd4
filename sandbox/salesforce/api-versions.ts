import { notFound, versionGone } from "./errors.ts";

/** Winter '27, the release of the sandbox's time; versions before 31 are gone (facts 0). */
const newest = 68;
const oldest = 31;
/** Version 66 was Spring '26; every year has three. */
const seasons = ["Spring", "Summer", "Winter"];

/** The body of `GET /services/data`, which needs no session. */
export function listedVersions(): Array<{ label: string; url: string; version: string }> {
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
 * @throws 404 for no version, 410 for one that was retired
 */
export function requireVersion(segment: string): void {
  const [, number] = /^v(\d+)\.0$/.exec(segment) ?? [];
  if (number === undefined || Number(number) > newest) throw notFound();
  if (Number(number) < oldest) throw versionGone(segment);
}
