import { expect, test } from "bun:test";
import { INSTANCES } from "../../lib/domain/instance.ts";
import { agentFields, readOnlyFields, syncedFields } from "../../lib/domain/organization.ts";
import { pages } from "./pages.ts";

const [rehearsal] = (await pages()).filter(({ name }) => name === "docs/rehearse.md");

/** The table of docs/rehearse.md as it must be; `doctor` looks for the same fields. */
function fieldTable(): string {
  const rows = INSTANCES.flatMap((instance) => {
    const fields = [...syncedFields(instance), ...readOnlyFields(instance), ...agentFields(instance)];
    const types = [...new Set(fields.map(({ type }) => type))].sort();
    return types.map((type) => {
      const keys = new Set(fields.filter((one) => one.type === type).map(({ key }) => `\`${key}\``));
      return `| ${instance} | ${type} | ${[...keys].sort().join(", ")} |`;
    });
  });
  return ["| instance | type | keys |", "|---|---|---|", ...rows].join("\n");
}

test("docs/rehearse.md names every organization field that doctor looks for, with its type", () => {
  expect(rehearsal?.text).toContain(fieldTable());
});
