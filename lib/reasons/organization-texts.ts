import type { ORGANIZATION_REASONS } from "../domain/reasons/organizations.ts";
import { clause, listed, NOTHING_TO_DO, type Place, records, type Texts } from "./texts.ts";

const UNCLEAR = "the account or its organization could not be read, or exists more than once";
const LOOK_AT_THE_OTHERS = "See the other findings about this account, and correct the problems they name.";

interface Contest {
  holder_ids: number[];
  holders: number;
  rival_accounts: string[];
  rival_organization_ids: number[];
  rivals: number;
}

/** Lists who else has a name or wants it, by id. */
function contestOf({ holder_ids, holders, rival_accounts, rival_organization_ids, rivals }: Contest): string {
  const labels = [
    ...rival_accounts.map((one) => `account ${one}`),
    ...rival_organization_ids.map((one) => `organization ${one}`),
  ];
  return [
    ...(holders > 0 ? [`taken by ${records("organization", holder_ids, holders)}`] : []),
    ...(rivals > 0 ? [`also claimed by ${listed(labels, rivals)}`] : []),
  ].join(", and ");
}

const RENAME_ONE = "Rename one of them in Zendesk or in Salesforce.";

function holderOf(organization_ids: readonly number[]): string {
  return organization_ids.length > 0
    ? records("organization", organization_ids)
    : "an organization that zdsync cannot see";
}

/** The way to allow marks of merged accounts' organizations, by place. */
const MERGED_MARKS: Record<Place, string> = {
  terminal: "--allow merged_marks",
  gitlab: "the input allow: merged_marks",
  slack: "--allow merged_marks (at a terminal, or as the pipeline's input allow)",
};

/** Says where the winner of a merge has its organization, and what to do in Zendesk. */
function winnerOf(winner: string, organization_ids: readonly number[]): [where: string, advice: string] {
  if (organization_ids.length > 0)
    return [
      `whose organization is ${listed(organization_ids)}`,
      "In Zendesk, merge this organization into that one: its users and tickets follow.",
    ];
  if (winner === "being created")
    return ["whose organization this run creates", "When it exists, merge this organization into it in Zendesk."];
  return [
    "which has no organization in this instance",
    "In Zendesk, write that id into its salesforce_id, or move its users and tickets.",
  ];
}

export const ORGANIZATION_TEXTS: Texts<typeof ORGANIZATION_REASONS> = {
  "organization.unreadable": {
    title: "organization not readable",
    say: ({ problem }) => [
      `The organization could not be read from Zendesk and was quarantined: ${clause(problem)}.`,
      "Correct the field in Zendesk.",
    ],
  },
  "organization.account_unclear": {
    title: "account unclear",
    say: () => [`The organization was skipped: ${UNCLEAR}.`, LOOK_AT_THE_OTHERS],
  },
  "organization.shares_account": {
    title: "two organizations of one account",
    say: ({ organization_ids }) => [
      `The organization was skipped: it shares its salesforce_id with ${records("organization", organization_ids)}.`,
      "Merge them in Zendesk, or correct the salesforce_id of one.",
    ],
  },
  "organization.account_id_invalid": {
    title: "salesforce_id not valid",
    say: () => [
      "The organization was skipped: its salesforce_id is not a valid Salesforce id.",
      "Correct the field in Zendesk.",
    ],
  },
  "organization.account_id_missing": {
    title: "salesforce_id missing",
    say: () => [
      "The organization was skipped: its external_id names the account, but its salesforce_id is empty.",
      "Fill in the field salesforce_id in Zendesk.",
    ],
  },
  "organization.without_account": {
    title: "organization without account",
    say: () => ["The organization was skipped: it has no salesforce_id.", NOTHING_TO_DO],
  },
  "organization.of_partner": {
    title: "partner in us-government",
    say: () => [
      "The organization was skipped: it belongs to a partner, and partners are synced in global only.",
      "Check whether it is still needed in us-government.",
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
      `No organization was created for the account: ${records("organization", organization_ids)} ${organization_ids.length === 1 ? "has" : "have"} its id as external_id, but a different salesforce_id or none.`,
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
      "Clear its mark_for_deletion in Zendesk now; otherwise it may be deleted.",
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
      "The organization was not marked: a record of this run could not be identified, so its account may still exist.",
      "Correct the records named in the notes of gather-accounts and gather-orgs.",
    ],
  },
  "mark.account_moved": {
    title: "moved to the other instance",
    say: () => [
      "The organization was not marked: its account no longer has a subscription in this instance, but has one in the other.",
      "In Zendesk, set migrating while its tickets are moved. Then mark it by hand, or set moved_organizations: mark in the config.",
    ],
  },
  "mark.of_moved_account": {
    title: "marked, and its account moved to the other instance",
    say: () => [
      "The organization is already marked for deletion. Its account no longer has a subscription in this instance, but has one in the other.",
      "If its tickets have been moved, there is nothing to do. If not, clear its mark_for_deletion and set migrating until they have been; otherwise it may be deleted.",
    ],
  },
  "mark.account_merged": {
    title: "account merged into another",
    say: ({ merged_into, winner, organization_ids, forgotten_from }, place) => {
      const [where, advice] = winnerOf(winner, organization_ids);
      return [
        `The organization was not marked: its account was merged into ${merged_into}, ${where}.`,
        `${advice} From about ${forgotten_from}, it is marked only with ${MERGED_MARKS[place]}.`,
      ];
    },
  },
  "mark.merge_forgotten": {
    title: "account merged into another long ago",
    say: ({ merged_into, winner, organization_ids, organizations }, place) => {
      const [where, advice] = winnerOf(winner, organization_ids);
      return [
        `The organization was not marked: its account was merged into ${merged_into}, ${where}; Salesforce no longer shows the merge, but zdsync recorded it.`,
        `${advice} To mark it anyway, run with ${MERGED_MARKS[place]}=${organizations}.`,
      ];
    },
  },
  "mark.of_merged_account": {
    title: "marked, and its account merged into another",
    say: ({ merged_into, winner, organization_ids }) => {
      const [where, advice] = winnerOf(winner, organization_ids);
      return [
        `The organization is already marked for deletion, and its account was merged into ${merged_into}, ${where}.`,
        `${advice} Until then, clear its mark_for_deletion so that it is not deleted; zdsync will not mark it again in the meantime.`,
      ];
    },
  },
  "organization.exists_already": {
    title: "already exists",
    say: () => ["The account's organization already exists.", NOTHING_TO_DO],
  },
  "organization.external_id_conflict": {
    title: "external_id conflict",
    say: ({ organization_id }) => [
      `The organization was not created: organization ${organization_id} has the account's id as external_id, but not as salesforce_id.`,
      "Correct one of the two fields in Zendesk.",
    ],
  },
  "organization.already_so": {
    title: "already up to date",
    say: () => ["The organization was already up to date.", NOTHING_TO_DO],
  },
  "organization.changed_since": {
    title: "changed in the meantime",
    say: ({ fields }) => [
      `The organization was not written: ${listed(fields)} changed after zdsync last read it.`,
      "Nothing to do: the next run checks again. An undo leaves the record to you.",
    ],
  },
  "organization.gone": {
    title: "gone",
    say: () => ["The organization was not written: it no longer exists in Zendesk.", NOTHING_TO_DO],
  },
  "organization.did_not_stick": {
    title: "was not saved",
    say: ({ fields }) => [
      `Zendesk accepted the update of the organization, but these fields were not saved: ${listed(fields)}.`,
      "Check whether a trigger, an app or the field's settings in Zendesk change them back.",
    ],
  },
};
