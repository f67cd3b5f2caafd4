import * as v from "valibot";
import { count, ids, message } from "./params.ts";

const list = v.picklist(["organizations", "users", "memberships"]);

/** Why a list was read in full although there is a snapshot of it, or why none was kept (O1, decision 54). */
export const SNAPSHOT_REASONS = {
  "snapshot.unreadable": v.object({ message }),
  /** Of another host, account, credential, configuration or version. */
  "snapshot.of_another": v.object({ list }),
  /** Exports are for administrators only. */
  "snapshot.export_refused": v.object({ list, status: count }),
  /** The ten exports a minute that all clients of an account share. */
  "snapshot.exports_used_up": v.object({ list }),
  /** More than a page changed in one second. */
  "snapshot.export_stuck": v.object({ list }),
  "snapshot.not_completed": v.object({ list, message }),
  /** The first of the records that a page which was listed again shows otherwise, and how many there are. */
  "snapshot.differs": v.object({ list, records: ids, differing: count }),
  "snapshot.count_differs": v.object({ list, known: count, counted: count }),
  "snapshot.not_saved": v.object({ message }),
} as const;
