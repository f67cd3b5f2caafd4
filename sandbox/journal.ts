import type { InstanceName, SeedUser } from "./types.ts";
import type { Organization } from "./zendesk/records.ts";

/** What one write did to one record of a Zendesk instance. A record that was not there before, or is gone, is null on that side. */
export type RecordChange = { id: number } & (
  | { kind: "organization"; before: Organization | null; after: Organization | null }
  | { kind: "user"; before: SeedUser | null; after: SeedUser | null }
);

/** One change, as the journal has it. */
export type JournalEntry = RecordChange & {
  instance: InstanceName;
  /** When it was done; of a row of a job: when it was first seen. */
  at: Date;
  /** Who did it: a client of the API, or somebody in the browser (the sandbox's controls). */
  by: "client" | "person";
  /** How many requests all services had answered by then: its place in the request log. */
  requests: number;
  /** The same when it was asked for: of a row of a job, when the job was ordered. */
  ordered: number;
};

/** Every change of every record of Zendesk since the start, in order. */
export class Journal {
  readonly entries: JournalEntry[] = [];
  readonly #requests: () => number;

  constructor(requests: () => number) {
    this.#requests = requests;
  }

  /** `ordered`: what {@link answered} said when a job was ordered that did it. */
  add({ ordered, ...entry }: Omit<JournalEntry, "requests" | "ordered"> & { ordered: number | null }): void {
    const requests = this.answered();
    // A union spread as one: kind and sides still belong together.
    this.entries.push({ ...entry, requests, ordered: ordered ?? requests } as JournalEntry);
  }

  /** How many requests all services have answered. */
  answered(): number {
    return this.#requests();
  }
}
