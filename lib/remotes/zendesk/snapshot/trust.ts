/*
 * How long, and how far, a snapshot is trusted (docs/decisions/0054-snapshots.md). Times are Zendesk's, in milliseconds since 1970. Pure.
 */

import { PINNED } from "../all-organizations.ts";

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** Exports leave out changes as recent as this (facts/zendesk.md 7). */
const WITHHELD = MINUTE;
/** Exports begin so much before what is known already: Zendesk's machines may differ in their clocks, and tell no more than seconds. */
const OVERLAP = 5 * MINUTE;
/** A list is read in full at least once a day; runs begin some minutes apart. */
const LONGEST_TRUST = 23.5 * HOUR;
/** Every page is listed again within this time. */
const ROUND = 24 * HOUR;
/** Pages at the end of a list that are new; where there are more, listing everything is no dearer. */
export const MAX_NEW_PAGES = 20;
/** The part of a list by which the count may differ from it: it is approximate, and people make records while it is read. */
const COUNT_TOLERANCE = 0.005;

/** Times at which a list was read, in milliseconds since 1970. */
export interface ReadingTimes {
  /** When it was last listed in full: that listing's beginning. */
  listedAt: number;
  /** Everything that changed before this moment is in it. */
  coveredUntil: number;
}

/** True if the list must be read in full by now: a day has gone by, or the clock is before the time that the list is known for. */
export function isDue({ listedAt, coveredUntil }: ReadingTimes, now: number): boolean {
  return now - listedAt >= LONGEST_TRUST || now < coveredUntil;
}

/** The second from which an export goes on without a gap. */
export function exportFrom(coveredUntil: number): number {
  return Math.floor((coveredUntil - OVERLAP) / SECOND);
}

/** Up to when an export that is asked for now tells everything. */
export function exportedUntil(now: number): number {
  return now - WITHHELD;
}

/** Number of pages to list again, by the time since they were last listed: a 24th for each hour, at least one. */
export function pagesToCheck(pages: number, sinceLast: number): number {
  return Math.min(pages, Math.max(1, Math.ceil((pages * Math.max(0, sinceLast)) / ROUND)));
}

/** True if Zendesk's count agrees with a list, or cannot disagree: null means it has none, and from 100,000 on it says nothing. */
export function agreesWithCount(records: number, counted: number | null): boolean {
  return counted === null || counted >= PINNED || Math.abs(records - counted) <= Math.floor(counted * COUNT_TOLERANCE);
}
