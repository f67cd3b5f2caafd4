import type { RunRecord } from "../../lib/storage/runs/run-record.ts";

type Listed = RunRecord["conflicts"][number];

/** Lists in a record of organizations that wait for a person: list name, first word of its keys, and texts. */
export const ATTENTION_LISTS = [
  {
    list: "conflicts",
    word: "conflict",
    heading: "*Conflicts:* skipped until a person resolves them.",
    rest: "more conflicts",
  },
  {
    list: "merged",
    word: "merged",
    heading: "*Merged accounts:* their organizations are kept until a person resolves them.",
    rest: "more organizations of merged accounts",
  },
  {
    list: "moved",
    word: "moved",
    heading: "*Accounts that moved to the other instance:* their organizations are kept until a person resolves them.",
    rest: "more organizations of moved accounts",
  },
] as const;

/** The key under which an organization of such a list is known: `conflict COMPARISON ACCOUNT ORGANIZATION`. Pure. */
export function attentionKey(word: string, { comparison, salesforce_id, id }: Listed): string {
  return `${word} ${comparison} ${salesforce_id} ${id}`;
}

/** All organizations of a record that wait for a person. Pure. */
export function waitingIn(record: Pick<RunRecord, (typeof ATTENTION_LISTS)[number]["list"]>): Listed[] {
  return ATTENTION_LISTS.flatMap(({ list }) => record[list]);
}
