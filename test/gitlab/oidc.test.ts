import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { parseSnippet, snippetsOf } from "./lint.ts";
import { folderWithBun, MACHINE_PATH, ROOT, runProgram, temporaryFolder } from "./programs.ts";

/** The snippet of docs/gitlab.md that takes a secret from Vault: its script, run by a shell as a job's would be. */
const SECRET = "a secret with 'quotes' and $dollars";
const snippets = snippetsOf(await readFile(join(ROOT, "docs/gitlab.md"), "utf8"));
const config = parseSnippet(snippets.get("oidc") ?? "") as Record<string, { before_script: [string] }>;
const [script] = config["zdsync-gather-accounts"]?.before_script ?? [""];
let vault: ReturnType<typeof Bun.serve>;
let refuses = false;

beforeAll(() => {
  vault = Bun.serve({
    port: 0,
    async fetch(request) {
      const { pathname } = new URL(request.url);
      if (refuses) return Response.json({ errors: ["permission denied"] }, { status: 403 });
      if (pathname === "/v1/auth/jwt/login") {
        expect(await request.json()).toEqual({ role: "zdsync-gather-accounts", jwt: "a token of the job" });
        return Response.json({ auth: { client_token: "a token of Vault" } });
      }
      expect([pathname, request.headers.get("x-vault-token")]).toEqual([
        "/v1/kv/data/support/salesforce",
        "a token of Vault",
      ]);
      return Response.json({ data: { data: { client_secret: SECRET } } });
    },
  });
});
afterAll(() => vault.stop(true));

/** Runs the script, then a command that shows what the job's program would see. */
async function run() {
  await using folder = await temporaryFolder();
  const bin = await folderWithBun(join(folder.path, "bin"));
  return runProgram(["sh", "-c", `${script}\nprintf %s "$(printenv SALESFORCE_CLIENT_SECRET)"`], {
    cwd: folder.path,
    env: { PATH: `${bin}:${MACHINE_PATH}`, VAULT_ADDR: vault.url.origin, VAULT_ID_TOKEN: "a token of the job" },
  });
}

describe("a secret that a job takes from Vault with its own token", () => {
  test("is a variable of the job, whatever characters it has", async () => {
    refuses = false;
    expect(await run()).toMatchObject({ exit: 0, out: SECRET });
  });

  test("that Vault refuses ends the job before zdsync begins, with what Vault answered", async () => {
    refuses = true;
    const ended = await run();
    expect(ended.exit).toBe(2);
    expect(ended.printed).toContain("Vault answered 403 for auth/jwt/login");
    expect(ended.printed).not.toContain("a token of the job");
  });
});
