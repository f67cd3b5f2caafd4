import { addressKey } from "../domain/protected-address.ts";
import { toId18 } from "../domain/salesforce-id.ts";
import type { AccountExplanation, PersonExplanation } from "../explain/account-explanation.ts";
import { isSame } from "../explain/answer-people.ts";
import type { PastEvidence, Subject } from "../explain/evidence.ts";
import type { EvidenceIndex } from "../explain/evidence-index.ts";
import { type ExplainOptions, explainAccount } from "../explain/explain-account.ts";
import type { Row } from "./model.ts";
import { addressIn, isAboutPerson } from "./page/person-of-row.ts";

/** Beside what the run itself knew. */
interface RowOptions extends ExplainOptions {
  past?: PastEvidence | undefined;
  /** The people whom the row is known to be about, where other rules tell another reason of them. */
  people?: readonly PersonExplanation[] | undefined;
}

/**
 * Explains a row as `zdsync explain` explains its account, or, where it is about people, these; in the row's own instance only. Null for
 * a row that names nobody whom the evidence knows. Pure.
 */
export function explainRow(index: EvidenceIndex, row: Row, options: RowOptions = {}): AccountExplanation | null {
  const subject = isAboutPerson(row) ? personOf(index, row) : accountOf(row);
  if (subject === null) return null;
  const { past, people: known = [], ...how } = options;
  const whole = explainAccount({ ...index.of(subject), ...(past && { past }) }, how);
  const isShown = (one: { instance: Row["instance"] }) => row.instance === null || one.instance === row.instance;
  const instances = whole.instances.filter(isShown);
  const named = whole.people.filter(isShown);
  const people = named.length > 0 || !isAboutPerson(row) ? named : peopleOfNote(index, row, instances, known);
  return { ...whole, instances, people };
}

function accountOf({ salesforce_id, id, instance }: Row): Subject | null {
  if (salesforce_id === null && (id === null || instance === null)) return null;
  const organizations = id === null || instance === null ? [] : [{ instance, id }];
  return {
    salesforce_id: salesforce_id === null ? null : (toId18(salesforce_id) ?? salesforce_id),
    organizations,
    email: null,
  };
}

/** By the address that the change names, or that the user with its id has; else only the account of whom it is about. */
function personOf(index: EvidenceIndex, row: Row): Subject | null {
  const address = addressIn(row) ?? (row.id_of === "user" && row.id !== null ? index.addressOfUser(row.id) : null);
  const email = address === null ? null : addressKey(address);
  if (row.salesforce_id === null) return email === null ? null : index.subjectWith(email);
  return { salesforce_id: toId18(row.salesforce_id) ?? row.salesforce_id, organizations: [], email };
}

/** A note about contacts names none of them: it is about those of whom the same is found again. */
function peopleOfNote(
  index: EvidenceIndex,
  { reason }: Row,
  instances: AccountExplanation["instances"],
  known: readonly PersonExplanation[],
): PersonExplanation[] {
  if (reason === null) return [];
  const addresses = new Set(known.map(({ email }) => email));
  const isMeant = (one: PersonExplanation) => {
    if (known.length > 0) return addresses.has(one.email);
    if (reason.code === "contact.address_repeated") return index.hasSeveralContacts(one.email);
    return isSame(one.reason, reason);
  };
  return instances.flatMap(({ contacts }) => contacts).filter(isMeant);
}
