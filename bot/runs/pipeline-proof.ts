import * as v from "valibot";
import { RemoteError } from "../../lib/errors.ts";
import { RUN_ID } from "../../lib/storage/artifacts/manifest.ts";
import type { RunRecord } from "../../lib/storage/runs/run-record.ts";
import { hasEnded, partName, type SeenPipeline } from "./pipeline-parts.ts";
import type { PipelineStarts } from "./pipeline-starts.ts";

/** The first file of a run that names it: of the job that gathers accounts, while the others still go on. */
const FIRST_MANIFEST = "salesforce_accounts.manifest.json";
/** Sources of pipelines that this bot starts. */
const SOURCES = ["trigger", "api"];

const NamesRunSchema = v.object({ run_id: v.pipe(v.string(), v.regex(RUN_ID)) });

/**
 * Finds the pipeline of a start whose answer was lost, by proof only: the run id that the bot gave it stands in the pipeline's own
 * files. That a pipeline is newer and was triggered proves nothing, somebody else may have triggered it.
 */
export class StartProof {
  /** The run id that a job's files name, by job; null where they name none. A job that has ended leaves nothing more. */
  readonly #read = new Map<number, string | null>();

  constructor(
    private readonly starts: PipelineStarts,
    /** A file among a job's artifacts; null where there is none. */
    private readonly download: (jobId: number, name: string) => Promise<Uint8Array | null>,
  ) {}

  /** Notes whose pipeline it is, once that is proven; `record` is the one it left, where it has. Asks for nothing in vain. */
  async prove(pipeline: SeenPipeline, record: RunRecord | null): Promise<void> {
    if (!SOURCES.includes(pipeline.source) || this.starts.of(pipeline.id) !== null) return;
    const open = this.starts.openBefore(pipeline.id);
    if (open.length === 0) return;
    const runId = open.includes(record?.run_id ?? "") ? record?.run_id : await this.#firstRunId(pipeline);
    if (runId && open.includes(runId)) this.starts.began(runId, pipeline.id);
  }

  async #firstRunId({ jobs }: SeenPipeline): Promise<string | null> {
    const job = jobs.findLast(({ name }) => partName(name) === "gather-accounts");
    if (!job || !hasEnded(job)) return null;
    const known = this.#read.get(job.id);
    if (known !== undefined) return known;
    try {
      const bytes = await this.download(job.id, FIRST_MANIFEST);
      const runId = bytes && runIdIn(bytes);
      this.#read.set(job.id, runId);
      return runId;
    } catch (error) {
      // Not proven now; the next look asks again. What is known of the pipeline itself is worth telling all the same.
      if (error instanceof RemoteError) return null;
      throw error;
    }
  }
}

function runIdIn(bytes: Uint8Array): string | null {
  try {
    const read = v.safeParse(NamesRunSchema, JSON.parse(new TextDecoder().decode(bytes)));
    return read.success ? read.output.run_id : null;
  } catch {
    return null;
  }
}
