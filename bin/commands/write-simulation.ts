import { dirname, join } from "node:path";
import { mkdir } from "../../lib/edges/files.ts";
import { junitXml } from "../../lib/report/junit-xml.ts";
import { writePage } from "../../lib/report/page/write-page.ts";
import { renderMarkdown } from "../../lib/report/render-report.ts";
import type { SimulatedReport } from "../../lib/simulate/simulated-report.ts";
import { simulationCases, simulationNote } from "../../lib/simulate/simulation-note.ts";
import { makeOwnFolder } from "../../lib/storage/files/own-files.ts";
import { writeWholeFile } from "../../lib/storage/files/write-whole-file.ts";

/** Folder for simulations, below the data directory. */
const FOLDER = "simulation";

/** Writes report and page into the simulation's own folder, and a JUnit file where one is wanted. */
export async function writeSimulation(
  { model, shown }: Pick<SimulatedReport, "model" | "shown">,
  directory: string,
  junit: string,
): Promise<{ markdown: string; page: string }> {
  const folder = await makeOwnFolder(directory, FOLDER);
  const files = { markdown: join(folder, "report.md"), page: join(folder, "report.html") };
  await writeWholeFile(files.markdown, renderMarkdown(shown));
  await writeWholeFile(join(folder, "note.md"), `${simulationNote(model, { commit: "", page: null })}\n`);
  await writeWholeFile(files.page, writePage(shown));
  if (junit !== "") {
    await mkdir(dirname(junit), { recursive: true });
    await writeWholeFile(junit, junitXml("zdsync simulate", simulationCases(model)));
  }
  return files;
}
