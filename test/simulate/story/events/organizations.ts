import { accountIn, type Events, organizationsOf, type Scene, type Touched } from "./scene.ts";

/** An edit of one organization's fields by an agent. */
function editFields(scene: Scene, fields: Record<string, unknown>): Touched {
  const organization = scene.whom(organizationsOf(scene));
  if (!organization) return undefined;
  scene.sandbox.editOrganization(scene.instance, organization.id, { organization_fields: fields });
  return { organizations: [{ instance: scene.instance, id: organization.id }], accounts: accountIn(organization) };
}

/** What agents do to organizations in Zendesk. */
export const OF_ORGANIZATIONS = {
  "an agent edits a field of the sync": (scene) =>
    editFields(scene, {
      [scene.how(["account_owner", "technical_account_manager", "sfdc_short_id"])]: `Typed ${scene.word}`,
    }),
  "an agent changes a support level": (scene) =>
    editFields(scene, { support_level: scene.how(["ultimate", "gold", "premium", "community", "expired", null]) }),
  "an agent edits a field of the agents": (scene) => editFields(scene, { assigned_se: `Agent ${scene.word}` }),
  "an agent sets ignore_deletion": (scene) => editFields(scene, { ignore_deletion: scene.how([true, true, false]) }),
  "an agent sets migrating": (scene) => editFields(scene, { migrating: scene.how([true, true, false]) }),
  "an agent marks or unmarks": (scene) => editFields(scene, { mark_for_deletion: scene.how([true, false]) }),
  "an agent clears a salesforce_id": (scene) => editFields(scene, { salesforce_id: null }),
  "an agent shortens a salesforce_id": (scene) => {
    const organization = scene.whom(organizationsOf(scene));
    const [account] = organization ? accountIn(organization) : [];
    if (!organization || !account) return undefined;
    const fields = { salesforce_id: account.slice(0, 15) };
    scene.sandbox.editOrganization(scene.instance, organization.id, { organization_fields: fields });
    return { organizations: [{ instance: scene.instance, id: organization.id }], accounts: [account] };
  },
  "an agent renames an organization": (scene) => {
    const organization = scene.whom(organizationsOf(scene));
    if (!organization) return undefined;
    const other = scene.other(scene.world.salesforce.Account);
    const name = scene.how([`Renamed ${scene.word}`, `Renamed ${scene.word}`, String(other?.Name).trim()]);
    scene.sandbox.editOrganization(scene.instance, organization.id, { name });
    return { organizations: [{ instance: scene.instance, id: organization.id }], accounts: accountIn(organization) };
  },
  "an agent writes a note": (scene) => {
    const organization = scene.whom(organizationsOf(scene));
    if (!organization) return undefined;
    scene.sandbox.editOrganization(scene.instance, organization.id, { notes: `Note ${scene.word}` });
    return { organizations: [{ instance: scene.instance, id: organization.id }] };
  },
  "an agent deletes an organization": (scene) => {
    const organization = scene.whom(organizationsOf(scene));
    if (!organization) return undefined;
    scene.sandbox.deleteOrganization(scene.instance, organization.id);
    return { organizations: [{ instance: scene.instance, id: organization.id }], accounts: accountIn(organization) };
  },
  "an agent makes an organization": (scene) => {
    const account = scene.whom(scene.world.salesforce.Account);
    const name = scene.how([`Made by hand ${scene.word}`, String(account?.Name).trim()]);
    const id = scene.sandbox.addOrganization(scene.instance, { name });
    return { organizations: [{ instance: scene.instance, id }], accounts: account ? [String(account.Id)] : [] };
  },
  "an agent makes an account's organization": (scene) => {
    const account = scene.whom(scene.world.salesforce.Account);
    if (!account) return undefined;
    const id = scene.sandbox.addOrganization(scene.instance, {
      name: `By hand ${scene.word}`,
      external_id: scene.how([String(account.Id), null]),
      organization_fields: { salesforce_id: String(account.Id) },
    });
    return { organizations: [{ instance: scene.instance, id }], accounts: [String(account.Id)] };
  },
} satisfies Events;
