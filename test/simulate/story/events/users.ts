import type { ContactRecord } from "../../../../sandbox/seed/records.ts";
import { addressesOf, type Events, organizationsOf, type Scene, type Touched, usersOf } from "./scene.ts";

function editUserOf(scene: Scene, change: Record<string, unknown>): Touched {
  const user = scene.whom(usersOf(scene));
  if (!user) return undefined;
  scene.sandbox.editUser(scene.instance, user.id, change);
  return { users: [{ instance: scene.instance, id: user.id }] };
}

/** What happens to users in Zendesk. */
export const OF_USERS = {
  "somebody writes to support": (scene) => {
    const contact = scene.whom(addressesOf(scene.world));
    if (!contact) return undefined;
    const organization = scene.how([null, null, scene.other(organizationsOf(scene))?.id ?? null]);
    const id = scene.sandbox.addUser(scene.instance, {
      name: "Somebody Known",
      email: contact,
      ...(organization === null ? {} : { organization_id: organization }),
    });
    return { users: [{ instance: scene.instance, id }] };
  },
  "a user is renamed": (scene) => editUserOf(scene, { name: `Renamed ${scene.word}` }),
  "a user is suspended or freed": (scene) => editUserOf(scene, { suspended: scene.how([true, false]) }),
  "a user becomes an agent": (scene) => editUserOf(scene, { role: scene.how(["agent", "end-user"]) }),
  "a user is moved": (scene) =>
    editUserOf(scene, { organization_id: scene.how([null, scene.other(organizationsOf(scene))?.id ?? null]) }),
  "a user gets a second address": (scene) => {
    const address = scene.other(addressesOf(scene.world));
    return address === undefined ? undefined : editUserOf(scene, { email: address });
  },
  "a user joins one more organization": (scene) => {
    const user = scene.whom(usersOf(scene));
    const organization = scene.how(organizationsOf(scene));
    if (!user || !organization || user.organization_ids.includes(organization.id)) return undefined;
    scene.sandbox.addMembership(scene.instance, user.id, organization.id);
    return { users: [{ instance: scene.instance, id: user.id }] };
  },
  "an agent is quicker with a user whom a run is about to change": (scene) => {
    const contacts = scene.world.salesforce.Contact as ContactRecord[];
    const names = new Map(contacts.map(({ Email, Name }) => [Email?.trim().toLowerCase(), Name]));
    const user = scene.whom(
      scene.world.zendesk["us-government"].users.filter(({ email, name }) => {
        const wanted = names.get(email?.toLowerCase());
        return wanted !== undefined && wanted !== name;
      }),
    );
    if (!user) return undefined;
    const change = scene.how<Record<string, unknown>>([
      { name: `Renamed ${scene.word}` },
      { suspended: true },
      { role: "agent" },
      { organization_id: scene.other(scene.world.zendesk["us-government"].organizations)?.id ?? null },
    ]);
    scene.sandbox.editUser("us-government", user.id, change);
    return { users: [{ instance: "us-government", id: user.id }] };
  },
  "a user is deleted": (scene) => {
    const user = scene.whom(usersOf(scene).filter(({ role }) => role === "end-user"));
    if (!user) return undefined;
    scene.sandbox.deleteUser(scene.instance, user.id);
    return { users: [{ instance: scene.instance, id: user.id }] };
  },
} satisfies Events;
