import pLimit from "p-limit";
import * as v from "valibot";
import { InternalError } from "../errors.ts";
import { HttpError } from "../http/http-error.ts";
import { ZendeskClient, type ZendeskOptions } from "./client.ts";
import { JobFollower } from "./jobs.ts";
import type {
  Membership,
  NewUser,
  OrganizationCreate,
  OrganizationUpdate,
  RowOutcome,
  UserChange,
  ZendeskWriter,
} from "./ports.ts";
import { readerOn } from "./read.ts";
import { requestOutcome, rowOutcomes } from "./row-outcome.ts";

/** Rows that one bulk request takes. */
const MOST_ROWS = 100;
/** Single writes at once, where bulk is refused. */
const SINGLE_AT_ONCE = 4;

const JobSchema = v.object({ job_status: v.object({ id: v.pipe(v.string(), v.regex(/^[\w-]{1,100}$/)) }) });
const CreatedSchema = v.record(v.string(), v.object({ id: v.number() }));

/** A writer of one instance, with a token of its own that can write. */
export function createZendeskWriter(options: ZendeskOptions): ZendeskWriter {
  const client = new ZendeskClient(options, "read write");
  return new BulkWriter(client, new JobFollower(client, options.timing));
}

class BulkWriter implements ZendeskWriter {
  /** Bulk user import is off on many accounts (403); once refused, it is not tried again. */
  private userImport = true;

  constructor(
    private readonly client: ZendeskClient,
    private readonly jobs: JobFollower,
  ) {}

  createOrganizations(rows: readonly OrganizationCreate[]): Promise<RowOutcome[]> {
    return this.bulk("POST", "/organizations/create_many", "organizations", rows, false);
  }

  // Absolute values: doing it twice is the same as once.
  updateOrganizations(rows: readonly OrganizationUpdate[]): Promise<RowOutcome[]> {
    return this.bulk("PUT", "/organizations/update_many", "organizations", rows, true);
  }

  createOrganization(row: OrganizationCreate): Promise<RowOutcome> {
    return this.single("POST", "/organizations", "organization", row, false);
  }

  updateOrganization({ id, ...change }: OrganizationUpdate): Promise<RowOutcome> {
    return this.single("PUT", `/organizations/${id}`, "organization", change, true);
  }

  async createUsers(rows: readonly NewUser[]): Promise<RowOutcome[]> {
    const users = rows.map((row) => ({ ...row, role: "end-user", skip_verify_email: true }));
    if (this.userImport) {
      try {
        return await this.bulk("POST", "/users/create_many", "users", users, false);
      } catch (error) {
        if (!(error instanceof HttpError && error.status === 403)) throw error;
        this.userImport = false;
      }
    }
    return this.singly(users, (user) => this.single("POST", "/users", "user", user, false));
  }

  async updateUsers(rows: readonly UserChange[]): Promise<RowOutcome[]> {
    try {
      return await this.bulk("PUT", "/users/update_many", "users", rows, true);
    } catch (error) {
      if (!(error instanceof HttpError && error.status === 403)) throw error;
      return this.singly(rows, ({ id, ...change }) => this.single("PUT", `/users/${id}`, "user", change, true));
    }
  }

  async createMemberships(rows: readonly Membership[]): Promise<RowOutcome[]> {
    const outcomes = await this.bulk(
      "POST",
      "/organization_memberships/create_many",
      "organization_memberships",
      rows,
      false,
    );
    const reader = readerOn(this.client);
    return Promise.all(
      outcomes.map(async (outcome, index) => {
        const row = rows[index];
        if (outcome.is === "applied" || !row) return outcome;
        // Being a member already is what was wanted, whoever made it so.
        const members = await reader.usersOfOrganization(row.organization_id);
        return members.some((user) => user.id === row.user_id) ? { is: "applied" as const, id: row.user_id } : outcome;
      }),
    );
  }

  /** One bulk job for up to a hundred rows, followed to its end: an outcome for each row, in order. */
  private async bulk(
    method: "POST" | "PUT",
    path: string,
    key: string,
    rows: readonly object[],
    repeatable: boolean,
  ): Promise<RowOutcome[]> {
    if (rows.length === 0) return [];
    if (rows.length > MOST_ROWS) throw new InternalError(`${rows.length} rows in one job; Zendesk takes ${MOST_ROWS}`);
    let answer: unknown;
    try {
      answer = await this.client.write(method, path, { [key]: rows }, repeatable);
    } catch (error) {
      const outcome = requestOutcome(error);
      return rows.map(() => outcome);
    }
    const job = v.safeParse(JobSchema, answer);
    if (!job.success) return rows.map(() => ({ is: "unknown", reason: "Zendesk took the job, but named none" }));
    return rowOutcomes(await this.jobs.follow(job.output.job_status.id), rows);
  }

  private async single(
    method: "POST" | "PUT",
    path: string,
    key: string,
    record: object,
    repeatable: boolean,
  ): Promise<RowOutcome> {
    try {
      const created = v.safeParse(CreatedSchema, await this.client.write(method, path, { [key]: record }, repeatable));
      const id = created.success ? created.output[key]?.id : undefined;
      return id === undefined ? { is: "unknown", reason: "Zendesk answered no id" } : { is: "applied", id };
    } catch (error) {
      return requestOutcome(error);
    }
  }

  private singly<Row>(rows: readonly Row[], write: (row: Row) => Promise<RowOutcome>): Promise<RowOutcome[]> {
    const limit = pLimit(SINGLE_AT_ONCE);
    return Promise.all(rows.map((row) => limit(() => write(row))));
  }
}
