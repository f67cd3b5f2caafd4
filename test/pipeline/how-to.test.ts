import { expect, test } from "bun:test";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { parseOverrides } from "../../lib/settings/files/overrides.ts";
import { parsePlans } from "../../lib/settings/files/plans.ts";
import { account, charge, globalFields, PLANS, process, trueFields } from "../support/domain/process-examples.ts";

/** What the README tells people to do, done as it says. Its "add an organization attribute" is tried in attribute.test.ts. */
const ROOT = join(import.meta.dir, "../..");
const readme = await readFile(join(ROOT, "README.md"), "utf8");

test("add a SKU: the charge that a run warned about counts once its name stands under a type of plans.yml, or is ignored", async () => {
  const name = "SaaS - Ultimate - 7 Year";
  const customer = account({ charges: [charge(name)] });
  const before = process(customer);
  expect(before.unknownCharges.map((unknown) => unknown.charge_name)).toEqual([name]);
  const plans = await readFile(join(ROOT, "plans.yml"), "utf8");
  const under = (place: RegExp) => {
    expect(plans).toMatch(place);
    return parsePlans(plans.replace(place, `$&\n$1- ${name}`), "plans.yml");
  };
  const added = process(customer, {
    plans: under(/^ {2}sub_dotcom_ultimate:\n(?: {4}\w+: \w+\n)*? {4}charges:(?=\n( +)-)/m),
  });
  expect({ unknown: added.unknownCharges, fields: trueFields(globalFields(added)) }).toEqual({
    unknown: [],
    fields: ["sub_dotcom_ultimate"],
  });
  expect(process(customer, { plans: under(/^ignored_charges:(?=\n( +)-)/m) }).unknownCharges).toEqual([]);
});

test("add an override: the README's entry is read without a note, and gives what it says", () => {
  const [, yaml = ""] = /add an override\.\*\*[\s\S]*?```yaml\n([\s\S]*?)```/.exec(readme) ?? [];
  const { overrides, notes } = parseOverrides(yaml, "overrides.yml");
  expect({ count: overrides.length, notes }).toEqual({ count: 1, notes: [] });
  const [override] = overrides;
  const customer = account({ salesforce_id: override?.salesforce_id ?? "", charges: [] });
  expect(trueFields(globalFields(process(customer, { overrides, plans: PLANS })))).toEqual(["sub_dotcom_ultimate"]);
});
