import * as v from "valibot";
import { COMPARISONS } from "../comparisons.ts";
import { INSTANCES } from "../instance.ts";

/*
 * What parameters of reasons may be: plain JSON, so that they go through files and logs as they are. Records are named by id, fields
 * and settings by their own names; never a customer's name or address.
 */

/** A reason that needs no parameters. */
export const nothing = v.object({});
/** A Zendesk id of an organization or a user. */
export const id = v.pipe(v.number(), v.finite());
export const ids = v.array(id);
/** An 18-character Salesforce account id. */
export const account = v.string();
/** Names of fields. */
export const fields = v.array(v.string());
export const count = v.pipe(v.number(), v.finite());
export const day = v.string();
export const flag = v.boolean();
export const instance = v.picklist(INSTANCES);
export const comparison = v.picklist(COMPARISONS);
/** A word of ours or of a remote (an effect, a status, an error code). */
export const word = v.string();
/** An effect that a limit or a person counts: `marks`. */
export const effect = v.pipe(v.string(), v.regex(/^[a-z_]{1,40}$/));
/** The name of a file, a setting or a place in a file (`plans.yml:12`). */
export const place = v.string();
/** A whole sentence of an error that has no code of its own; already free of secrets and of customers' data. Shown, never compared. */
export const message = v.string();
export const messages = v.array(message);

/** Parameters whose only content is what could not be read: a field, and what was expected there. */
export const unreadable = v.object({ problem: message });
