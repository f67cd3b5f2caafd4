import type { ORGANIZATION_REASONS } from "../domain/reasons/organizations.ts";
import { clause, listed, NOTHING_TO_DO, type Place, records, type Texts } from "./texts.ts";

const UNCLEAR = "the account or its organization could not be read, or is there more than once";
const LOOK_AT_THE_OTHERS = "See the other findings about this account, and correct what they name.";

interface Contest {
  holder_ids: number[];
  holders: number;
  rival_accounts: string[];
  rival_organization_ids: number[];
  rivals: number;
}

/** Who else has a name or wants it, by id. */
function contestOf({ holder_ids, holders, rival_accounts, rival_organization_ids, rivals }: Contest): string {
  const labels = [
    ...rival_accounts.map((one) => `account ${one}`),
    ...rival_organization_ids.map((one) => `organization ${one}`),
  ];
  return [
    ...(holders > 0 ? [`taken by ${records("organization", holder_ids, holders)}`] : []),
    ...(rivals > 0 ? [`also wanted by ${listed(labels, rivals)}`] : []),
  ].join(", and ");
}

const RENAME_ONE = "Give one of them another name, in Zendesk or in Salesforce.";

function holderOf(organization_ids: readonly number[]): string {
  return organization_ids.length > 0
    ? records("organization", organization_ids)
    : "an organization that zdsync cannot see";
}

/** How marks of merged accounts' organizations are allowed, and where. */
const MERGED_MARKS: Record<Place, string> = {
  terminal: "--allow merged_marks",
  gitlab: "the input allow: merged_marks",
  slack: "--allow merged_marks (at a terminal, or as the pipeline's input allow)",
};

/** Where the winner of a merge has its organization, and what to do in Zendesk. */
function winnerOf(winner: string, organization_ids: readonly number[]): [where: string, advice: string] {
  if (organization_ids.length > 0)
    return [
      `whose organization is ${listed(organization_ids)}`,
      "In Zendesk, merge this organization into that one: its users and tickets follow.",
    ];
  if (winner === "being created")
    return ["whose organization this run creates", "In Zendesk, merge this organization into that one then."];
  return [
    "which has no organization in this instance",
    "In Zendesk, write that id into its salesforce_id, or move its users and tickets.",
  ];
}

export const ORGANIZATION_TEXTS: Texts<typeof ORGANIZATION_REASONS> = {
  "organization.unreadable": {
    title: "organization not readable",
    say: ({ problem }) => [
      `The organization could not be read from Zendesk and is left alone: ${clause(problem)}.`,
      "Correct the field in Zendesk.",
    ],
  },
  "organization.account_unclear": {
    title: "account unclear",
    say: () => [`The organization was left alone: ${UNCLEAR}.`, LOOK_AT_THE_OTHERS],
  },
  "organization.shares_account": {
    title: "two organizations of one account",
    say: ({ organization_ids }) => [
      `The organization was left alone: it shares its salesforce_id with ${records("organization", organization_ids)}.`,
      "Merge them in Zendesk, or correct the salesforce_id of one.",
    ],
  },
  "organization.account_id_invalid": {
    title: "salesforce_id not valid",
    say: () => [
      "The organization was left alone: its salesforce_id is not a valid Salesforce id.",
      "Correct the field in Zendesk.",
    ],
  },
  "organization.account_id_missing": {
    title: "salesforce_id missing",
    say: () => [
      "The organization was left alone: its external_id names the account, but its salesforce_id is empty.",
      "Fill in the field salesforce_id in Zendesk.",
    ],
  },
  "organization.without_account": {
    title: "organization without account",
    say: () => ["The organization was left as it is: it has no salesforce_id.", NOTHING_TO_DO],
  },
  "organization.of_partner": {
    title: "partner in us-government",
    say: () => [
      "The organization was left alone: it is a partner's, and partners are kept in global only.",
      "Look whether it is still needed in us-government.",
    ],
  },
  "create.account_unclear": {
    title: "account unclear",
    say: () => [`No organization was created for the account: ${UNCLEAR}.`, LOOK_AT_THE_OTHERS],
  },
  "create.excluded": {
    title: "account excluded from creation",
    say: () => [
      "No organization was created for the account: excluded_account_ids in the config names it.",
      NOTHING_TO_DO,
    ],
  },
  "create.external_id_taken": {
    title: "external_id taken",
    say: ({ organization_ids }) => [
      `No organization was created for the account: ${records("organization", organization_ids)} ${organization_ids.length === 1 ? "has" : "have"} its id as external_id, and another salesforce_id or none.`,
      "Correct one of the two fields in Zendesk.",
    ],
  },
  "create.name_contested": {
    title: "name conflict",
    say: (contest) => [`No organization was created for the account: its name is ${contestOf(contest)}.`, RENAME_ONE],
  },
  "rename.name_contested": {
    title: "name conflict",
    say: (contest) => [`The organization was not renamed: the name is ${contestOf(contest)}.`, RENAME_ONE],
  },
  "create.name_taken": {
    title: "name taken",
    say: ({ organization_ids }) => [
      `No organization was created for the account: its name is taken by ${holderOf(organization_ids)}.`,
      RENAME_ONE,
    ],
  },
  "rename.name_taken": {
    title: "name taken",
    say: ({ organization_ids }) => [
      `The organization was not renamed: the name is taken by ${holderOf(organization_ids)}.`,
      RENAME_ONE,
    ],
  },
  "mark.protected": {
    title: "protected",
    say: () => ["The organization was not marked: protected_ids in the config names its account.", NOTHING_TO_DO],
  },
  "mark.of_protected": {
    title: "marked, although protected",
    say: () => [
      "The organization is marked for deletion, although protected_ids in the config names its account.",
      "Clear its mark_for_deletion in Zendesk now: whatever deletes marked organizations may delete it.",
    ],
  },
  "mark.ignore_deletion": {
    title: "ignore_deletion is set",
    say: () => ["The organization was not marked: its field ignore_deletion is set.", NOTHING_TO_DO],
  },
  "mark.migrating": {
    title: "migrating",
    say: () => ["The organization was not marked: it is migrating to the other instance.", NOTHING_TO_DO],
  },
  "mark.withheld": {
    title: "marks withheld",
    say: () => [
      "The organization was not marked: a record of this run could not be identified, so its account may still be there.",
      "Correct the records that the notes of gather-accounts and gather-orgs name.",
    ],
  },
  "mark.account_moved": {
    title: "moved to the other instance",
    say: () => [
      "The organization was not marked: its account has no subscription in this instance any more, and one in the other.",
      "In Zendesk, set migrating while its tickets are moved; then mark it by hand, or set moved_organizations: mark.",
    ],
  },
  "mark.of_moved_account": {
    title: "marked, and its account moved to the other instance",
    say: () => [
      "The organization is marked for deletion already, and its account has no subscription in this instance any more, and one in the other.",
      "If its tickets have been moved, nothing is to be done. If not, clear its mark_for_deletion and set migrating until they are: others may delete what is marked.",
    ],
  },
  "mark.account_merged": {
    title: "account merged into another",
    say: ({ merged_into, winner, organization_ids, forgotten_from }, place) => {
      const [where, advice] = winnerOf(winner, organization_ids);
      return [
        `The organization was not marked: its account was merged into ${merged_into}, ${where}.`,
        `${advice} From about ${forgotten_from} on it is marked only with ${MERGED_MARKS[place]}.`,
      ];
    },
  },
  "mark.merge_forgotten": {
    title: "account merged into another long ago",
    say: ({ merged_into, winner, organization_ids, organizations }, place) => {
      const [where, advice] = winnerOf(winner, organization_ids);
      return [
        `The organization was not marked: its account was merged into ${merged_into}, ${where}; only zdsync's memory still knows.`,
        `${advice} To mark it all the same, run with ${MERGED_MARKS[place]}=${organizations}.`,
      ];
    },
  },
  "mark.of_merged_account": {
    title: "marked, and its account merged into another",
    say: ({ merged_into, winner, organization_ids }) => {
      const [where, advice] = winnerOf(winner, organization_ids);
      return [
        `The organization is marked for deletion already, and its account was merged into ${merged_into}, ${where}.`,
        `${advice} Until that is done, clear its mark_for_deletion: others may delete what is marked, and zdsync does not mark it again meanwhile.`,
      ];
    },
  },
  "organization.exists_already": {
    title: "exists already",
    say: () => ["The organization of the account exists already.", NOTHING_TO_DO],
  },
  "organization.external_id_conflict": {
    title: "external_id conflict",
    say: ({ organization_id }) => [
      `The organization was not created: organization ${organization_id} has the account's id as external_id, but not as salesforce_id.`,
      "Correct one of the two fields in Zendesk.",
    ],
  },
  "organization.already_so": {
    title: "already so",
    say: () => ["The organization already was as wanted.", NOTHING_TO_DO],
  },
  "organization.changed_since": {
    title: "changed meanwhile",
    say: ({ fields }) => [
      `The organization was not written: somebody changed ${listed(fields)} since zdsync last read it.`,
      "Nothing to do: the next run looks again. An undo leaves it to you.",
    ],
  },
  "organization.gone": {
    title: "gone",
    say: () => ["The organization was not written: it is not in Zendesk any more.", NOTHING_TO_DO],
  },
  "organization.did_not_stick": {
    title: "did not stick",
    say: ({ fields }) => [
      `The organization was written, but Zendesk did not keep it: ${listed(fields)}.`,
      "Look whether a trigger, an app or a field's settings in Zendesk change it back.",
    ],
  },
};
