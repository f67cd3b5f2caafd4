import type { ListedUser } from "../domain/listed-user.ts";
import type { Organization } from "../domain/organization.ts";
import type {
  FieldDefinition,
  Membership,
  Page,
  RowOutcome,
  ZendeskConnection,
  ZendeskReader,
  ZendeskWriter,
} from "./ports.ts";

/**
 * The lists of one instance for the length of one run: each is read once. Only organizations are listed once more by a connection, for user-sync wants
 * them as they are after sync (U1), and a list that left one out is not believed twice. What others change of users meanwhile the look right before a
 * write finds (S4). Fields are read once for all reading, and once more for a connection: the instance is proved again before the first write (S10).
 */
export class ListedOnce {
  private organizations: readonly Page<Organization>[] | null = null;
  private users: readonly Page<ListedUser>[] | null = null;
  private memberships: readonly Page<Membership>[] | null = null;
  private count: Promise<number | null> | null = null;

  /** `keepsLists`: whether any list is asked for again in a run; what nobody asks for again is not held. */
  constructor(private readonly keepsLists: boolean) {}

  /** A reader whose lists are kept for the others. */
  reader(reader: ZendeskReader): ZendeskReader {
    return {
      ...this.shared(reader),
      ...(this.keepsLists
        ? {
            organizations: () =>
              kept(this.organizations, reader.organizations(), (pages) => (this.organizations = pages)),
          }
        : {}),
    };
  }

  /** A connection that knows the same users, until it writes some. */
  connection({ reader, stoppable = reader, writer }: ZendeskConnection): ZendeskConnection {
    return { reader: this.shared(reader), stoppable: this.shared(stoppable), writer: this.writer(writer) };
  }

  private shared(reader: ZendeskReader): ZendeskReader {
    let fields: Promise<FieldDefinition[]> | null = null;
    const users = {
      users: () => kept(this.users, reader.users(), (pages) => (this.users = pages)),
      memberships: () => kept(this.memberships, reader.memberships(), (pages) => (this.memberships = pages)),
    };
    return {
      ...reader,
      organizationFields: () =>
        (fields ??= reader.organizationFields().catch((error: unknown) => {
          fields = null;
          throw error;
        })),
      organizationCount: () => (this.count ??= reader.organizationCount()),
      ...(this.keepsLists ? users : {}),
    };
  }

  private writer(writer: ZendeskWriter): ZendeskWriter {
    const ofUsers = (write: () => Promise<RowOutcome[]>) => {
      this.users = null;
      this.memberships = null;
      return write();
    };
    return {
      room: () => writer.room(),
      createOrganizations: (rows) => writer.createOrganizations(rows),
      createOrganization: (row) => writer.createOrganization(row),
      updateOrganizations: (rows) => writer.updateOrganizations(rows),
      updateOrganization: (row) => writer.updateOrganization(row),
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
