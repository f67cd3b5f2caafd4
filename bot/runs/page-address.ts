/** The page of a report, as a run leaves it beside `report.md`. */
const PAGE = "report.html";

/**
 * Where GitLab shows the page that a job left: in the browser where Pages and access control are on, else to be downloaded. Null where
 * the pipeline's address is none of GitLab's.
 *
 * @param dataDir the pipeline's input `data-dir`
 */
export function pageOfJob(pipelineUrl: string, jobId: number, dataDir: string): string | null {
  const [, project] = /^(https?:\/\/.+)\/-\/pipelines\/\d+\/?$/.exec(pipelineUrl) ?? [];
  return project === undefined ? null : `${project}/-/jobs/${jobId}/artifacts/file/${dataDir}/${PAGE}`;
}

/** Returns the address of the page of a run on this machine. `pageUrl`: the config's `slack.page_url`. */
export function pageOfRun(pageUrl: string | null, runId: string): string | null {
  return pageUrl === null ? null : `${pageUrl.replace(/\/+$/, "")}/history/${encodeURIComponent(runId)}/${PAGE}`;
}
