import { addressKey } from "../domain/protected-address.ts";
import { type ScannedFiles, textIn } from "./records-about.ts";
import { accountKeyOf, linesOf, type RecordSubjects } from "./records-of-many.ts";

/** Subjects to look for; the sets grow during the search. */
interface Growing {
  accounts: Set<string>;
  organizations: Set<number>;
  addresses: Set<string>;
}

/**
 * The same, and whoever decides about the people among them: the contacts of their accounts, the users with these addresses, those that
 * were asked for by id, the organizations that these are in, and the accounts of those.
 */
export async function withPeople(files: ScannedFiles, subjects: RecordSubjects): Promise<RecordSubjects> {
  const growing = {
    accounts: new Set(subjects.accounts),
    organizations: new Set(subjects.organizations),
    addresses: new Set(subjects.addresses),
  };
  await lookFor(files, "usgov_user_contacts.json", growing);
  await lookFor(
    files,
    "usgov_users.json",
    { ...growing, organizations: new Set([...growing.organizations, ...subjects.users]) },
    growing,
  );
  // Whoever else has one of these addresses, and the accounts of the organizations that all of them are in.
  await lookFor(
    files,
    "usgov_user_contacts.json",
    { ...growing, organizations: new Set(), accounts: new Set() },
    growing,
  );
  await lookFor(files, "zendesk_usgov.json", { ...growing, addresses: new Set() }, growing);
  return { ...subjects, ...growing, organizations: new Set([...growing.organizations, ...subjects.users]) };
}

/** Adds what the lines name that are found. */
async function lookFor(
  files: ScannedFiles,
  name: "usgov_users.json" | "usgov_user_contacts.json" | "zendesk_usgov.json",
  wanted: Growing,
  growing = wanted,
): Promise<void> {
  for (const line of (await linesOf(files, name, { ...wanted, names: new Set() })) ?? []) {
    const account = textIn(line, "salesforce_id");
    const address = addressKey(textIn(line, "email") ?? "");
    const home = /"organization_id":(\d+)/.exec(line)?.[1];
    if (account !== null) growing.accounts.add(accountKeyOf(account));
    if (address !== "") growing.addresses.add(address);
    if (home !== undefined) growing.organizations.add(Number(home));
  }
}
