import * as v from "valibot";

/** The user field that marks a user (U6), where the config names no other (`user_mark_field`). */
export const DEFAULT_USER_MARK_FIELD = "mark_for_deletion";

const Id = v.pipe(v.number(), v.safeInteger(), v.minValue(1));

/** A user of us-government: one record of `usgov_users.json` (U2). Addresses in lower case. */
export const UserSchema = v.object({
  id: Id,
  name: v.string(),
  email: v.nullable(v.string()),
  organization_id: v.nullable(Id),
  role: v.string(),
  suspended: v.boolean(),
  /** True if the user field for marks is set (config `user_mark_field`). */
  marked: v.boolean(),
  /** In how many organizations the user is. */
  memberships: v.pipe(v.number(), v.integer(), v.minValue(0)),
});
export type User = v.InferOutput<typeof UserSchema>;

/** A Salesforce contact that should be a user: one record of `usgov_user_contacts.json` (U3). Address in lower case. */
export const ContactSchema = v.object({
  salesforce_id: v.string(),
  name: v.string(),
  email: v.string(),
  organization_id: Id,
});
export type Contact = v.InferOutput<typeof ContactSchema>;

/** A user to create (`usgov_user_creates.json`). */
export const UserCreateSchema = ContactSchema;
export type UserCreate = Contact;

const UserDifference = v.object({
  name: v.exactOptional(v.string()),
  organization_id: v.exactOptional(v.nullable(Id)),
  mark_for_deletion: v.exactOptional(v.boolean()),
});

/** A user to update (`usgov_user_updates.json`). */
export const UserUpdateSchema = v.object({
  id: Id,
  salesforce_id: v.string(),
  email: v.string(),
  before: UserDifference,
  change: UserDifference,
});
export type UserUpdate = v.InferOutput<typeof UserUpdateSchema>;

/** A user to mark (`usgov_user_not_in_sync.json`). */
export const UserMarkSchema = v.object({
  id: Id,
  salesforce_id: v.nullable(v.string()),
  email: v.string(),
  before: v.object({ mark_for_deletion: v.boolean() }),
  change: v.object({ mark_for_deletion: v.literal(true) }),
});
export type UserMark = v.InferOutput<typeof UserMarkSchema>;
