import type { Organization } from "../domain/organization.ts";
import type {
  FieldDefinition,
  ListedUser,
  Membership,
  Page,
  RowOutcome,
  ZendeskConnection,
  ZendeskReader,
  ZendeskWriter,
} from "./ports.ts";

/**
 * The lists of one instance for the length of one run: each is read once, and what this run wrote to organizations since is read again by
 * id. What others change meanwhile the look right before a write finds (S4), as it does in a list that was just read. Fields are
 * read once for all reading, and once more for a connection: the instance is proved again before the first write (S10).
 */
export class ListedOnce {
  private organizations: readonly Page<Organization>[] | null = null;
  private users: readonly Page<ListedUser>[] | null = null;
  private memberships: readonly Page<Membership>[] | null = null;
  private count: Promise<number | null> | null = null;
  private readonly written = new Set<number>();
  private readonly created = new Set<string>();

  /** `keepsLists`: whether any list is asked for again in a run; what nobody asks for again is not held. */
  constructor(private readonly keepsLists: boolean) {}

  /** A reader whose lists are kept for the others. */
  reader(reader: ZendeskReader): ZendeskReader {
    let fields: Promise<FieldDefinition[]> | null = null;
    return {
      ...reader,
      organizationFields: () =>
        (fields ??= reader.organizationFields().catch((error: unknown) => {
          fields = null;
          throw error;
        })),
      organizationCount: () => (this.count ??= reader.organizationCount()),
      ...(this.keepsLists ? this.lists(reader) : {}),
    };
  }

  private lists(reader: ZendeskReader): Pick<ZendeskReader, "organizations" | "users" | "memberships"> {
    return {
      organizations: () => this.organizationsOf(reader),
      users: () => kept(this.users, reader.users(), (pages) => (this.users = pages)),
      memberships: () => kept(this.memberships, reader.memberships(), (pages) => (this.memberships = pages)),
    };
  }

  /** A connection that notes what it writes. */
  connection({ reader, stoppable = reader, writer }: ZendeskConnection): ZendeskConnection {
    return { reader: this.reader(reader), stoppable: this.reader(stoppable), writer: this.writer(writer) };
  }

  private async *organizationsOf(reader: ZendeskReader): AsyncGenerator<Page<Organization>> {
    const fresh = this.organizations === null ? null : await this.freshOf(reader).catch(() => null);
    // One that cannot be read any more is for the list to tell.
    if (this.organizations === null || fresh === null) {
      this.written.clear();
      this.created.clear();
      yield* kept(null, reader.organizations(), (pages) => (this.organizations = pages));
      return;
    }
    const known = new Set([...this.written, ...fresh.map(({ id }) => id)]);
    for (const page of this.organizations) yield { ...page, records: page.records.filter(({ id }) => !known.has(id)) };
    if (fresh.length > 0) yield { records: fresh, unreadable: [] };
  }

  private async freshOf(reader: ZendeskReader): Promise<Organization[]> {
    const byId = this.written.size > 0 ? await reader.organizationsById([...this.written]) : [];
    const created = this.created.size > 0 ? await reader.organizationsByExternalId([...this.created]) : [];
    return [...new Map([...byId, ...created].map((one) => [one.id, one])).values()];
  }

  private writer(writer: ZendeskWriter): ZendeskWriter {
    const ofOrganizations = <Answer>(ids: readonly number[], externalIds: readonly string[], write: () => Answer) => {
      for (const id of ids) this.written.add(id);
      for (const id of externalIds) this.created.add(id);
      return write();
    };
    const ofUsers = (write: () => Promise<RowOutcome[]>) => {
      this.users = null;
      this.memberships = null;
      return write();
    };
    return {
      room: () => writer.room(),
      createOrganizations: (rows) =>
        ofOrganizations(
          [],
          rows.map((row) => row.external_id),
          () => writer.createOrganizations(rows),
        ),
      createOrganization: (row) => ofOrganizations([], [row.external_id], () => writer.createOrganization(row)),
      updateOrganizations: (rows) =>
        ofOrganizations(
          rows.map(({ id }) => id),
          [],
          () => writer.updateOrganizations(rows),
        ),
      updateOrganization: (row) => ofOrganizations([row.id], [], () => writer.updateOrganization(row)),
      createUsers: (rows) => ofUsers(() => writer.createUsers(rows)),
      updateUsers: (rows) => ofUsers(() => writer.updateUsers(rows)),
      createMemberships: (rows) => ofUsers(() => writer.createMemberships(rows)),
    };
  }
}

/** The pages that are known, or those of the list, which are kept once it has ended: what broke off proves nothing (S1). */
async function* kept<T>(
  known: readonly Page<T>[] | null,
  list: AsyncIterable<Page<T>>,
  keep: (pages: readonly Page<T>[]) => void,
): AsyncGenerator<Page<T>> {
  if (known !== null) return yield* known;
  const pages: Page<T>[] = [];
  for await (const page of list) {
    pages.push(page);
    yield page;
  }
  keep(pages);
}
