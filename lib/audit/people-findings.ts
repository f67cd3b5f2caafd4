import type { User } from "../domain/user.ts";
import type { AuditSources } from "./audit.ts";
import { type AuditExample, type AuditFinding, example, findingIn } from "./finding.ts";

/** Users and contacts of us-government that are where they should not be (U2–U5). Of global, only sold-to addresses are known. */
export function peopleFindings({ people, instances }: AuditSources): AuditFinding[] {
  if (people === null) return [];
  const { users, contacts, notes } = people;
  const instance = "us-government" as const;
  const organizations = new Map((instances[instance]?.organizations ?? []).map((one) => [one.id, one]));
  const asExample = ({ id, organization_id }: User): AuditExample => {
    const organization = organization_id === null ? undefined : organizations.get(organization_id);
    return example({
      salesforce_id: organization?.account_id ?? null,
      organization_ids: organization_id === null ? [] : [organization_id],
      user_ids: [id],
    });
  };
  const wanted = Map.groupBy(contacts, ({ email }) => email);
  const endUsers = users.filter(({ role, suspended }) => role === "end-user" && !suspended);
  const wantedOf = ({ email }: User) => (email === null ? [] : (wanted.get(email) ?? []));
  const agents = users.filter(({ role, organization_id: id }) => role !== "end-user" && id !== null && ofCustomer(id));
  function ofCustomer(id: number): boolean {
    return (organizations.get(id)?.account_id ?? null) !== null;
  }
  const misplaced = endUsers.filter((user) => {
    const homes = wantedOf(user).map(({ organization_id }) => organization_id);
    return user.organization_id !== null && homes.length > 0 && !homes.includes(user.organization_id);
  });
  const homeless = endUsers.filter((user) => user.organization_id === null && wantedOf(user).length > 0);
  const unusable = notes.filter(({ reason: { code } }) => code === "contact.address_unusable");
  return [
    ...findingIn("audit.agent_in_customers_organization", instance, agents.map(asExample)),
    ...findingIn("audit.user_in_other_organization", instance, misplaced.map(asExample)),
    ...findingIn("audit.user_without_organization", instance, homeless.map(asExample)),
    ...findingIn(
      "audit.contact_without_address",
      instance,
      unusable.map(({ salesforce_id }) => example({ salesforce_id })),
    ),
  ];
}
