import { explainCommand } from "../../bin/commands/explain-command.ts";
import type { Oddity } from "../../sandbox/types.ts";
import { startWorld, type TestWorld } from "../pipeline/world.ts";

/* docs/mismatch.md: the walk-through of "customer X says they lost support", with the real output of every case. */

interface Case {
  title: string;
  /** Of the sandbox's oddities, by the beginning of its name. */
  oddity: string;
  run: "plain" | "refused" | "failing";
  remedy: string;
  /** What Zendesk holds before the run, where the oddity would lose nothing otherwise. */
  holds?: Record<string, unknown>;
}

const CASES: readonly Case[] = [
  {
    title: "Unknown charge",
    oddity: "E2 unknown charge name beside nothing else",
    run: "plain",
    remedy:
      "Add the name to `plans.yml` where it belongs (a merge request in the rules project; `zdsync simulate` shows which customers it changes). The next run restores the support.",
  },
  {
    title: "Ended override",
    oddity: "E8 override ended yesterday",
    run: "plain",
    holds: { support_level: "ultimate", sub_dotcom_ultimate: true },
    remedy: "Ask the person who requested the override whether to extend it; then give it a later `ends_on`.",
  },
  {
    title: "Charge expired beyond grace",
    oddity: "E3 E11 charge a day past grace",
    run: "plain",
    remedy: "The renewal is missing in Salesforce. Until it is there, an override with an `ends_on` bridges the gap.",
  },
  {
    title: "Subscription moved to the other instance",
    oddity: "C9 moved from global to us-government",
    run: "plain",
    remedy:
      "Nothing is lost: the customer is supported in us-government now; the organization in global waits for its tickets to be moved. If that is wrong, correct the named charge in Salesforce.",
  },
  {
    title: "Became a partner",
    oddity: "C1 P3 customer that is a partner now",
    run: "plain",
    remedy:
      "Partners are supported as partners. If that is wrong, correct the account's Type and Partner Track in Salesforce.",
  },
  {
    title: "Account merged",
    oddity: "C9 merged account, the one that is gone",
    run: "plain",
    remedy: "Merge the two organizations in Zendesk: users and tickets follow.",
  },
  {
    title: "Name conflict",
    oddity: "C7 create whose name an existing organization has",
    run: "plain",
    remedy: "Rename one of the two in Zendesk or in Salesforce. The next run creates the organization.",
  },
  {
    title: "Protected",
    oddity: "C4 protected id",
    run: "plain",
    remedy:
      "The organization is kept on purpose, with the support level that it had; its account is gone. The person who added the id to `protected_ids` knows why.",
  },
  {
    title: "A limit refused the run",
    oddity: "C2 organization deleted by hand",
    run: "refused",
    remedy:
      "Review the report of the run. If its numbers are right, run once with the `--allow` shown; nothing was written before.",
  },
  {
    title: "Zendesk did not accept the write",
    oddity: "C3 renamed account",
    run: "failing",
    remedy:
      "The next run tries again. If it fails twice, look at the organization in Zendesk: a trigger or an app may refuse the change.",
  },
];

const INTRODUCTION = `# "Customer X says they lost support"

One command, and three lines of its output to read:

\`\`\`sh
zdsync explain "Customer X"        # or a Salesforce id, an organization's id in Zendesk, an email address
\`\`\`

The first line says what Zendesk has now, the second why and what to do about it, the third what a run did (or an earlier one in the history) or
the next one will do. While an organization is marked, a warning says how to keep it. The evidence follows:
every subscription and charge with its line of \`plans.yml\`, overrides, the checks that the account had to pass, each organization field with its current and desired value,
what the run did, and upcoming changes. If the run is not on your machine, \`--pipeline ID\` uses a pipeline's files, and \`--live\` asks Salesforce and
Zendesk now. \`--when 2027-03-01\` answers for another day; \`--history\` says which run changed what.

The output below is real: a test makes it from the sandbox and compares (\`test/explain/mismatch.test.ts\`; \`bun test/explain/mismatch-doc.ts\` writes it anew).
`;

/** The text of docs/mismatch.md, made by running zdsync against the sandbox. */
export async function mismatchDoc(): Promise<string> {
  const parts = [INTRODUCTION];
  const worlds = new Map<Case["run"], TestWorld>();
  try {
    for (const one of CASES) {
      const world = worlds.get(one.run) ?? (await worldOf(one.run));
      worlds.set(one.run, world);
      parts.push(`## ${one.title}\n\n\`\`\`text\n${await answerOf(one, world)}\n\`\`\`\n\n${one.remedy}\n`);
    }
  } finally {
    for (const world of worlds.values()) await world[Symbol.asyncDispose]();
  }
  return parts.join("\n");
}

async function worldOf(run: Case["run"]): Promise<TestWorld> {
  const config = (text: string) => (run === "refused" ? text.replace("limits:\n", "limits:\n  creates: 3\n") : text);
  const world = await startWorld({ accounts: 150, plansFile: "plans.yml", config });
  if (run === "failing")
    world.sandbox.addFault({ kind: "failed-rows", path: "organizations/update_many", times: 50, rows: everyRow() });
  for (const { oddity: name, holds } of CASES) if (holds) hold(world, name, holds);
  await world.run();
  return world;
}

function hold({ sandbox }: TestWorld, name: string, organization_fields: Record<string, unknown>): void {
  const account = sandbox.world.oddities.find((one) => one.name.startsWith(name))?.salesforce_id;
  const found = sandbox.zendesk("global").organizations.find((one) => JSON.stringify(one).includes(`"${account}"`));
  if (found) sandbox.editOrganization("global", Number(found.id), { organization_fields });
}

function everyRow(): number[] {
  return Array.from({ length: 100 }, (_, index) => index);
}

async function answerOf({ oddity: name }: Case, world: TestWorld): Promise<string> {
  const oddity: Oddity | undefined = world.sandbox.world.oddities.find((one) => one.name.startsWith(name));
  const lines: string[] = [];
  const output = { out: (text: string) => void lines.push(text), err: () => {}, live: false as const };
  const shell = { env: {}, output, clock: () => new Date() };
  await explainCommand({ given: { what: oddity?.salesforce_id, "data-dir": world.dataDir }, json: false, shell });
  const [answer = ""] = lines.join("\n").split("\n\n");
  // Zendesk gives ids to what a run creates, in the order in which it creates.
  const created = new Set(
    ["global", "us-government"].flatMap((instance) =>
      world.sandbox
        .zendesk(instance as "global")
        .organizations.map(({ id }) => String(id))
        .filter(
          (id) => !world.sandbox.world.zendesk[instance as "global"].organizations.some((one) => String(one.id) === id),
        ),
    ),
  );
  const command = `$ zdsync explain ${oddity?.salesforce_id}`;
  return [...created].reduce((text, id) => text.replaceAll(id, "19501118400000"), `${command}\n${answer}`);
}

if (import.meta.main) await Bun.write("docs/mismatch.md", await mismatchDoc());
