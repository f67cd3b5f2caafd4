import { expect, test } from "bun:test";
import { startSandbox } from "../../../bin/start-sandbox.ts";
import { DEFAULT_CONFIG } from "../../domain/config.ts";
import { overridesSettings } from "../../settings/environment.ts";
import { type RawFileSettings, readRawFile } from "./raw-file.ts";

test("the overrides file is read from its project, and what is wrong names the setting", async () => {
  const sandbox = await startSandbox({ accounts: 1 });
  try {
    const found = overridesSettings(sandbox.env, DEFAULT_CONFIG, []);
    if (found.kind !== "gitlab") throw new Error("the sandbox keeps its overrides in GitLab");
    const settings: RawFileSettings = found;
    expect(await readRawFile(settings)).toBe(sandbox.world.overrides);
    const refusal = (change: Partial<RawFileSettings>) =>
      readRawFile({ ...settings, ...change }).catch((error: Error) => error.message);
    expect(await refusal({ token: "glpat-wrong" })).toStartWith("OVERRIDES_TOKEN: ");
    expect(await refusal({ project: "support/other" })).toStartWith("OVERRIDES_PROJECT: ");
    expect(await refusal({ path: "other.yml" })).toStartWith("OVERRIDES_PATH: ");
    expect(await refusal({ ref: "other" })).toMatch(/^OVERRIDES_(?:REF|PATH): /);
    for (const kind of ["reset", "stall", "502-html"] as const) {
      sandbox.addFault({ kind, service: "gitlab" });
      const options = { sleep: async () => {}, timeoutMs: 500 };
      expect(await readRawFile(settings, options)).toBe(sandbox.world.overrides);
    }
  } finally {
    await sandbox.stop();
  }
});
