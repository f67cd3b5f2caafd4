import { describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { formatConfirmedCounts } from "../../lib/domain/confirmed-counts.ts";
import { openDatabase } from "../database.ts";
import { createAuditLog } from "./audit-log.ts";

const by = { team: "T1", channel: "C1", user: "U1" };
const day = (number: number) => new Date(Date.UTC(2026, 10, number, 12));
const entry = (at: Date, what = "cancel", result = "asked to stop") => ({ at, by, what, result });

function start() {
  const database = openDatabase(":memory:");
  return { database, log: createAuditLog(database) };
}

describe("entries", () => {
  test("newest first, as many as asked for", () => {
    const { log } = start();
    for (const number of [2, 1, 4, 3]) log.record(entry(day(number), `run ${number}`));
    expect(log.latest(3).map(({ what }) => what)).toEqual(["run 4", "run 3", "run 2"]);
    expect(log.latest(10)[0]).toEqual(entry(day(4), "run 4"));
  });

  test("at the same moment the later one is the newer one", () => {
    const { log } = start();
    for (const what of ["first", "second"]) log.record(entry(day(1), what));
    expect(log.latest(2).map((one) => one.what)).toEqual(["second", "first"]);
  });

  test("survive that the bot is started again", () => {
    const folder = mkdtempSync(join(tmpdir(), "zdsync-audit-"));
    try {
      const first = openDatabase(join(folder, "bot.db"));
      createAuditLog(first).record(entry(day(1)));
      first.close();
      const second = openDatabase(join(folder, "bot.db"));
      expect(createAuditLog(second).latest(10)).toEqual([entry(day(1))]);
      second.close();
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test("one short line each, without control characters", () => {
    const { log } = start();
    log.record(entry(day(1), `a\u0000\n\u202eb ${"😀".repeat(700)}`, "\ud83d lone"));
    const [{ what, result } = entry(day(1))] = log.latest(1);
    expect(what).toStartWith("a b 😀");
    expect(Array.from(what).length).toBe(600);
    expect(what).toEndWith("😀…");
    expect(result).toBe("\ufffd lone");
  });

  test("what was confirmed of four comparisons is kept in full", () => {
    const { log } = start();
    const most = { creates: 9_999_999, updates: 9_999_999, marks: 9_999_999, downgrades: 9_999_999 };
    const counts = formatConfirmedCounts({ global: most, usgov: most, partner: most, usgov_user: most });
    log.record(entry(day(1), `confirm ${counts}`, `dry run: changes: ${counts}`));
    expect(log.latest(1)[0]).toMatchObject({ what: `confirm ${counts}`, result: `dry run: changes: ${counts}` });
  });

  test("addresses and tokens are not kept", () => {
    const { log } = start();
    log.record(
      entry(
        day(1),
        "org sue.o'neil+x@mail.example.com",
        "xoxb-123456789-abc glptt-0123456789abcdef token=s3cr3ts3cr3t",
      ),
    );
    expect(log.latest(1)[0]).toMatchObject({ what: "org (address)", result: "(token) (token) token=(token)" });
    log.record(entry(day(1), "started by @ann in GitLab", "set a new SLACK_BOT_TOKEN; the token ended"));
    expect(log.latest(1)[0]).toMatchObject({
      what: "started by @ann in GitLab",
      result: "set a new SLACK_BOT_TOKEN; the token ended",
    });
  });
});

describe("nothing is changed", () => {
  test.each([
    ["update audit set result = 'nothing happened'"],
    ["delete from audit"],
    ["delete from audit where id = 1"],
    ["insert or replace into audit (id, at, team, channel, user, what, result) values (1, 1, '', '', '', '', '')"],
    ["update or ignore audit set at = 0"],
  ])("%s", (statement) => {
    const { database, log } = start();
    log.record(entry(day(1)));
    log.record(entry(day(2)));
    expect(() => database.run(statement)).toThrow("audit log");
    expect(log.latest(10)).toEqual([entry(day(2)), entry(day(1))]);
  });
});

describe("pruning", () => {
  const years = (count: number) => new Date(Date.UTC(2026 + count, 10, 24));

  test("drops what is older than a year", () => {
    const { log } = start();
    log.record(entry(years(0), "old"));
    log.record(entry(new Date(years(1).getTime() + 1), "new"));
    expect(log.latest(10).map(({ what }) => what)).toEqual(["new"]);
  });

  test("keeps what is exactly a year old, and everything where nothing newer is known", () => {
    const { log } = start();
    log.record(entry(years(0), "old"));
    log.record(entry(years(1), "a year later"));
    log.prune(years(1));
    expect(log.latest(10).length).toBe(2);
    log.prune(years(5));
    expect(log.latest(10).length).toBe(2);
  });

  test("a clock that is set back drops nothing", () => {
    const { log } = start();
    log.record(entry(years(0), "now"));
    log.record(entry(years(0), "again"));
    log.prune(years(-5));
    expect(log.latest(10).length).toBe(2);
  });
});
