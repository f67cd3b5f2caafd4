import { describe, expect, test } from "bun:test";
import { Picture } from "./picture.ts";
import type { ExportedRow, SnapshotRow } from "./snapshot-row.ts";

interface Thing {
  name: string;
}

const row = (id: number, name: string, changedAt = 0): SnapshotRow<Thing> => ({
  id,
  changedAt,
  record: { name },
  unreadable: null,
});
const told = (id: number, name: string, changedAt: number, deleted = false): ExportedRow<Thing> => ({
  ...row(id, name, changedAt),
  deleted,
});
const pictureOf = (...rows: SnapshotRow<Thing>[]) => new Picture(new Map(rows.map((one) => [one.id, one])));
const namesIn = (picture: Picture<Thing>) => [...picture.rows()].map(({ id, record }) => `${id} ${record?.name}`);

describe("what an export tells", () => {
  test("is taken: changes, new records, and what is gone", () => {
    const picture = pictureOf(row(1, "a"), row(2, "b"), row(3, "c"));
    for (const one of [told(2, "B", 10), told(4, "d", 11), told(1, "a", 12, true)]) picture.take(one);
    expect(namesIn(picture)).toEqual(["2 B", "3 c", "4 d"]);
    expect(picture.changed().map(({ id }) => id)).toEqual([2, 4]);
    expect(picture.removed()).toEqual([1]);
  });

  test("twice and in no order: the latest counts, and what is deleted stays so", () => {
    const picture = pictureOf(row(1, "a"), row(2, "b"));
    for (const one of [told(1, "newest", 30), told(1, "older", 20), told(2, "b", 40, true), told(2, "b", 35)])
      picture.take(one);
    expect(namesIn(picture)).toEqual(["1 newest"]);
  });

  test("the same as before is no change", () => {
    const picture = pictureOf(row(1, "a", 5));
    picture.take(told(1, "a", 5));
    expect(picture.changed()).toEqual([]);
  });

  test("a change of the second in which it was listed is taken", () => {
    const picture = pictureOf(row(1, "a", 5));
    picture.take(told(1, "A", 5));
    expect(namesIn(picture)).toEqual(["1 A"]);
  });
});

describe("a page that is listed again", () => {
  const three = () => pictureOf(row(1, "a"), row(5, "b"), row(9, "c"));

  test("the same: nothing is wrong", () => {
    expect(three().hold({ behindId: 1, rows: [row(5, "b")], isLast: false }, 100)).toEqual([]);
    expect(three().hold({ behindId: null, rows: [row(1, "a"), row(5, "b")], isLast: false }, 100)).toEqual([]);
    expect(three().hold({ behindId: 5, rows: [row(9, "c")], isLast: true }, 100)).toEqual([]);
  });

  test("a record that is other, missing, new, twice or out of order is wrong", () => {
    const wrong = (rows: SnapshotRow<Thing>[], isLast = false) => three().hold({ behindId: 1, rows, isLast }, 100);
    expect(wrong([row(5, "other")])).toEqual([5]);
    expect(wrong([row(9, "c")])).toEqual([5]);
    expect(wrong([row(4, "new", 50), row(5, "b")])).toEqual([4]);
    expect(wrong([row(5, "b"), row(5, "b")])).toEqual([5]);
    expect(wrong([row(9, "c"), row(5, "b")])).toContain(5);
    expect(wrong([row(5, "b")], true)).toEqual([9]);
    expect(wrong([], true)).toEqual([5, 9]);
  });

  test("what no export can tell yet is taken over", () => {
    const picture = three();
    expect(picture.hold({ behindId: 5, rows: [row(9, "late", 101), row(12, "d", 102)], isLast: true }, 100)).toEqual(
      [],
    );
    expect(namesIn(picture)).toEqual(["1 a", "5 b", "9 late", "12 d"]);
    expect(picture.changed().map(({ id }) => id)).toEqual([9, 12]);
  });

  test("a record that cannot be read is held like any other", () => {
    const unreadable = {
      id: 5,
      changedAt: 0,
      record: null,
      unreadable: { id: 5, salesforce_id: null, reason: "field name" },
    };
    const picture = pictureOf(row(1, "a"), unreadable);
    expect(picture.hold({ behindId: 1, rows: [structuredClone(unreadable)], isLast: true }, 100)).toEqual([]);
    expect(picture.hold({ behindId: 1, rows: [row(5, "readable")], isLast: true }, 100)).toEqual([5]);
  });
});
