import { expect, setDefaultTimeout, test } from "bun:test";
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startSandbox } from "../../sandbox/start.ts";
import type { FieldDefinition } from "../../sandbox/types.ts";
import { RUN_TIMEOUT, TODAY } from "./world.ts";

setDefaultTimeout(RUN_TIMEOUT);

const ROOT = join(import.meta.dir, "../..");
const LINE =
  '  customer_health: attribute({ from: text("Customer_Health__c"), to: both("text", "customer_health") }),\n';
const FIELD: FieldDefinition = { key: "customer_health", type: "text", title: "Customer health" };

/** A copy of the program in which one line was added to one file. */
async function copyWithOneLine(folder: string): Promise<void> {
  for (const part of ["actions", "bin", "lib", "sandbox"])
    await cp(join(ROOT, part), join(folder, part), { recursive: true });
  for (const file of ["package.json", "plans.yml", "tsconfig.json"]) await cp(join(ROOT, file), join(folder, file));
  await symlink(join(ROOT, "node_modules"), join(folder, "node_modules"));
  const path = join(folder, "lib/domain/attributes.ts");
  const source = await readFile(path, "utf8");
  const marker = "export const ATTRIBUTES = {\n";
  expect(source).toContain(marker);
  await writeFile(path, source.replace(marker, marker + LINE));
}

test("adding an organization attribute is one line in one file: a new Salesforce field arrives in both instances", async () => {
  const folder = await mkdtemp(join(tmpdir(), "zdsync-attribute-"));
  const sandbox = await startSandbox({
    today: TODAY,
    timeFactor: 1000,
    organizationFields: { global: [FIELD], "us-government": [FIELD] },
    salesforceColumns: [{ object: "Account", name: "Customer_Health__c", type: "text", value: "green" }],
  });
  try {
    await copyWithOneLine(folder);
    await mkdir(join(folder, "settings"));
    await writeFile(join(folder, "settings/config.yml"), sandbox.world.config);
    const zdsync = Bun.spawn(
      [
        process.execPath,
        "bin/zdsync.ts",
        "run",
        "--data-dir",
        join(folder, "data"),
        "--allow",
        "updates=1000",
        "--quiet",
      ],
      {
        cwd: folder,
        env: { PATH: process.env.PATH ?? "", ...sandbox.env, ZDSYNC_CONFIG: join(folder, "settings/config.yml") },
        stdio: ["ignore", "pipe", "pipe"],
      },
    );
    expect(await zdsync.exited).toBe(0);
    for (const instance of ["global", "us-government"] as const) {
      const values = sandbox
        .zendesk(instance)
        .organizations.map(
          (organization) => (organization.organization_fields as Record<string, unknown>).customer_health,
        );
      expect(values.filter((value) => value === "green").length).toBeGreaterThan(values.length / 2);
    }
  } finally {
    await sandbox.stop();
    await rm(folder, { recursive: true, force: true });
  }
});
