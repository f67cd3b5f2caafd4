import * as v from "valibot";
import { reason } from "../../domain/reason.ts";
import { sleep as sleepFor } from "../../edges/clock.ts";
import { InternalError } from "../../errors.ts";
import { HttpError } from "../http/http-error.ts";
import { BulkJobs } from "./bulk-jobs.ts";
import { ZendeskClient, type ZendeskOptions } from "./client.ts";
import { JobSlots } from "./job-slots.ts";
import { JobFollower } from "./jobs.ts";
import { listAll } from "./list.ts";
import type {
  Membership,
  NewUser,
  OrganizationCreate,
  OrganizationUpdate,
  RowOutcome,
  UserChange,
  ZendeskWriter,
} from "./ports.ts";
import { refusedRequest, requestOutcome, rowOutcomes, type SentRow } from "./row-outcome.ts";

/** Rows that one bulk request takes. */
const MAX_ROWS = 100;
/** Single requests at once, where an account takes no jobs for them. */
const SINGLY_AT_ONCE = 10;
/** An account takes one single update of a user each second (facts/zendesk.md 5). */
const BETWEEN_USER_UPDATES_MS = 1_000;

const WrittenSchema = v.object({ id: v.pipe(v.number(), v.safeInteger(), v.minValue(1)) });

/** A bulk or single write. `effect`: what sending it twice would do. */
interface Write {
  method: "POST" | "PUT";
  path: string;
  key: string;
  effect: "sets" | "adds";
}

/** A change of a user as Zendesk takes it. */
type SentUserChange = Omit<UserChange, "user_fields"> & { user_fields?: Record<string, boolean> };

/**
 * A writer of one instance, with a token of its own that can write; `close` revokes that at the end.
 *
 * @param stopSignal jobs of organizations that were not sent by then are not sent any more, see `endsAtStop`
 */
export function createZendeskWriter(
  options: ZendeskOptions,
  stopSignal = new AbortController().signal,
): ZendeskWriter & { close(): Promise<void> } {
  const slots = new JobSlots();
  const client = new ZendeskClient({ ...options, onHeaders: (headers) => slots.readLimit(headers) }, "read write");
  const { timing, signal } = options;
  const sleep = timing?.sleep ?? sleepFor;
  const jobs = new BulkJobs(client, slots, new JobFollower(client, timing, signal), { sleep, stopSignal });
  return new BulkWriter(client, jobs, (milliseconds) => sleep(milliseconds, signal), stopSignal);
}

class BulkWriter implements ZendeskWriter {
  /** Bulk user writes are off on many accounts (403); once refused, they are not tried again. */
  private readonly bulkUsers = { create: true, update: true };
  private userUpdates: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly client: ZendeskClient,
    private readonly jobs: BulkJobs,
    private readonly sleep: (milliseconds: number) => Promise<unknown>,
    private readonly stopSignal: AbortSignal,
  ) {}

  close(): Promise<void> {
    return this.client.close();
  }

  room(): Promise<() => void> {
    // Its token is asked for while the rows are looked at.
    if (!this.stopSignal.aborted) this.client.prepare();
    return this.jobs.room();
  }

  createOrganizations(rows: readonly OrganizationCreate[]): Promise<RowOutcome[]> {
    return this.bulk(
      { method: "POST", path: "/organizations/create_many", key: "organizations", effect: "adds" },
      rows,
      rows.map(({ external_id }) => ({ external_id })),
    );
  }

  updateOrganizations(rows: readonly OrganizationUpdate[]): Promise<RowOutcome[]> {
    return this.bulk(
      { method: "PUT", path: "/organizations/update_many", key: "organizations", effect: "sets" },
      rows,
      rows.map(({ id }) => ({ id })),
    );
  }

  createOrganization(row: OrganizationCreate): Promise<RowOutcome> {
    return this.single({ method: "POST", path: "/organizations", key: "organization", effect: "adds" }, row);
  }

  updateOrganization({ id, ...change }: OrganizationUpdate): Promise<RowOutcome> {
    return this.single({ method: "PUT", path: `/organizations/${id}`, key: "organization", effect: "sets" }, change);
  }

  createUsers(rows: readonly NewUser[]): Promise<RowOutcome[]> {
    const users = rows.map((row) => ({ ...row, role: "end-user", skip_verify_email: true }));
    return this.bulkOrSingly(
      "create",
      () =>
        this.bulk(
          { method: "POST", path: "/users/create_many", key: "users", effect: "adds" },
          users,
          users.map(({ email }) => ({ email })),
        ),
      () =>
        sideBySide(users, (user) => this.single({ method: "POST", path: "/users", key: "user", effect: "adds" }, user)),
    );
  }

  updateUsers(changes: readonly UserChange[]): Promise<RowOutcome[]> {
    const rows = changes.map((change) => this.asSent(change));
    return this.bulkOrSingly(
      "update",
      () =>
        this.bulk(
          { method: "PUT", path: "/users/update_many", key: "users", effect: "sets" },
          rows,
          rows.map(({ id }) => ({ id })),
        ),
      () => sideBySide(rows, (row) => this.updateUser(row)),
    );
  }

  async createMemberships(rows: readonly Membership[]): Promise<RowOutcome[]> {
    const path = "/organization_memberships/create_many";
    // A second membership of the same is refused, so sending it again adds nothing.
    const outcomes = await this.bulk(
      { method: "POST", path, key: "organization_memberships", effect: "sets" },
      rows,
      rows.map(() => ({})),
    );
    return sideBySide(rows, async (row, index) => {
      const outcome = outcomes[index] ?? { is: "unknown", reason: reason("write.without_outcome") };
      if (outcome.is !== "refused" || !(await this.isMember(row))) return outcome;
      // Being a member already is what was wanted, whoever made it so.
      return { is: "applied", id: row.user_id };
    });
  }

  /** The refusal of a second membership has no code of its own, so it is looked at instead. */
  private async isMember({ user_id, organization_id }: Membership): Promise<boolean> {
    const list = listAll(this.client, "organization_memberships", `/users/${user_id}/organization_memberships`);
    try {
      for await (const { records } of list)
        if (records.some((membership) => membership.organization_id === organization_id)) return true;
    } catch {
      // Then the refusal stands.
    }
    return false;
  }

  /** The mark stands in the field that the config names. */
  private asSent({ user_fields, ...change }: UserChange): SentUserChange {
    if (user_fields === undefined) return change;
    return { ...change, user_fields: { [this.client.userMarkField]: user_fields.mark_for_deletion } };
  }

  /** One after the other for the whole writer, a second apart. */
  private updateUser({ id, ...change }: SentUserChange): Promise<RowOutcome> {
    const outcome = this.userUpdates.then(() =>
      this.single({ method: "PUT", path: `/users/${id}`, key: "user", effect: "sets" }, change),
    );
    this.userUpdates = outcome.then(() => this.sleep(BETWEEN_USER_UPDATES_MS)).catch(() => undefined);
    return outcome;
  }

  private async bulkOrSingly(
    kind: "create" | "update",
    bulk: () => Promise<RowOutcome[]>,
    singly: () => Promise<RowOutcome[]>,
  ): Promise<RowOutcome[]> {
    if (!this.bulkUsers[kind]) return singly();
    try {
      return await bulk();
    } catch (error) {
      if (!(error instanceof HttpError) || error.status !== 403) throw error;
      this.bulkUsers[kind] = false;
      return singly();
    }
  }

  /** One bulk job for up to a hundred rows, followed to its end: an outcome for each row, in order. */
  private async bulk(write: Write, rows: readonly object[], sent: readonly SentRow[]): Promise<RowOutcome[]> {
    if (rows.length === 0) return [];
    if (rows.length > MAX_ROWS) throw new InternalError(`${rows.length} rows in one job; Zendesk accepts ${MAX_ROWS}`);
    const { method, path, key, effect } = write;
    const endsAtStop = key === "organizations";
    const done = await this.jobs.run({ method, path, body: { [key]: rows }, effect, endsAtStop });
    return "outcome" in done ? rows.map(() => done.outcome) : rowOutcomes(done.end, sent);
  }

  private async single({ method, path, key, effect }: Write, record: object): Promise<RowOutcome> {
    try {
      const answer = await this.client.write(method, path, { [key]: record }, effect);
      const written = v.safeParse(v.object({ [key]: WrittenSchema }), answer);
      const id = written.success ? written.output[key]?.id : undefined;
      return id === undefined ? { is: "unknown", reason: reason("write.without_id") } : { is: "applied", id };
    } catch (error) {
      // A shared user refuses every update with 403, and only that user does (facts/zendesk.md 4).
      if (error instanceof HttpError && error.status === 403) return refusedRequest(error);
      return requestOutcome(error);
    }
  }
}

/** Single requests, so many at once. Where one throws, none is begun any more, and it is thrown once the others have ended. */
async function sideBySide<Row>(
  rows: readonly Row[],
  outcomeOf: (row: Row, index: number) => Promise<RowOutcome>,
): Promise<RowOutcome[]> {
  const outcomes: RowOutcome[] = [];
  const errors: unknown[] = [];
  let next = 0;
  const work = async () => {
    for (let index = next++; index < rows.length && errors.length === 0; index = next++) {
      const row = rows[index] as Row;
      await outcomeOf(row, index).then(
        (outcome) => (outcomes[index] = outcome),
        (error) => errors.push(error),
      );
    }
  };
  await Promise.all(Array.from({ length: SINGLY_AT_ONCE }, work));
  if (errors.length > 0) throw errors[0];
  return outcomes;
}
