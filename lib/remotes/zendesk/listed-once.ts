import type { FoundUser, ListedUser } from "../../domain/listed-user.ts";
import type { Organization } from "../../domain/organization.ts";
import { StoppedError } from "../../errors.ts";
import { keptUnlessFailed } from "../kept-unless-failed.ts";
import { OrganizationsSince } from "./organizations-since.ts";
import type { Membership, Page, RowOutcome, ZendeskConnection, ZendeskReader, ZendeskWriter } from "./ports.ts";
import { SharedList } from "./shared-list.ts";

/**
 * The lists of one instance for the length of one run: each is read once (decision 53). A connection's organizations are those listed before anything was
 * written, with what this run wrote or looked at since (U1). What others change of users meanwhile the look right before a
 * write finds (S4). Fields are read once for all reading, and once more for a connection: the instance is proved again before the first write (S10).
 */
export class ListedOnce {
  private readonly organizations = new SharedList<Organization>();
  private readonly users = new SharedList<ListedUser>();
  private readonly memberships = new SharedList<Membership>();
  private readonly since = new OrganizationsSince();
  private readonly holders = new Map<string, Promise<FoundUser[]>>();
  private counting: Promise<number | null> | null = null;

  /** `keepsLists`: whether any list is asked for again in a run; what nobody asks for again is not held. */
  constructor(private readonly keepsLists: boolean) {}

  /** Begins all lists that a run wants of the instance, side by side. Never throws. */
  begin(reader: ZendeskReader): void {
    this.organizations.begin(() => this.listed(reader));
    if (!this.keepsLists) return;
    this.memberships.begin(() => reader.memberships());
    this.users.begin(() => reader.users());
  }

  /** Waits until no list is read any more; those that nobody waited for are not read to their end. */
  async end(): Promise<void> {
    await Promise.all([this.organizations, this.users, this.memberships].map((list) => list.end()));
  }

  /** A reader whose lists are kept for the others. */
  reader(reader: ZendeskReader): ZendeskReader {
    return { ...this.shared(reader), organizations: () => this.listedOnce(reader) };
  }

  /** A connection that knows the same users, until it writes some. */
  connection({ reader, stoppable = reader, writer }: ZendeskConnection): ZendeskConnection {
    if (!this.keepsLists) return { reader: this.shared(reader), stoppable: this.shared(stoppable), writer };
    const following = (one: ZendeskReader) => {
      const watched = this.since.reader(one);
      return { ...this.shared(watched), organizations: () => this.organizationsNow(watched) };
    };
    return { reader: following(reader), stoppable: following(stoppable), writer: this.writer(writer) };
  }

  private shared(reader: ZendeskReader): ZendeskReader {
    const users = {
      users: () => this.users.follow(() => reader.users()),
      memberships: () => this.memberships.follow(() => reader.memberships()),
      usersByAddress: (email: string) => this.holdersOf(email, reader),
    };
    return {
      ...reader,
      organizationFields: keptUnlessFailed(() => reader.organizationFields()),
      organizationCount: () => this.count(reader),
      ...(this.keepsLists ? users : {}),
    };
  }

  private async *listedOnce(reader: ZendeskReader): AsyncGenerator<Page<Organization>> {
    yield* this.organizations.follow(() => this.listed(reader));
    if (!this.keepsLists) this.organizations.forget();
  }

  /** As they are after what this run wrote. Where that cannot be read one by one, they are listed again. */
  private async *organizationsNow(reader: ZendeskReader): AsyncGenerator<Page<Organization>> {
    const pages = this.organizations.complete();
    const now = pages && (await this.since.since(pages, reader).catch(notStopped));
    if (now) return yield* now;
    this.organizations.forget();
    this.since.forget();
    yield* this.organizations.follow(() => this.listed(reader));
  }

  /** The list proves itself by the same count as what is held against it later. */
  private listed(reader: ZendeskReader): AsyncIterable<Page<Organization>> {
    return reader.organizations({ count: () => this.count(reader) });
  }

  /** Users that have an address: needed to judge, and once more after sync. */
  private holdersOf(email: string, reader: ZendeskReader): Promise<FoundUser[]> {
    const found = this.holders.get(email) ?? reader.usersByAddress(email);
    this.holders.set(email, found);
    found.catch(() => this.holders.get(email) === found && this.holders.delete(email));
    return found;
  }

  private count(reader: ZendeskReader): Promise<number | null> {
    this.counting ??= reader.organizationCount();
    const { counting } = this;
    // What was not told may be told the next time.
    const again = () => {
      if (this.counting === counting) this.counting = null;
    };
    counting.then((count) => count === null && again(), again);
    return counting;
  }

  private writer(writer: ZendeskWriter): ZendeskWriter {
    const ofUsers = (write: () => Promise<RowOutcome[]>) => {
      this.users.forget();
      this.memberships.forget();
      this.holders.clear();
      return write();
    };
    return {
      ...this.since.writer(writer),
      room: () => writer.room(),
      createUsers: (rows) => ofUsers(() => writer.createUsers(rows)),
      updateUsers: (rows) => ofUsers(() => writer.updateUsers(rows)),
      createMemberships: (rows) => ofUsers(() => writer.createMemberships(rows)),
    };
  }
}

function notStopped(error: unknown): null {
  if (error instanceof StoppedError) throw error;
  return null;
}
