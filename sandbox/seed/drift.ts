import type { ExpectedOrganization } from "./expected.ts";
import type { OrganizationChange, WorldDraft } from "./world-draft.ts";

/** How much of the world is behind, in parts of the ordinary accounts and, for writes that are limited in number, at most. */
const DRIFT = {
  creates: { part: 0.02, most: 300 },
  updates: { part: 0.08, most: 2_000 },
  marks: { part: 0.01, most: 120 },
  downgrades: { part: 0.004, most: 40 },
  markedBefore: { part: 0.03, most: 2_000 },
  leavers: { part: 0.002, most: 60 },
  newContacts: { part: 0.02, most: 150 },
  renamedContacts: { part: 0.03, most: 1_000 },
};

/** The kinds of drift among users, and how often the next user is one. */
const USERS = { leavers: 0.01, newContacts: 0.02, renamedContacts: 0.03 };

type Change = (organization: ExpectedOrganization, draft: WorldDraft) => OrganizationChange;

/** Ways in which an organization lags behind its account; none of them is a downgrade once it is put right. */
const CHANGES: Change[] = [
  () => ({ fields: { account_owner: "Former Owner" } }),
  () => ({ fields: { technical_account_manager: "Former Manager" } }),
  ({ fields }) => ({
    fields: "aar" in fields ? { aar: Number(fields.aar) + 1_000.5 } : { arr: Number(fields.arr) + 1_000.5 },
  }),
  ({ fields }) => ({ fields: "aar" in fields ? { seats_decimal: 7_777 } : { number_of_seats: 7_777 } }),
  ({ fields }) => ({ fields: { support_hold: fields.support_hold !== true } }),
  (_, draft) => ({ name: draft.invention.company() }),
  () => ({ fields: { mark_for_deletion: true } }),
  ({ support_level }) => ({
    fields:
      support_level === "expired"
        ? { expiration_date: "2020-01-31" }
        : { support_level: "expired", account_type: "former_customer", expiration_date: "2020-01-31" },
  }),
];

/** Deals out the ordinary changes of a run, never more than any default limit lets through (S2). */
export class Drift {
  /** Organizations whose account is gone and that are to be marked. */
  readonly marks: number;
  /** Those, and the ones marked long ago. */
  readonly goneAccounts: number;
  readonly #draft: WorldDraft;
  readonly #left: Record<"creates" | "updates" | "downgrades" | keyof typeof USERS, number>;

  constructor(draft: WorldDraft, accounts: number) {
    const quota = ({ part, most }: { part: number; most: number }) => Math.min(Math.floor(accounts * part), most);
    this.#draft = draft;
    this.marks = quota(DRIFT.marks);
    this.goneAccounts = this.marks + quota(DRIFT.markedBefore);
    this.#left = {
      creates: quota(DRIFT.creates),
      updates: quota(DRIFT.updates),
      downgrades: quota(DRIFT.downgrades),
      leavers: quota(DRIFT.leavers),
      newContacts: quota(DRIFT.newContacts),
      renamedContacts: quota(DRIFT.renamedContacts),
    };
  }

  /** Whether the next organization does not exist yet. */
  isMissing(): boolean {
    return this.#draw("creates", DRIFT.creates.part);
  }

  /** Whether the next contact or user is one of these. */
  isAmong(kind: keyof typeof USERS): boolean {
    return this.#draw(kind, USERS[kind]);
  }

  /** What is behind about the next organization; mostly nothing. */
  changeOf(organization: ExpectedOrganization): OrganizationChange {
    const canFall = !["ultimate", "expired"].includes(organization.support_level);
    if (canFall && this.#draw("downgrades", 0.01)) return { fields: { support_level: "ultimate" } };
    if (!this.#draw("updates", DRIFT.updates.part)) return {};
    return this.#draft.random.pick(CHANGES)(organization, this.#draft);
  }

  #draw(kind: "creates" | "updates" | "downgrades" | keyof typeof USERS, part: number): boolean {
    if (!this.#draft.random.chance(part) || this.#left[kind] === 0) return false;
    this.#left[kind] -= 1;
    return true;
  }
}
