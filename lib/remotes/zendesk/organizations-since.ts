import type { Organization } from "../../domain/organization.ts";
import { toId18 } from "../../domain/salesforce-id.ts";
import type { Page, ZendeskReader, ZendeskWriter } from "./ports.ts";

/**
 * What became of organizations since they were listed, as far as this run knows: it wrote them, or looked at them. What was written and not read
 * since is asked for when somebody wants to know. Answers that were asked for before a write say nothing of it.
 */
export class OrganizationsSince {
  private readonly seen = new Map<number, Organization>();
  private readonly gone = new Set<number>();
  /** Written and not read since: by id, or by `external_id` (18 characters) if no id is known; each with the write's number. */
  private readonly unreadIds = new Map<number, number>();
  private readonly unreadExternalIds = new Map<string, number>();
  private writes = 0;

  /** The reader, with its answers taken in. */
  reader<R extends ZendeskReader>(reader: R): R {
    return {
      ...reader,
      organizationsById: (ids: readonly number[]) => this.byId(reader, ids),
      organizationsByExternalId: (ids: readonly string[]) => this.byExternalId(reader, ids),
    };
  }

  /** The writes of a writer, with what they touch taken in. */
  writer(
    writer: ZendeskWriter,
  ): Pick<ZendeskWriter, "createOrganizations" | "createOrganization" | "updateOrganizations" | "updateOrganization"> {
    const creating = <T>(externalIds: readonly string[], write: () => Promise<T>) =>
      this.touching(this.unreadExternalIds, externalIds, write);
    const changing = <T>(ids: readonly number[], write: () => Promise<T>) => this.touching(this.unreadIds, ids, write);
    return {
      createOrganizations: (rows) =>
        creating(
          rows.map((row) => row.external_id),
          () => writer.createOrganizations(rows),
        ),
      createOrganization: (row) => creating([row.external_id], () => writer.createOrganization(row)),
      updateOrganizations: (rows) =>
        changing(
          rows.map(({ id }) => id),
          () => writer.updateOrganizations(rows),
        ),
      updateOrganization: (row) => changing([row.id], () => writer.updateOrganization(row)),
    };
  }

  /** The pages of a list as they are now; new organizations come last, in order of id, as they would in a list. */
  async since(pages: readonly Page<Organization>[], reader: ZendeskReader): Promise<Page<Organization>[]> {
    if (this.unreadIds.size > 0) await this.byId(reader, [...this.unreadIds.keys()]);
    if (this.unreadExternalIds.size > 0) await this.byExternalId(reader, [...this.unreadExternalIds.keys()]);
    const added = new Map(this.seen);
    const now = pages.map((page) => ({
      ...page,
      records: page.records.flatMap((organization) => {
        const { id } = organization;
        added.delete(id);
        return this.gone.has(id) ? [] : [this.seen.get(id) ?? organization];
      }),
    }));
    for (const { id } of pages.flatMap(({ unreadable }) => unreadable)) if (id !== null) added.delete(id);
    const records = [...added.values()].sort((one, other) => one.id - other.id);
    return records.length > 0 ? [...now, { records, unreadable: [] }] : now;
  }

  /** Begins anew: a list was read since. */
  forget(): void {
    this.seen.clear();
    this.gone.clear();
    this.unreadIds.clear();
    this.unreadExternalIds.clear();
  }

  private async byId(reader: ZendeskReader, ids: readonly number[]): Promise<Organization[]> {
    const asked = this.writes;
    const found = await reader.organizationsById(ids);
    this.take(found, asked);
    const there = new Set(found.map(({ id }) => id));
    for (const id of ids) {
      if (!there.has(id)) {
        this.gone.add(id);
        this.seen.delete(id);
      }
      clear(this.unreadIds, id, asked);
    }
    return found;
  }

  private async byExternalId(reader: ZendeskReader, externalIds: readonly string[]): Promise<Organization[]> {
    const asked = this.writes;
    const found = await reader.organizationsByExternalId(externalIds);
    this.take(found, asked);
    for (const externalId of externalIds) clear(this.unreadExternalIds, externalId, asked);
    return found;
  }

  private take(organizations: readonly Organization[], asked: number): void {
    for (const organization of organizations) {
      this.seen.set(organization.id, organization);
      this.gone.delete(organization.id);
      clear(this.unreadIds, organization.id, asked);
      const externalId = toId18(organization.external_id ?? "");
      if (externalId !== null) clear(this.unreadExternalIds, externalId, asked);
    }
  }

  /** Records that a write touches are unknown from the moment it is sent, and still unknown after it has ended. */
  private async touching<Key, T>(unread: Map<Key, number>, keys: readonly Key[], write: () => Promise<T>): Promise<T> {
    const touch = () => {
      this.writes++;
      for (const key of keys) unread.set(key, this.writes);
    };
    touch();
    try {
      return await write();
    } finally {
      touch();
    }
  }
}

/** A record read by a request that began after the `asked`th write is known again. */
function clear<Key>(unread: Map<Key, number>, key: Key, asked: number): void {
  const written = unread.get(key);
  if (written !== undefined && written <= asked) unread.delete(key);
}
