import { basename } from "node:path";
import type { ReportFiles } from "../../report/report-files.ts";
import type { CiJob } from "./ci-job.ts";

/**
 * Links on the job's page (GitLab 16.3), to the report among the job's artifacts. With Pages, HTML opens in the browser; without, GitLab
 * hands it out as a file; Markdown is always shown. Pure.
 */
export function annotations(job: Pick<CiJob, "jobUrl">, folder: string, files: ReportFiles): string {
  const link = (label: string, file: string) => {
    const path = [...folder.split("/"), basename(file)].map(encodeURIComponent).join("/");
    return { external_link: { label, url: `${job.jobUrl}/artifacts/file/${path}` } };
  };
  const links = [link("What changed, and why (page)", files.page), link("The same as text", files.markdown)];
  return `${JSON.stringify({ zdsync: links }, null, 2)}\n`;
}
