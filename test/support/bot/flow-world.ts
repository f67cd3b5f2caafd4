import type { Database } from "bun:sqlite";
import type { Actor, MessageContent, Reply } from "../../../bot/conversation.ts";
import { openDatabase } from "../../../bot/database.ts";
import type { RequestedPage } from "../../../bot/pages/page-uploads.ts";
import { ACTION, type Audit, type AuditEntry, type RunFlow } from "../../../bot/ports.ts";
import { type Customers, NO_NAMES } from "../../../bot/render/customer.ts";
import { FollowedRuns } from "../../../bot/run-flow/followed-runs.ts";
import { Offers } from "../../../bot/run-flow/offers.ts";
import { createRunFlow } from "../../../bot/run-flow/run-flow.ts";
import type { RunFlowDeps } from "../../../bot/run-flow/run-flow-context.ts";
import type { Block, Outgoing, OutgoingPost } from "../../../lib/remotes/slack/ports.ts";
import type { RecordedComparison, RunRecord } from "../../../lib/storage/runs/run-record.ts";
import { ManualClock } from "./manual-clock.ts";
import { ScriptedRunner } from "./scripted-runner.ts";

export const ANN: Actor = { team: "T0TEAM", channel: "C0OPS", user: "U0ANN" };
export const BOB: Actor = { ...ANN, user: "U0BOB" };

/** What was put, once for each key; outlives the bot. */
export class PutPosts implements Outgoing {
  readonly posts: OutgoingPost[] = [];

  enqueue(post: OutgoingPost): void {
    if (!this.posts.some(({ key }) => key === post.key)) this.posts.push(post);
  }

  tsOf(key: string): string | null {
    const at = this.posts.findIndex((post) => post.key === key);
    return at < 0 ? null : `${at}.000100`;
  }

  get keys(): string[] {
    return this.posts.map(({ key }) => key);
  }

  shown(key: string): string {
    const post = this.posts.find((one) => one.key === key);
    return post ? textOf(post) : "";
  }
}

/** What one person was told. */
export class Told implements Reply {
  readonly said: { how: "privately" | "instead"; said: MessageContent }[] = [];

  async privately(said: MessageContent): Promise<void> {
    this.said.push({ how: "privately", said });
  }

  async instead(said: MessageContent): Promise<void> {
    this.said.push({ how: "instead", said });
  }

  get last(): MessageContent | undefined {
    return this.said.at(-1)?.said;
  }

  /** `privately: …` of everything, in order. */
  get texts(): string[] {
    return this.said.map(({ how, said }) => `${how}: ${textOf(said)}`);
  }
}

/** A bot around a scripted runner. */
export class FlowWorld {
  readonly time = new ManualClock();
  readonly outgoing = new PutPosts();
  readonly audited: AuditEntry[] = [];
  readonly warnings: string[] = [];
  /** Pages that were wanted. */
  readonly pages: RequestedPage[] = [];
  customers: Customers = NO_NAMES;
  readonly runner: ScriptedRunner;
  readonly database: Database;
  flow: RunFlow;

  constructor(kind: "gitlab" | "process" = "gitlab", database = openDatabase(":memory:")) {
    this.runner = new ScriptedRunner(this.time.clock, kind);
    this.database = database;
    this.flow = this.another();
  }

  /** A bot more in the same world. */
  another(change: Partial<RunFlowDeps> = {}): RunFlow {
    const audit: Audit = {
      record: (entry) => void this.audited.push(entry),
      latest: (count) => this.audited.slice(-count).reverse(),
    };
    const database = change.database ?? this.database;
    return createRunFlow({
      runner: this.runner,
      database,
      offers: new Offers(database),
      runs: new FollowedRuns(database),
      outgoing: this.outgoing,
      customersOf: async () => this.customers,
      pages: { want: (page) => void this.pages.push(page) },
      audit,
      clock: this.time.clock,
      sleep: this.time.sleep,
      warn: (message) => void this.warnings.push(message),
      ...change,
    });
  }

  get results(): string[] {
    return this.audited.map(({ by, what, result }) => `${by.user} ${what} → ${result}`);
  }

  /** Asks, lets the dry run end with this record, and answers what was told. */
  async asked(
    record: RunRecord | null,
    options: { instance?: "global"; purpose?: "offer" | "look" | "preview"; by?: Actor } = {},
  ) {
    const told = new Told();
    const { instance = null, purpose = "offer", by = ANN } = options;
    const asking = this.flow.ask({ instance, purpose }, by, told);
    await this.time.pass(0);
    const id = [...this.runner.runs.keys()].at(-1) ?? "";
    this.runner.end(id, { record, exit: record?.exit ?? null });
    await this.time.pass(10_000);
    await asking;
    return told;
  }

  /** The token of an offer of a run with these counts, shown to Ann. */
  async offered(record: RunRecord = recordOf([comparison()])): Promise<string> {
    return tokenOf((await this.asked(record)).last);
  }

  /** The id of a run that Ann has started. */
  async started(record?: RunRecord): Promise<string> {
    await this.flow.confirm(await this.offered(record), ANN, new Told());
    return [...this.runner.runs.keys()].at(-1) ?? "";
  }
}

/** The token in the button that starts a run; empty where there is no such button. */
export function tokenOf(said: { blocks?: Block[] } | undefined): string {
  return String(buttons(said).find(({ action_id }) => action_id === ACTION.confirmRun)?.value ?? "");
}

export function buttons(said: { blocks?: Block[] } | undefined): Record<string, unknown>[] {
  return (said?.blocks ?? []).flatMap((block) =>
    block.type === "actions" ? (block.elements as Record<string, unknown>[]) : [],
  );
}

/** What a message shows, without markup for keeping apart. */
export function textOf({ blocks = [] }: { blocks?: Block[] }): string {
  const texts = blocks.flatMap(({ type, text }) => (type === "section" ? [(text as { text: string }).text] : []));
  return texts.join("\n").replaceAll("\u200b", "");
}

export function recordOf(comparisons: RecordedComparison[], change: Partial<RunRecord> = {}): RunRecord {
  return {
    schema: 1,
    run_id: "20261124T100000Z-4f3a9c",
    command: "run",
    dry_run: true,
    instances: ["global", "us-government"],
    host: "build-1",
    pid: 1,
    started_at: "2026-11-24T10:00:00.000Z",
    ended_at: "2026-11-24T10:01:00.000Z",
    exit: 0,
    steps: [],
    comparisons,
    failures: [],
    unknown_charges: [],
    conflicts: [],
    merged: [],
    moved: [],
    ...change,
  };
}

/** A comparison of 3 creates, 12 updates of which 2 get less support, 1 mark. */
export function comparison(change: Partial<RecordedComparison> = {}): RecordedComparison {
  return {
    name: "global",
    existing: 1_000,
    planned: { creates: 3, updates: 12, marks: 1, contacts: 0 },
    measures: [{ effect: "downgrades", count: 2, limit: 50, exceeded: false }],
    refused: [],
    unconfirmed: [],
    results: null,
    ...change,
  };
}

/** What became of a comparison's records: all applied, but for some failed updates. */
export function results(applied: number, failed = 0): NonNullable<RecordedComparison["results"]> {
  const none = { applied: 0, failed: 0, skipped: 0 };
  return { create: { ...none, applied }, update: { ...none, failed }, mark: none, contact: none };
}

/** One customer whom the refused part of a run would hurt, and some more. */
export function matters(more: number): NonNullable<RunRecord["matters"]> {
  const hurt = { comparison: "global", salesforce_id: "0014M00001kAbCdQAK", id: 1, harm: "loses support" } as const;
  return {
    counts: { marked: more, "loses support": 1 },
    would_hurt: [{ ...hurt, before: "premium", after: "expired", arr: 0 }],
    would_hurt_more: more,
  };
}
