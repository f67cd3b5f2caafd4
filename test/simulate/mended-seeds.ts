/** Seeds whose stories failed once, and what was wrong with the program or with the look at it: they are always played. */
export const MENDED_SEEDS: readonly { seed: number; was: string }[] = [
  {
    seed: 102,
    was: "one empty answer of Salesforce for all contacts was believed, and user-sync marked every user of us-government",
  },
  {
    seed: 50133,
    was: "results that could not be written to the data directory once were not kept in the history either, and never written again",
  },
  {
    seed: 80,
    was: "a run that ended before it compared left the results of the run before, which looked like its own",
  },
  { seed: 50162, was: "the same, where it was stopped while it looked up contacts" },
  {
    seed: 50241,
    was: "a channel that was not found when the bot looked for its message was taken for one that nobody may read",
  },
  { seed: 50053, was: "a user in an organization that a list left out, told in a note, was taken for forgotten" },
  {
    seed: 60041,
    was: "an organization that a list left out was taken for forgotten: nobody can know that it should be marked",
  },
  { seed: 60117, was: "marks after Salesforce had said twice that there are no partners were taken for made up" },
  {
    seed: 50467,
    was: "contacts were told twice, as placed and as not finished, where the look at who is left without anybody failed",
  },
  { seed: 40073, was: "a contact that was there already, behind a look-up that lied, was told as created by the run" },
  { seed: 159, was: "a rate limit of Slack that ended at a date was taken for one of ten seconds" },
  {
    seed: 50231,
    was: "what an undo tells in JSON was read as what a run tells, so that its failed records were missed",
  },
  {
    seed: 50327,
    was: "a contact whose place a run kept for an address that it could not look up, and noted, was taken for forgotten",
  },
  {
    seed: 60308,
    was: "an organization whose account's id was cleared while a job was under way was looked at as one of no account",
  },
  { seed: 60432, was: "one write to a full disk left what a run had created out of its results and its history" },
  {
    seed: 60548,
    was: "the results of an earlier run were taken for those of a run that was stopped before it wrote anything",
  },
  {
    seed: 50403,
    was: "Slack's history was read again before the moment that a 503 with Retry-After had named",
  },
  { seed: 60212, was: "a message was sent to Slack again before the moment that a 503 with Retry-After had named" },
  {
    seed: 60790,
    was: "the place of somebody whom people moved elsewhere, and whom the data directory remembers, was taken for free",
  },
  {
    seed: 369,
    was: "after a loss of power a run with the number of the dead one took its lock for held, and was refused",
  },
  {
    seed: 80033,
    was: "people in organizations that a first fill had made an hour before were counted for the limit, which does not hold for them",
  },
  {
    seed: 80007,
    was: "a user whose contact is an account's that waits for its organization's name to be free was taken for forgotten",
  },
  {
    seed: 80072,
    was: "what reads went on asking Zendesk, and for tokens, while what writes had been told to wait, and the other way round",
  },
  {
    seed: 80020,
    was: "other streams went on asking Salesforce before the moment that a 503 with Retry-After had named",
  },
  {
    seed: 80080,
    was: "a request that was on its way when an equal one was refused was taken for one that came too early",
  },
  {
    seed: 80088,
    was: "a loss of power while a dead run's lock was taken over left a file that named nobody, and the next run was refused",
  },
  {
    seed: 100387,
    was: "a user who was given a second organization after the lists was marked, because only moves were looked at again",
  },
  {
    seed: 100416,
    was: "a user whose contact is of an account with two organizations was taken for one whom nobody wants any more",
  },
  {
    seed: 100501,
    was: "names handed on from a partner to a customer to a partner, of which each run can do one, were taken for forgotten",
  },
  {
    seed: 101536,
    was: "an undo did not take back what Zendesk had kept of an organization, because one of its fields had not been kept",
  },
  {
    seed: 100852,
    was: "what a job did that an earlier run of the hour had lost sight of, and told as unclear, was asked of the run after it",
  },
  {
    seed: 101528,
    was: "the same, until requests came in another order",
  },
  {
    seed: 101521,
    was: "a mark that an agent set while the run's own was under way was taken for one that nobody wrote",
  },
  {
    seed: 200032,
    was: "an update was taken for made up that came to a record which an agent had set to the same value while its job was waiting",
  },
];
