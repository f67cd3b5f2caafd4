import * as v from "valibot";
import { type Day, isDay, minusDays } from "../domain/dates.ts";

/** A day as a case names it: a calendar day, or so many days after the day that the case is judged on; negative ones before it. */
export type CaseDay = { day: Day } | { daysFromToday: number };

const FORMS = "must be a day as YYYY-MM-DD, or today, in 30 days, 16 days ago";

/** Schema for a day in a case: `YYYY-MM-DD`, `today`, `in 30 days` or `16 days ago`. */
export function caseDay(): v.GenericSchema<unknown, CaseDay> {
  return v.pipe(
    v.string(FORMS),
    v.rawTransform(({ dataset, addIssue, NEVER }): CaseDay => {
      const text = dataset.value.trim();
      if (isDay(text)) return { day: text };
      if (text === "today") return { daysFromToday: 0 };
      const [, after, before] = /^(?:in (\d{1,5}) days?|(\d{1,5}) days? ago)$/.exec(text) ?? [];
      if (after !== undefined) return { daysFromToday: Number(after) };
      if (before !== undefined) return { daysFromToday: -Number(before) };
      addIssue({ message: FORMS });
      return NEVER;
    }),
  );
}

/** The calendar day that is meant, where today is `today`. */
export function dayOf(written: CaseDay, today: Day): Day {
  return "day" in written ? written.day : minusDays(today, -written.daysFromToday);
}
