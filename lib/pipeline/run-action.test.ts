import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "zdsync-action-"));
});
afterEach(() => rm(folder, { recursive: true }));

/** Runs the entry of the compare action in its own process, as a pipeline does. */
async function compare(env: Record<string, string>) {
  const child = Bun.spawn([process.execPath, join(import.meta.dir, "../../actions/compare/main.ts")], {
    cwd: folder,
    env: {
      PATH: process.env.PATH,
      GITHUB_OUTPUT: join(folder, "outputs"),
      GITHUB_STEP_SUMMARY: join(folder, "summary.md"),
      ...env,
    },
    stdout: "pipe",
    stderr: "pipe",
  });
  const [out, err] = await Promise.all([child.stdout.text(), child.stderr.text()]);
  return { exit: await child.exited, out, err };
}

/** Artifacts made by hand: one organization wanted and missing. */
async function putArtifacts(): Promise<void> {
  const account = { salesforce_id: "0014M00001kAbCdQAK", name: "A", sold_tos: [] };
  const organization_fields = { salesforce_id: account.salesforce_id, support_level: "premium" };
  for (const name of ["salesforce_accounts.json", "partner_accounts.json", "zendesk_global.json"])
    await Bun.write(join(folder, "data", name), "[]");
  await Bun.write(join(folder, "data", "global_accounts.json"), JSON.stringify([{ ...account, organization_fields }]));
}

describe("the entry of an action", () => {
  test("takes its inputs from INPUT_…, answers through GITHUB_OUTPUT, and says what it did", async () => {
    await putArtifacts();
    const { exit, out, err } = await compare({ INPUT_INSTANCE: "global", INPUT_RUN_ID: "pipeline-7", INPUT_TODAY: "" });
    expect(err).toContain("warning: zendesk_global.json has no manifest");
    expect(out).toMatch(/Customers\n +global\nexisting/);
    const outputs = await Bun.file(join(folder, "outputs")).text();
    const manifest = await Bun.file(join(folder, "data", "global_changeset.manifest.json")).json();
    expect(outputs).toBe(`run-id=pipeline-7\ndigest=${manifest.digest}\n`);
    expect(manifest.counts).toEqual({ creates: 1, updates: 0, marks: 0, contacts: 0 });
    expect(await Bun.file(join(folder, "summary.md")).text()).toStartWith(
      "# One stage: nothing written; a run would create 1\n",
    );
    expect(await Bun.file(join(folder, "data", "global_report.html")).exists()).toBeTrue();
    expect(exit).toBe(0);
  });

  test("wrong inputs: exit 2, all of them named, no output", async () => {
    const { exit, err } = await compare({ INPUT_INSTANCE: "nowhere", INPUT_TODAY: "x", INPUT_ALLOW: "y" });
    for (const flag of ["--instance:", "--today:", "--allow:"]) expect(err).toContain(flag);
    expect(exit).toBe(2);
    for (const file of ["outputs", "summary.md"]) expect(await Bun.file(join(folder, file)).exists()).toBeFalse();
  });

  test("S3: an altered artifact: exit 4", async () => {
    await putArtifacts();
    const manifest = {
      stage: "gather-orgs",
      run_id: "run-1",
      schema: 1,
      today: "2026-11-23",
      made_at: "2026-11-23T01:05:00.000Z",
      gathered_at: "2026-11-23T01:00:00.000Z",
      inputs: [],
      count: 0,
      sha256: "0".repeat(64),
    };
    await Bun.write(join(folder, "data", "zendesk_global.manifest.json"), JSON.stringify(manifest));
    const { exit, err } = await compare({ INPUT_INSTANCE: "global" });
    expect(err).toContain("zendesk_global.json was altered after it was written");
    expect(exit).toBe(4);
  });
});
