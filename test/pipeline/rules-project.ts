import type { TestWorld } from "./world.ts";

/** What jobs of a run keep of what they gathered. */
const JOBS = {
  "zdsync-gather-accounts": ["salesforce_accounts.json", "partner_accounts.json", "merged_accounts.json"],
  "zdsync-gather-orgs-global": ["zendesk_global.json", "zendesk_global_addresses.json"],
  "zdsync-gather-orgs-us-government": ["zendesk_usgov.json"],
  "zdsync-user-sync": ["usgov_users.json", "usgov_user_contacts.json"],
};

/** Puts what a world's preview gathered into the jobs of a pipeline; a later one gathers nothing, as simulations and pushes do. */
export async function keepRunInPipeline(world: TestWorld): Promise<void> {
  const { pipelines } = world.sandbox;
  pipelines.define({ inputs: {}, jobs: () => Object.keys(JOBS).map((name) => ({ name })) });
  const { id } = pipelines.start({ source: "schedule" });
  for (const [job, files] of Object.entries(JOBS)) {
    const artifacts: Record<string, string> = {};
    for (const file of files.flatMap((one) => [one, one.replace(".json", ".manifest.json")]))
      artifacts[`data/${file}`] = await world.text(file);
    pipelines.advance(id, { jobs: { [job]: { status: "success", artifacts } } });
  }
  pipelines.define({ inputs: {}, jobs: () => [{ name: "zdsync-simulate" }] });
  pipelines.start({ source: "trigger" });
}
