/** A user as the API lists it; addresses in lower case. */
export interface ListedUser {
  id: number;
  name: string;
  /** The primary address. */
  email: string | null;
  role: string;
  suspended: boolean;
  /** The default organization. */
  organization_id: number | null;
  /** User field `mark_for_deletion`. */
  marked: boolean;
  /** Absent where Zendesk did not say. */
  created_at?: string | undefined;
}

/** A user found by an address: whether it is the primary one, and every organization the user is in. */
export interface FoundUser extends ListedUser {
  by: "primary" | "secondary";
  organization_ids: number[];
}
