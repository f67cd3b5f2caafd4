/** A calendar day as `YYYY-MM-DD`. Days compare as text. */
export type Day = string;

/** Days of grace after a charge's end (E3). */
const GRACE_DAYS = 15;

/** True if the text is an existing day, written `YYYY-MM-DD`. */
export function isDay(text: string): text is Day {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const date = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && toDay(date) === text;
}

/** The UTC day of a moment. */
export function toDay(moment: Date): Day {
  return moment.toISOString().slice(0, 10);
}

/** `day` minus a number of days. */
export function minusDays(day: Day, days: number): Day {
  const date = new Date(`${day}T00:00:00Z`);
  date.setUTCDate(date.getUTCDate() - days);
  return toDay(date);
}

/** The last `end_date` that counts as expired is the day before this one (E3: the 15th day of grace is included). */
export function expiredEndDate(today: Day): Day {
  return minusDays(today, GRACE_DAYS);
}

/** The last day on which something that ended on `endDate` still counts (E3). */
export function countedUntil(endDate: Day): Day {
  return minusDays(endDate, -GRACE_DAYS);
}

/** Three years and one day ago (G4): the year minus 3, 29 February becoming the 28th, then minus one day. */
export function threeYearsOut(today: Day): Day {
  const year = String(Number(today.slice(0, 4)) - 3).padStart(4, "0");
  const sameDay = `${year}${today.slice(4)}`;
  return minusDays(isDay(sameDay) ? sameDay : `${year}-02-28`, 1);
}
