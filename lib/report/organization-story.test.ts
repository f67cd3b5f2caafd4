import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { cp, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { RUN_TIMEOUT, startWorld, type TestWorld } from "../../test/pipeline/world.ts";
import { ArtifactStore } from "../artifacts/store.ts";
import type { InstanceStory, OrganizationStory } from "./organization-story.ts";
import { tellOrganizations } from "./tell-organizations.ts";

setDefaultTimeout(RUN_TIMEOUT);

/* What a real run over the sandbox left behind, told organization by organization. */

let world: TestWorld;
beforeAll(async () => {
  world = await startWorld({ accounts: 150 });
  expect((await world.run()).exit).toBe(0);
});
afterAll(() => world[Symbol.asyncDispose]());

function accountOf(oddity: string): string {
  const found = world.sandbox.world.oddities.find(({ name }) => name === oddity)?.salesforce_id;
  if (!found) throw new Error(`the sandbox has no oddity ${oddity}`);
  return found;
}

async function tell(asked: string, directory = world.dataDir): Promise<OrganizationStory> {
  const { told } = await tellOrganizations([asked], new ArtifactStore(directory));
  if (told[0]?.is !== "story") throw new Error(`${asked}: ${told[0]?.is}`);
  return told[0].story;
}

const inGlobal = (story: OrganizationStory) => inInstance(story, 0);
const inGovernment = (story: OrganizationStory) => inInstance(story, 1);
function inInstance({ instances }: OrganizationStory, index: number): InstanceStory {
  const story = instances[index];
  if (!story) throw new Error("no story of this instance");
  return story;
}

const reasons = ({ notes }: Pick<InstanceStory, "notes">) =>
  notes.map(({ rule, reason: { code } }) => `${rule} ${code}`);

describe("what was done", () => {
  test("an update, field by field, with its outcome", async () => {
    const story = await tell(accountOf("E3 E11 charge a day past grace"));
    expect(story).toMatchObject({ source: "A customer account in Salesforce (Customer).", notes: [] });
    expect(inGlobal(story)).toMatchObject({ inSource: true, supportLevel: "expired", nothing: null });
    expect(inGlobal(story).changes).toMatchObject([{ does: "update", outcome: "applied" }]);
    expect(inGlobal(story).changes[0]?.values).toContainEqual({
      field: "support_level",
      before: "premium",
      after: "expired",
    });
    expect(inGovernment(story)).toMatchObject({ organizations: [], nothing: "Nothing of this account counts here." });
  });

  test("a create: the new organization's id, and each contact with its outcome and reason", async () => {
    const story = inGlobal(await tell(accountOf("Y2 sold-to address of an agent")));
    expect(story.changes).toMatchObject([{ does: "create", outcome: "applied" }]);
    expect(story.organizations).toHaveLength(1);
    expect(story.organizations[0]?.name).toBeString();
    expect(story.contacts).toMatchObject([{ outcome: "skipped", reason: { code: "contact.is_staff" } }]);
    const byZendeskId = await tell(String(story.organizations[0]?.id));
    expect(byZendeskId.salesforceId).toBe(accountOf("Y2 sold-to address of an agent"));
  });

  test("a mark, and why", async () => {
    const story = await tell(accountOf("E1 C4 account without any subscription, with organization"));
    expect(reasons(story)).toEqual(["E1 account.without_subscription"]);
    expect(inGlobal(story)).toMatchObject({ inSource: false, changes: [{ does: "mark", outcome: "applied" }] });
  });

  test("users of us-government stand with their outcome", async () => {
    const story = inGovernment(await tell(accountOf("U5 new contact")));
    expect(story.contacts.map(({ outcome }) => outcome)).toContain("applied");
  });
});

describe("why it is absent, or left as it is", () => {
  test.each([
    ["C2 organization deleted on purpose, account excluded", "C2 create.excluded"],
    ["C7 create whose name an existing organization has", "C7 create.name_contested"],
    ["C7 two organizations with one salesforce_id", "C7 organization.shares_account"],
    ["C4 ignore_deletion", "C4 mark.ignore_deletion"],
    ["C4 protected id", "C4 mark.protected"],
  ])("%s", async (oddity, finding) => {
    const story = await tell(accountOf(oddity));
    expect(reasons(inGlobal(story))).toContain(finding);
    expect(inGlobal(story).nothing).toMatch(/the findings say why/);
  });

  test("without subscription (E1), an unknown charge (E2): said of the account", async () => {
    expect(reasons(await tell(accountOf("E13 expiration a day more than three years and one day ago")))).toContain(
      "E1 account.without_subscription",
    );
    expect(reasons(await tell(accountOf("E2 unknown charge name beside a known one")))).toContain("E2 charge.unknown");
  });

  test("expired and never created; in order; gone from Salesforce and marked already; partner", async () => {
    const nothing = async (oddity: string) => inGlobal(await tell(accountOf(oddity))).nothing;
    expect(await nothing("C2 expired account with the name of a create")).toBe(
      "No organization here, and none is created: its support has expired.",
    );
    expect(await nothing("E3 charge on the 15th and last day of grace")).toBe(
      "Everything is as it should be: nothing to do.",
    );
    const gone = await tell(accountOf("C4 marked already"));
    expect(gone.source).toBe("Salesforce has no customer or partner account with this id (any more).");
    expect(inGlobal(gone)).toMatchObject({
      marked: true,
      nothing: "Not in the source, and marked for deletion already.",
    });
    expect((await tell(accountOf("P4 new partner, created without contacts"))).source).toStartWith("A partner account");
  });
});

describe("by name, and nobody", () => {
  test("several with one name, by id; nobody: what is close; several questions, one reading", async () => {
    const twins = await tell(accountOf("C7 create with the name of another create, in capitals"));
    const { told } = await tellOrganizations(
      [twins.name ?? "", `${twins.name?.slice(0, -1)}#`, "nobody has ever heard of them"],
      new ArtifactStore(world.dataDir),
    );
    expect(told[0]).toMatchObject({ is: "several", more: 0 });
    expect(told[0]?.is === "several" && told[0].subjects.map((one) => one.salesforceId)).toContain(twins.salesforceId);
    expect(told[1]?.is === "none" && told[1].nearest.length).toBeGreaterThan(0);
    expect(told[2]).toEqual({ is: "none", nearest: [] });
  });
});

describe("files that are missing, damaged, or of another run", () => {
  const folder = async () => {
    const path = await mkdtemp(join(tmpdir(), "zdsync-story-"));
    return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
  };

  test("an empty folder: nobody is known, every file is missing", async () => {
    await using empty = await folder();
    const { told, run } = await tellOrganizations(["Example"], new ArtifactStore(empty.path));
    expect(told).toEqual([{ is: "none", nearest: [] }]);
    expect(run.missing).toContain("zendesk_global.json");
  });

  test("the history of a run alone: what it planned and did; what cannot be told is said", async () => {
    const [run] = await readdir(join(world.dataDir, "history"));
    const story = await tell(accountOf("E3 E11 charge a day past grace"), join(world.dataDir, "history", run ?? ""));
    expect(inGlobal(story)).toMatchObject({ inSource: null, changes: [{ does: "update", outcome: "applied" }] });
    expect(story.source).toContain("cannot be told");
    expect(inGovernment(story).nothing).toContain("cannot be told");
  });

  test("a damaged file is named, and the rest is told", async () => {
    await using copy = await folder();
    await cp(world.dataDir, copy.path, { recursive: true });
    await writeFile(join(copy.path, "zendesk_global.json"), '[{"id":');
    await rm(join(copy.path, "salesforce_accounts.json"));
    const store = new ArtifactStore(copy.path);
    const { told, run } = await tellOrganizations([accountOf("E3 E11 charge a day past grace")], store);
    expect(run).toMatchObject({ missing: ["salesforce_accounts.json"], unreadable: ["zendesk_global.json"] });
    expect(told[0]?.is === "story" && told[0].story.source).toContain("cannot be told");
  });

  test("a run that was stopped by a limit: not what an earlier run wrote", async () => {
    await using later = await startWorld({ accounts: 150 });
    expect((await later.run()).exit).toBe(0);
    const account = later.sandbox.world.oddities.find(({ name }) => name === "E3 E11 charge a day past grace");
    const organization = later.sandbox
      .zendesk("global")
      .organizations.find(
        (one) => (one.organization_fields as Record<string, unknown>).salesforce_id === account?.salesforce_id,
      );
    later.sandbox.editOrganization("global", Number(organization?.id), { organization_fields: { aar: 17 } });
    for (const { salesforce_id: id } of later.sandbox.world.oddities.slice(0, 40)) {
      if (id && id !== account?.salesforce_id) later.sandbox.editSalesforce("Account", id, { Type: "Prospect" });
    }
    expect((await later.run({ instance: "global" })).exit).toBe(4);
    const { changes } = inGlobal(await tell(account?.salesforce_id ?? "", later.dataDir));
    expect(changes).toMatchObject([{ does: "update", outcome: "not written", reason: { code: "write.over_limit" } }]);
  });
});
