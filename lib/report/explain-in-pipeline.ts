import type { Environment } from "../settings/environment.ts";

/**
 * What `zdsync explain WHAT` needs beside whom, to explain a row of a page that a job of a GitLab pipeline wrote: its reader has no data
 * directory, and the jobs' artifacts have what decided. Null where the pipeline has no number. Pure.
 */
export function explainInPipeline({ CI_PIPELINE_ID = "" }: Environment): string | null {
  return /^\d{1,18}$/.test(CI_PIPELINE_ID) ? `--pipeline ${CI_PIPELINE_ID}` : null;
}
