import { Database } from "bun:sqlite";
import { cp, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { dirname, join } from "node:path";
import { openDatabase } from "../../bot/database.ts";
import { Outbox } from "../../bot/outbox/outbox.ts";
import { ACTION } from "../../bot/ports.ts";
import type { RunningSandbox } from "../../sandbox/start.ts";
import type { World } from "../../sandbox/types.ts";
import { WholeWorld } from "../bot/bot-world.ts";
import { smallWorld } from "../safety/small-world.ts";

/**
 * Keeps what a version leaves behind, for the tests beside this file: its data directory (`left-behind`), its databases as SQL, the
 * remotes as they stand by then (`world.json`), the files that people copied from it, and the inputs of its pipeline. Everything is the
 * sandbox's invention. In a checkout of the version that is to be kept, with this file copied to the same place:
 *
 *     bun test/upgrade/keep-version.ts FOLDER
 *
 * `data-0.1.0` was made so at commit 4d37f09, on 2026-11-27. What stands in `left-behind`: a run that somebody confirmed in Slack (history, results, notices), one of
 * its organizations marked handled and one retried; a second run, whose bot was stopped before its end, so that its thread is still to be
 * told; and two messages in the bot's outbox, one of them on its way. In `previewed`: a preview of a third run, whose change files lie there.
 */
const [folder = ""] = process.argv.slice(2);
if (!folder) throw new Error("Usage: bun test/upgrade/keep-version.ts FOLDER");

await using world = await WholeWorld.start({ world: smallWorld() });
const bot = await world.serve();
const ann = world.person();

await ann.clicks(await world.offered(), ACTION.confirmRun);
await world.posted(/Done, nothing failed/);
await world.until(() => world.undelivered() === 0);
const reported = world
  .channel()
  .flatMap(({ ts, shows }) => [...shows.matchAll(/\|Zendesk (\d+)>/g)].map(([, id = ""]) => ({ ts, id })));
await careFor(ACTION.retryContacts, reported[0], /Still nobody/i);
await careFor(ACTION.markHandled, reported[1], /Handled by/);

const [account] = world.sandbox.world.salesforce.Account;
const renamed = (Name: string) => {
  world.sandbox.editSalesforce("Account", String(account?.Id), { Name });
  Object.assign(account ?? {}, { Name });
};
renamed("Renamed Example 1");
const { promise: goOn, resolve: letGo } = Promise.withResolvers<void>();
world.hook = async ({ service, method, path }, phase) => {
  const writes = method !== "GET" && !path.startsWith("/oauth/");
  if (phase === "before" && service === "zendesk-global" && writes) await goOn;
  return undefined;
};
await ann.clicks(await world.offered(), ACTION.confirmRun);
await world.posted(/started a run of[\s\S]*1 to update/);
await bot.stop();
letGo();
await world.until(() => world.writes().some(({ path }) => path.includes("organizations/update_many")));
await secondRunEnded();

renamed("Renamed Example 2");
const previewed = Bun.spawn(
  [process.execPath, "bin/zdsync.ts", "preview", "--data-dir", join(world.folder, "previewed")],
  {
    env: world.env,
    stdio: ["ignore", "ignore", "inherit"],
  },
);
if ((await previewed.exited) !== 0) throw new Error("the preview failed");

const databaseFile = join(world.dataDir, "bot/bot.sqlite");
const database = openDatabase(databaseFile);
const outbox = new Outbox(database);
for (const what of ["pending", "sending"])
  outbox.enqueue({ key: `kept ${what}`, thread: null, text: `A message that was ${what}.`, blocks: [] });
database.run("update outbox set state = 'sending', sent_at = created_at, attempts = 1 where key = 'kept sending'");
database.close();

await rm(folder, { recursive: true, force: true });
const filter = (path: string) => !/sqlite(?:-wal|-shm)?$|bot\/dry-run|\.lock/.test(path);
await cp(world.dataDir, join(folder, "left-behind"), { recursive: true, filter });
await cp(join(world.folder, "previewed"), join(folder, "previewed"), { recursive: true, filter });
for (const name of ["outbox.sqlite", "bot/bot.sqlite"]) await keepAsSql(name);
await writeFile(join(folder, "world.json"), `${JSON.stringify(worldNow(world.sandbox), null, 1)}\n`);
await makeAnonymous(folder);
for (const name of ["plans.yml", "zdsync.config.example.yml"]) await cp(name, join(folder, name));
const [inputs = ""] = (await readFile(".gitlab/ci/pipeline.yml", "utf8")).split(/^---$/m);
await writeFile(join(folder, "pipeline-inputs.yml"), inputs);

async function careFor(action: string, at: { ts: string; id: string } | undefined, shows: RegExp): Promise<void> {
  if (!at) throw new Error("no organization was reported");
  await ann.clicks(at.ts, { action_id: action, value: at.id });
  await world.posted(shows);
}

async function secondRunEnded(): Promise<void> {
  for (;;) {
    // A retry of contacts leaves results there, too, and no record: the newest is the run's.
    const runs = (await readdir(join(world.dataDir, "history"))).sort();
    const record = JSON.parse(await readFile(join(world.dataDir, "history", runs.at(-1) ?? "", "run.json"), "utf8"));
    if (record.ended_at !== null) return;
    await Bun.sleep(50);
  }
}

/** The remotes as a world to start another sandbox with. */
function worldNow(sandbox: RunningSandbox): World {
  const zendesk = (instance: "global" | "us-government") => {
    const { organizations, users, memberships } = sandbox.zendesk(instance);
    const of = (id: unknown) =>
      memberships.filter(({ user_id }) => user_id === id).map(({ organization_id }) => organization_id);
    return {
      organizations,
      users: users.map((user) => ({ ...user, secondary_emails: [], organization_ids: of(user.id) })),
    };
  };
  return {
    ...sandbox.world,
    oddities: [],
    zendesk: { global: zendesk("global"), "us-government": zendesk("us-government") },
  } as unknown as World;
}

async function keepAsSql(name: string): Promise<void> {
  const from = new Database(join(world.dataDir, name), { readonly: true });
  const made = from
    .query(
      "select name, type, sql from sqlite_master where sql is not null and name not like 'sqlite_%' order by rowid",
    )
    .all() as { name: string; type: string; sql: string }[];
  const rows = made
    .filter(({ type }) => type === "table")
    .flatMap(({ name: table }) => {
      const columns = (from.query(`pragma table_info(${table})`).all() as { name: string }[]).map((one) => one.name);
      const values = columns.map((column) => `quote("${column}")`).join(" || ', ' || ");
      return (from.query(`select ${values} as row from ${table}`).all() as { row: string }[]).map(
        ({ row }) => `insert into ${table} values (${row});`,
      );
    });
  from.close();
  const tables = made.filter(({ type }) => type === "table").map(({ sql }) => `${sql};`);
  const others = made.filter(({ type }) => type !== "table").map(({ sql }) => `${sql};`);
  const target = join(folder, "left-behind", name.replace(/\.sqlite$/, ".sql"));
  await mkdir(dirname(target), { recursive: true });
  await writeFile(target, `${[...tables, ...rows, ...others].join("\n")}\n`);
}

async function makeAnonymous(where: string): Promise<void> {
  for (const entry of await readdir(where, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    const text = await readFile(path, "utf8");
    await writeFile(
      path,
      text
        .replaceAll(world.dataDir, "DATA_DIR")
        .replaceAll(`"${hostname()}"`, '"build-1"')
        .replaceAll(/"pid": \d+/g, '"pid": 4711')
        .replaceAll(/127\.0\.0\.1:\d+/g, "127.0.0.1:4010"),
    );
  }
}
