import type { Database } from "bun:sqlite";
import * as v from "valibot";
import { type RunRecord, RunRecordSchema, runRecordText } from "../../lib/storage/runs/run-record.ts";
import { hasEnded, laterOf, type SeenPipeline } from "./pipeline-parts.ts";

const SeenSchema = v.object({
  id: v.number(),
  url: v.string(),
  source: v.string(),
  status: v.string(),
  createdAt: v.string(),
  finishedAt: v.nullable(v.string()),
  updatedAt: v.nullable(v.string()),
  user: v.nullable(v.string()),
  jobs: v.array(
    v.object({
      id: v.number(),
      name: v.string(),
      status: v.string(),
      startedAt: v.nullable(v.string()),
      finishedAt: v.nullable(v.string()),
    }),
  ),
});

/** Seen pipelines are forgotten after so many: weeks of hourly runs. */
const MAX_SEEN = 1000;

/** The bot's memory of pipelines, so that a restart loses nothing: their observed states, and the records they left. */
export class PipelineMemory {
  constructor(private readonly database: Database) {}

  /** Keeps what was seen, unless something later is known; answers what is known now, and whether that is news. */
  see(seen: SeenPipeline): { pipeline: SeenPipeline; isNews: boolean } {
    const known = this.seen(seen.id);
    const pipeline = laterOf(known, seen);
    const text = JSON.stringify(pipeline);
    const isNews = known === null || text !== JSON.stringify(known);
    if (isNews) {
      this.database
        .query("insert or replace into pipelines (id, seen, ended) values (?, ?, ?)")
        .run(pipeline.id, text, hasEnded(pipeline) ? 1 : 0);
      this.database
        .query("delete from pipelines where id not in (select id from pipelines order by id desc limit ?)")
        .run(MAX_SEEN);
    }
    return { pipeline, isNews };
  }

  seen(id: number): SeenPipeline | null {
    const row = this.database.query<{ seen: string }, [number]>("select seen from pipelines where id = ?").get(id);
    return row ? parsed(row.seen) : null;
  }

  /** Newest first. */
  all(): SeenPipeline[] {
    const rows = this.database.query<{ seen: string }, []>("select seen from pipelines order by id desc").all();
    return rows.flatMap(({ seen }) => parsed(seen) ?? []);
  }

  /** The record that an ended pipeline left, as read before; undefined where it was not read in this state yet. */
  record(pipeline: SeenPipeline): RunRecord | null | undefined {
    const row = this.database
      .query<{ record: string }, [number, string]>("select record from pipeline_records where id = ? and state = ?")
      .get(pipeline.id, endOf(pipeline));
    if (!row) return undefined;
    const read = v.safeParse(v.nullable(RunRecordSchema), JSON.parse(row.record));
    return read.success ? read.output : undefined;
  }

  keepRecord(pipeline: SeenPipeline, record: RunRecord | null): void {
    this.database
      .query("insert or replace into pipeline_records (id, state, record) values (?, ?, ?)")
      .run(pipeline.id, endOf(pipeline), record ? runRecordText(record) : "null");
    this.database
      .query("delete from pipeline_records where id not in (select id from pipeline_records order by id desc limit ?)")
      .run(MAX_SEEN);
  }
}

/** A pipeline may end twice, where a job is retried: each end has its own jobs. */
function endOf({ status, jobs }: SeenPipeline): string {
  return `${status} ${Math.max(0, ...jobs.map(({ id }) => id))}`;
}

function parsed(text: string): SeenPipeline | null {
  const read = v.safeParse(SeenSchema, JSON.parse(text));
  return read.success ? read.output : null;
}
