import type { PlantedBug } from "./bug.ts";

/** What is read, and whether it is all there. */
export const OF_GATHERING: readonly PlantedBug[] = [
  {
    name: "pages of Salesforce after the first are dropped",
    file: "lib/remotes/salesforce/read.ts",
    find: "    if (next === null) return;\n    answer",
    replace: "    if (next !== null || next === null) return;\n    answer",
    expects: ["every value follows from Salesforce", "exact after a run that says 0"],
    seed: 1,
  },
  {
    name: "accounts that changed are not asked for again",
    file: "lib/remotes/salesforce/read-accounts.ts",
    find: "      if (!isAsItWas) again.add(id);\n",
    replace: "      if (!isAsItWas && again.has(id)) again.add(id);\n",
    expects: ["every value follows from Salesforce", "exact after a run that says 0", "exact after two quiet hours"],
    seed: 1,
  },
  {
    name: "the end of a list is taken for granted",
    file: "lib/remotes/zendesk/list.ts",
    find: "if (next === null && confirmEnd) {",
    replace: "if (next === null && confirmEnd && confirmEnd !== true) {",
    expects: ["users are written within their rules", "exact after a run that says 0"],
    seed: 25,
  },
  {
    name: "nobody asks how many organizations there are",
    file: "lib/remotes/zendesk/all-organizations.ts",
    find: "return answer.success ? answer.output.count.value : null;",
    replace: "return answer.success ? null : null;",
    expects: ["nothing is written from half a list", "exact after a run that says 0"],
    seed: 20,
  },
  {
    name: "the last day of grace is forgotten",
    file: "lib/domain/entitled-instance.ts",
    find: "return end_date >= expiredEndDate;",
    replace: "return end_date > expiredEndDate;",
    expects: ["every value follows from Salesforce", "exact after a run that says 0", "exact after two quiet hours"],
    seed: 2,
  },
  {
    name: "an override takes nothing away",
    file: "lib/domain/entitlement.ts",
    find: "    else types.delete(type);\n",
    replace: "",
    expects: ["every value follows from Salesforce", "exact after a run that says 0", "exact after two quiet hours"],
    seed: 7,
  },
  {
    name: "pages that differ from the snapshot are not minded",
    file: "lib/remotes/zendesk/snapshot/picture.ts",
    find: "return wrong;",
    replace: "return wrong.slice(wrong.length);",
    expects: ["nothing is written from half a list", "exact after a run that says 0", "exact after two quiet hours"],
    seed: 20,
  },
];
