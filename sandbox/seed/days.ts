/** A day (`YYYY-MM-DD`) so many days later; negative: earlier. */
export function addDays(day: string, days: number): string {
  const date = new Date(`${day}T00:00:00Z`);
  date.setUTCDate(date.getUTCDate() + days);
  return date.toISOString().slice(0, 10);
}

/** The earliest end date that is not expired: 15 days of grace, the 15th included (E3). */
export function lastDayOfGrace(today: string): string {
  return addDays(today, -15);
}

/** Three years and one day ago (G4): 29 February counts from the 28th. */
export function threeYearsOut(today: string): string {
  const monthAndDay = today.slice(5) === "02-29" ? "02-28" : today.slice(5);
  return addDays(`${Number(today.slice(0, 4)) - 3}-${monthAndDay}`, -1);
}

/** A moment as Zendesk writes it: UTC, whole seconds. */
export function timestamp(milliseconds: number): string {
  return `${new Date(milliseconds).toISOString().slice(0, 19)}Z`;
}
