import type { InstanceName } from "../domain/instance.ts";
import type { Organization } from "../domain/organization.ts";
import { type Reason, reason } from "../domain/reason.ts";
import { StoppedError } from "../errors.ts";
import { isMoreThanCounted, isMuchLessThanCounted } from "../remotes/zendesk/all-organizations.ts";
import type { ZendeskConnection, ZendeskReader } from "../remotes/zendesk/ports.ts";
import type { Artifact } from "../storage/artifacts/store.ts";

/** A list of organizations that an earlier job made. */
export interface OrganizationReading {
  instance: InstanceName;
  /** Number of organizations in the list. */
  read: number;
  /** When it was made, as its manifest says; null where it has none. */
  gatheredAt: string | null;
  /** Accounts whose organizations may have been created since, by this run or by an attempt before. */
  creating: readonly string[];
  now: Date;
}

/** An artifact of organizations as a reading. */
export function readingOf(
  instance: InstanceName,
  { records, manifest }: Artifact<Organization>,
  creating: readonly string[],
  now: Date,
): OrganizationReading {
  return { instance, read: records.length, gatheredAt: manifest?.gathered_at ?? null, creating, now };
}

/** Organizations older than this were not created since the list was made, whatever its manifest says. */
const CREATED_WITHIN_MS = 24 * 60 * 60 * 1000;
/** Zendesk's clock is not ours, and tells no more than seconds. */
const CLOCKS_DIFFER_MS = 10 * 60 * 1000;

/**
 * Why a list of organizations is not believed (S3): it is far longer or far shorter than Zendesk counts, so percentages would be of
 * nothing, and a first fill might be none. One request; only where the list looks too short are those looked up that this run created.
 * Nothing after a stop: then nothing is written any more.
 */
export async function implausibleReading(
  reading: OrganizationReading,
  { reader, stoppable = reader }: Pick<ZendeskConnection, "reader" | "stoppable">,
): Promise<Reason[]> {
  const { instance, read } = reading;
  try {
    const counted = await stoppable.organizationCount();
    if (counted === null) return [];
    const isShort = isMuchLessThanCounted(read, counted);
    const tooShort = isShort && isMuchLessThanCounted(read + (await createdSince(reading, stoppable)), counted);
    if (!tooShort && !isMoreThanCounted(read, counted)) return [];
    return [reason("reading.count_differs", { instance, read, counted })];
  } catch (error) {
    if (error instanceof StoppedError) return [];
    throw error;
  }
}

async function createdSince(
  { gatheredAt, creating, now }: OrganizationReading,
  reader: ZendeskReader,
): Promise<number> {
  const earliest = Math.max((Date.parse(gatheredAt ?? "") || 0) - CLOCKS_DIFFER_MS, now.getTime() - CREATED_WITHIN_MS);
  const found = await reader.organizationsByExternalId(creating);
  return found.filter(({ created_at }) => Date.parse(created_at) >= earliest).length;
}
