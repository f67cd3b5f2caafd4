import { expect, test } from "bun:test";
import { mkdir, mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { RUN_RECORD } from "../../lib/storage/runs/run-record.ts";
import { watchRecords } from "./record-watch.ts";

test("tells of every run that is new or has changed; ended in the midst of that, it tells of no other", async () => {
  const folder = await mkdtemp(join(tmpdir(), "zdsync-record-watch-"));
  const record = async (place: string, runId: string, text: string) => {
    await mkdir(join(folder, place, runId), { recursive: true });
    await writeFile(join(folder, place, runId, RUN_RECORD), text);
  };
  await record("one/history", "run-1", "");
  for (const runId of ["run-2", "run-3"]) await record("prepared", runId, "{}");
  await mkdir(join(folder, "two"));
  const told: string[] = [];
  const end = watchRecords(
    [join(folder, "one"), join(folder, "two")],
    (runId) => {
      told.push(runId);
      if (runId !== "run-1") end();
    },
    1,
  );
  for (let text = "."; !told.includes("run-1"); text += ".") {
    await record("one/history", "run-1", text);
    await Bun.sleep(2);
  }
  // Both are there at the same moment, so that one look sees both.
  await rename(join(folder, "prepared"), join(folder, "two/history"));
  while (!told.includes("run-2")) await Bun.sleep(2);
  await record("one/history", "run-1", "changed after the end");
  await Bun.sleep(20);
  expect(told.filter((runId) => runId !== "run-1")).toEqual(["run-2"]);
  expect(told.at(-1)).toBe("run-2");
  await rm(folder, { recursive: true });
});
