import type { PlantedBug } from "./bug.ts";

/** How organizations, users and contacts are written, and what is said of it. */
export const OF_WRITING: readonly PlantedBug[] = [
  {
    name: "organizations are created without the id by which they are found again",
    file: "lib/sync/organization-rows.ts",
    find: "    name: row.name,\n    external_id: row.salesforce_id,\n",
    replace: "    name: row.name,\n    external_id: null as unknown as string,\n",
    expects: ["what is created belongs to an account that wants it"],
    seed: 6,
  },
  {
    name: "updates overwrite what was edited since they were gathered",
    file: "lib/sync/organization-rows.ts",
    find: "const why = reasonToSkip(row, current.get(row.id), types);",
    replace: "const why = current.has(row.id) ? undefined : reasonToSkip(row, undefined, types);",
    expects: ["no newer edit is overwritten", "every value follows from Salesforce", "results say what was written"],
    seed: 11,
  },
  {
    name: "changes of users overwrite what was edited since they were gathered",
    file: "lib/sync/user-rows.ts",
    find: "reasonToSkip(row, current.get(row.id)) ??",
    replace: "(current.has(row.id) ? undefined : reasonToSkip(row, undefined)) ??",
    expects: ["no newer edit of a user is overwritten", "users are written within their rules"],
    seed: 57,
  },
  {
    name: "users who came to be in several organizations are written",
    file: "lib/sync/user-rows.ts",
    find: "return organizations.length > 1 ? reason(",
    replace: "return organizations.length > 100 ? reason(",
    expects: ["no newer edit of a user is overwritten", "users are written within their rules"],
    seed: 100387,
  },
  {
    name: "nothing is read back",
    file: "lib/sync/apply-rows.ts",
    find: "return await kind.readBack(applied);",
    replace: "return applied.size < 0 ? await kind.readBack(applied) : new Map();",
    expects: ["exact after a run that says 0", "results are true"],
    seed: 8,
  },
  {
    name: "results are written before the answer has come",
    file: "lib/sync/apply-in-jobs.ts",
    find: "  const results = unattempted ? skipRows(job, kind, unattemptedReason(unattempted, stop)) : await apply();\n",
    replace: `  const early = job.map((row) => resultOf(kind.describe(row), { outcome: "applied", reason: null }));
  if (!unattempted) await record(early).catch((error) => errors.push(error));
  const results = unattempted ? skipRows(job, kind, unattemptedReason(unattempted, stop)) : await apply();
  if (!unattempted) {
    line.add(job.length, 0);
    return results;
  }
`,
    expects: ["results say what was written", "results add up"],
    seed: 11,
  },
  {
    name: "organizations are created without a look",
    file: "lib/sync/organization-rows.ts",
    find: "const found = await findCreated(rows, stoppable);",
    replace: "const found = await findCreated(rows.slice(rows.length), stoppable);",
    expects: ["looked for before it is created"],
    seed: 6,
  },
  {
    name: "what is unknown is not looked up",
    file: "lib/sync/apply-rows.ts",
    find: "for (const [row, id] of await kind.lookUp(unknown))",
    replace: "for (const [row, id] of await kind.lookUp([]))",
    expects: ["looked for before it is created"],
    seed: 13,
  },
  {
    name: "results of a job are taken for those of other rows",
    file: "lib/remotes/zendesk/row-outcome.ts",
    find: "return rows.map((row, index) => rowOutcome(results[index], row, index));",
    replace: "return rows.map((row, index) => rowOutcome(results.at(-1 - index), row, index));",
    expects: ["what failed was not done", "results say what was written"],
    seed: 17,
  },
  {
    name: "contacts are due only in the run that creates their organization",
    file: "lib/domain/recent-organizations.ts",
    find: "return sold_tos ? [{ ...organization, sold_tos }] : [];",
    replace: "return sold_tos && sold_tos.length < 0 ? [{ ...organization, sold_tos }] : [];",
    expects: ["exact after two quiet hours", "exact after a run that says 0"],
    seed: 11,
  },
  {
    // Found in seed 76 until contacts were written otherwise: whether another safeguard makes up for it now is not known.
    name: "contacts that failed are taken for settled",
    file: "lib/sync/place-contacts.ts",
    find: 'if (outcome === "applied" || why?.code',
    replace: 'if (outcome !== "skipped" || why?.code',
    expects: ["exact after two quiet hours", "exact after a run that says 0"],
    seed: 19,
  },
  {
    name: "a field of the agents is written",
    file: "lib/sync/organization-rows.ts",
    find: "({ id: row.id, ...row.change })",
    replace:
      "({ id: row.id, ...row.change, organization_fields: { ...row.change.organization_fields, assigned_se: null } })",
    expects: ["only what is ours is written"],
    seed: 6,
  },
  {
    name: "the other instance is written, too",
    file: "bin/commands/run.ts",
    find: "const instances: readonly InstanceName[] = inputs.instance ? [inputs.instance] : INSTANCES;",
    replace: "const instances: readonly InstanceName[] = inputs.instance ? INSTANCES : INSTANCES;",
    expects: ["a run that may not write does not"],
    seed: 99,
  },
  {
    name: "what is applied need not be what was reviewed",
    file: "bin/commands/expected-run.ts",
    find: "if (whole.includes(digest)) return null;",
    replace: "if (whole.includes(digest) || digest.length > 0) return null;",
    expects: ["what was shown is what is written"],
    seed: 13,
  },
  {
    name: "undo forgets the name",
    file: "lib/undo/organization-undo-rows.ts",
    find: `      salesforce_id: result.salesforce_id,
      change,
`,
    replace: `      salesforce_id: result.salesforce_id,
      change: change.organization_fields ? { organization_fields: change.organization_fields } : change,
`,
    expects: ["an undo restores"],
    seed: 124,
  },
  {
    name: "undo passes over what failed for one field that was not kept",
    file: "lib/undo/written-in-part.ts",
    find: 'return outcome === "applied" || (outcome',
    replace: 'return outcome === "applied" || (reason?.code !== "organization.did_not_stick" && outcome',
    expects: ["an undo restores"],
    seed: 101536,
  },
  {
    name: "earlier results stay in the data directory",
    file: "lib/pipeline/session.ts",
    find: "(options.dryRun ? undefined : store.remove(...names))",
    replace: "(options.dryRun || names.length > 0 ? undefined : store.remove(...names))",
    expects: ["results are of the run itself"],
    seed: 80,
  },
];
