import { parse, stringify } from "yaml";
import { accountsOf, type Events } from "./scene.ts";

/** Overrides, and what becomes of the remotes themselves. */
export const OF_SURROUNDINGS = {
  "the overrides change": (scene) => {
    const account = scene.whom(accountsOf(scene));
    if (account === undefined) return undefined;
    const before = (parse(scene.world.overrides) as { salesforce_id: string }[]).filter(
      ({ salesforce_id }) => salesforce_id !== account,
    );
    const added = {
      salesforce_id: account,
      reason: "renewal signed",
      subscriptions: { [scene.how(["sub_dotcom_ultimate", "sub_dotcom_premium"])]: scene.other([true, true, false]) },
    };
    scene.sandbox.setOverrides(stringify([...before, added], { aliasDuplicateObjects: false }));
    return { accounts: [account] };
  },
  "the channel is archived or taken back": (scene) => {
    scene.sandbox.archiveSlackChannel(scene.how([true, false]));
    return {};
  },
  "the bot may read the channel, or not": (scene) => {
    scene.sandbox.setSlackHistoryScope(scene.how([true, false]));
    return {};
  },
  "other integrations take job places": (scene) => {
    scene.sandbox.behave(scene.instance, { jobsTakenByOthers: scene.how([0, 10, 29]) });
    return {};
  },
  "Salesforce ends its sessions": (scene) => {
    scene.sandbox.expireSessions();
    return {};
  },
} satisfies Events;
