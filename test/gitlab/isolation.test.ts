import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stringify } from "yaml";
import packageJson from "../../package.json";
import { RUN_TIMEOUT } from "../pipeline/world.ts";
import { type LocalGitLab, LocalProject, localGitLab } from "./local-gitlab.ts";
import { runProgram, sandboxFor } from "./programs.ts";

/** B4: a pipeline in which one job was taken over and the checkout is hostile; gitlab-ci-local hands dotenv reports on as GitLab does. */
setDefaultTimeout(RUN_TIMEOUT * 2);

const INCLUDE = { project: "zdsync/zdsync", ref: packageJson.version, file: ".gitlab/ci/pipeline.yml" };

/** Code that runs where Bun obeys the checkout or a variable. */
const PWNED = 'console.log("PWNED");\nexport default {};\n';

/** Files that Bun reads where it is started. */
const CHECKOUT = {
  "bunfig.toml": 'preload = ["./pwned.js"]\n',
  ".env": "PLANS_FILE=pwned.yml\nZDSYNC_TODAY=1999-01-01\n",
  "tsconfig.json": JSON.stringify({ compilerOptions: { baseUrl: ".", paths: { "*": ["./pwned.js"] } } }),
  "pwned.js": PWNED,
  "evil/zdsync": "#!/bin/sh\necho PWNED\n",
  "evil/bun": "#!/bin/sh\necho PWNED\n",
};

/** Variables that reach Bun, each of which runs the code in the checkout where it does. */
const RUNTIME = {
  BUN_OPTIONS: "--preload=./pwned.js",
  BUN_INSPECT_PRELOAD: "./pwned.js",
};

/** What the job that was taken over publishes. */
const DOTENV: Record<string, string> = {
  INPUT_EXPECT: "",
  INPUT_ALLOW: "marks=9999",
  INPUT_DRY_RUN: "false",
  INPUT_MAX_AGE: "",
  INPUT_DATA_DIR: "elsewhere",
  ZDSYNC_ORDERS: "chain",
  ZDSYNC_ORDER_ALLOW: "marks=9999",
  ZDSYNC_RUN_ID: "pwned",
  ZDSYNC_HANDOVER_COMPARE_GLOBAL: `1:2:${"0".repeat(64)}`,
  ZDSYNC_WORKING_DIRECTORY: "/",
  NODE_OPTIONS: "--import=./pwned.js",
  NODE_TLS_REJECT_UNAUTHORIZED: "0",
  ...RUNTIME,
};

let folder = "";
let gitlab: LocalGitLab;
let there: Awaited<ReturnType<typeof sandboxFor>>;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "zdsync-isolation-"));
  gitlab = await localGitLab(folder);
  there = await sandboxFor(folder);
}, RUN_TIMEOUT);
afterAll(async () => {
  await there[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

/** Every job without a secret for writing publishes the variables. */
function configuration(inputs: Record<string, unknown>): string {
  const lines = Object.entries(DOTENV).map(([name, value]) => `${name}=${value}`);
  const hostile = {
    before_script: [`printf '%s\\n' ${lines.map((line) => `'${line}'`).join(" ")} > published.env`],
    artifacts: { reports: { dotenv: "published.env" } },
  };
  const takenOver = ["gather-accounts", "gather-orgs-global", "gather-orgs-us-government"].concat(
    ["process", "compare"].flatMap((stage) => [`${stage}-global`, `${stage}-us-government`]),
  );
  const seen = { before_script: ['echo "published: [$INPUT_ALLOW] [$BUN_OPTIONS] [$INPUT_EXPECT]"'] };
  return stringify({
    include: [{ ...INCLUDE, inputs }],
    ...Object.fromEntries(takenOver.map((name) => [`zdsync-${name}`, hostile])),
    "zdsync-sync-global": seen,
  });
}

describe("a pipeline in which jobs without any secret were taken over, in a hostile checkout", () => {
  test("the reviewed digest is not emptied, no limit is raised, and none of their code runs", async () => {
    const expect64 = "0".repeat(64);
    const project = await LocalProject.create(
      gitlab,
      "support/hostile",
      { ...CHECKOUT, ".gitlab-ci.yml": configuration({ expect: expect64 }) },
      there.env,
    );
    const writing = ["sync-global", "sync-us-government", "partner-sync", "user-sync"];
    // gitlab-ci-local goes on behind a job with allow_failure, whatever its exit code: so each of them is seen to refuse.
    const refused = Object.fromEntries(writing.map((name) => [`zdsync-${name}`, 4]));
    const { printed } = await project.run({ source: "schedule", exits: refused });
    // The canary: the variables do reach the job that has the secrets.
    expect(printed).toContain("published: [marks=9999] [--preload=./pwned.js] []");
    expect(printed).not.toContain("PWNED");
    expect(printed).not.toContain("1999-01-01");
    expect(printed).toContain("what would be applied differs from what was reviewed");
    expect(there.sandbox.writes()).toEqual([]);
  });

  test("a dry run stays one", async () => {
    const files = { ...CHECKOUT, ".gitlab-ci.yml": configuration({ "dry-run": true }) };
    const project = await LocalProject.create(gitlab, "support/hostile-dry-run", files, there.env);
    const { printed } = await project.run({ source: "schedule" });
    expect(printed).not.toContain("PWNED");
    expect(printed).toContain("zdsync dry run:");
    expect(there.sandbox.writes()).toEqual([]);
  });
});

describe("the program of the image, started in a hostile checkout", () => {
  async function checkout(files: Partial<typeof CHECKOUT>): Promise<string> {
    const cwd = await mkdtemp(join(folder, "checkout-"));
    await mkdir(join(cwd, "evil"));
    for (const [name, text] of Object.entries(files)) await writeFile(join(cwd, name), text, { mode: 0o755 });
    return cwd;
  }
  const program = () => join(gitlab.image, "usr/local/bin/zdsync");
  const bun = () => join(gitlab.image, "usr/local/bin/bun");
  const bundle = () => join(gitlab.image, "usr/local/lib/zdsync/zdsync.js");
  const base = { PATH: gitlab?.env.PATH ?? "/usr/bin:/bin", HOME: "/nowhere" };

  test.each(["bunfig.toml", "tsconfig.json"] as const)("%s: runs code in Bun itself, and none here", async (name) => {
    const cwd = await checkout({ [name]: CHECKOUT[name], "pwned.js": PWNED });
    expect((await runProgram([bun(), bundle(), "--version"], { cwd, env: base })).printed).toContain("PWNED");
    const { exit, printed } = await runProgram([program(), "--version"], { cwd, env: base });
    expect({ exit, printed: printed.trim() }).toEqual({ exit: 0, printed: packageJson.version });
  });

  test.each(Object.entries(RUNTIME))("%s: likewise", async (name, value) => {
    const cwd = await checkout({ "pwned.js": PWNED });
    const env = { ...base, [name]: value };
    expect((await runProgram([bun(), bundle(), "--version"], { cwd, env })).printed).toContain("PWNED");
    const { exit, printed } = await runProgram([program(), "--version"], { cwd, env });
    expect({ exit, printed: printed.trim() }).toEqual({ exit: 0, printed: packageJson.version });
  });

  test(".env sets nothing", async () => {
    const cwd = await checkout({ ".env": CHECKOUT[".env"] });
    const bare = await runProgram([bun(), bundle(), "process"], { cwd, env: base });
    expect(bare.printed).toContain("pwned.yml");
    const { printed } = await runProgram([program(), "process"], { cwd, env: base });
    expect(printed).not.toMatch(/pwned\.yml|1999/);
  });

  test("programs of the checkout are not found by PATH", async () => {
    const cwd = await checkout(CHECKOUT);
    const env = { ...base, PATH: `${join(cwd, "evil")}:./evil:${base.PATH}` };
    expect((await runProgram([program(), "--version"], { cwd, env })).printed.trim()).toBe(packageJson.version);
  });

  test("certificates of the checkout are not trusted; those beside it are", async () => {
    const cwd = await checkout({});
    const probe =
      'console.log(["NODE_EXTRA_CA_CERTS", "NODE_TLS_REJECT_UNAUTHORIZED"].map((name) => process.env[name]).join(" "));\n';
    const image = join(folder, "probe");
    for (const part of ["bin", "lib/zdsync"]) await mkdir(join(image, part), { recursive: true });
    await Bun.write(join(image, "bin/zdsync"), Bun.file(program()));
    await Bun.write(join(image, "lib/zdsync/zdsync.js"), probe);
    const inside = join(cwd, "ca.pem");
    const beside = join(folder, "ca.pem");
    for (const file of [inside, beside]) await writeFile(file, "");
    const asked = async (file: string) => {
      const env = { ...base, NODE_EXTRA_CA_CERTS: file, NODE_TLS_REJECT_UNAUTHORIZED: "0" };
      const ended = await runProgram(["sh", join(image, "bin/zdsync")], { cwd, env });
      return ended.out.trim();
    };
    await Bun.write(join(image, "bin/bun"), `#!/bin/sh\nexec ${process.execPath} "$@"\n`);
    await runProgram(["chmod", "755", join(image, "bin/bun")], { cwd, env: { PATH: "/usr/bin:/bin" } });
    expect(await asked(inside)).toBe("");
    expect(await asked("ca.pem")).toBe("");
    expect(await asked(beside)).toBe(beside);
  });

  test("works in the job's folder all the same", async () => {
    const cwd = await checkout({});
    const env = { ...base, ...there.env };
    const { exit } = await runProgram([program(), "gather-accounts", "--quiet"], { cwd, env });
    expect(exit).toBe(0);
    expect(await readdir(join(cwd, "data"))).toContain("salesforce_accounts.json");
  });
});
