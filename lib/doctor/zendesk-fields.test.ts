import { describe, expect, test } from "bun:test";
import * as v from "valibot";
import { fieldsInOrder, withField } from "../../test/support/doctor/fields.ts";
import { ATTRIBUTES } from "../domain/attributes.ts";
import { INSTANCES } from "../domain/instance.ts";
import { syncedFields } from "../domain/organization.ts";
import type { Found } from "./finding.ts";
import { expectedOptions, organizationFieldFindings, userFieldFindings } from "./zendesk-fields.ts";

const notOk = (found: Found[]) =>
  found
    .filter((one) => one.severity !== "ok")
    .map(({ severity, check, found: what }) => `${severity} ${check}: ${what}`);

describe("organization fields", () => {
  test("of both instances are in order, every one checked", () => {
    for (const instance of INSTANCES) {
      const found = organizationFieldFindings(instance, fieldsInOrder(instance));
      expect(notOk(found)).toEqual([]);
      expect(found.map((one) => one.check).sort()).toEqual(
        fieldsInOrder(instance)
          .map((one) => `organization field ${one.key}`)
          .sort(),
      );
    }
  });

  test("one that is missing is named with its type", () => {
    const fields = withField(fieldsInOrder("global"), "support_hold", null);
    expect(notOk(organizationFieldFindings("global", fields))).toEqual([
      "problem organization field support_hold: missing; expected type checkbox",
    ]);
  });

  test("a drop-down that is missing is named with the options it needs", () => {
    const fields = withField(fieldsInOrder("global"), "account_type", null);
    expect(notOk(organizationFieldFindings("global", fields))).toEqual([
      "problem organization field account_type: missing; expected type dropdown with the option tags customer, former_customer, open_partner, select_partner, alliance_partner",
    ]);
  });

  test("a wrong type is a problem; a text area is as good as a text", () => {
    const fields = withField(fieldsInOrder("us-government"), "number_of_seats", { type: "decimal" });
    const long = withField(fields, "account_owner", { type: "textarea" });
    expect(notOk(organizationFieldFindings("us-government", long))).toEqual([
      "problem organization field number_of_seats: is of type decimal, expected integer",
    ]);
  });

  test("options that are missing are named; further ones are nobody's business", () => {
    const options = ["ultimate", "silver", "gold", "consumption_only", "custom", "community", "expired", "starter"];
    const fields = withField(fieldsInOrder("global"), "support_level", { options });
    expect(notOk(organizationFieldFindings("global", fields))).toEqual([
      "problem organization field support_level: lacks the option tag premium",
    ]);
    const none = withField(fieldsInOrder("global"), "org_region", { options: [] });
    expect(notOk(organizationFieldFindings("global", none))).toEqual([
      "problem organization field org_region: lacks the option tags amer, apj, emea",
    ]);
  });

  test("partners need no options in us-government, where there are none", () => {
    const options = ["customer", "former_customer"];
    const change = (instance: "global" | "us-government") =>
      notOk(organizationFieldFindings(instance, withField(fieldsInOrder(instance), "account_type", { options })));
    expect(change("us-government")).toEqual([]);
    expect(change("global")).toHaveLength(1);
  });

  test("a deactivated one is a problem", () => {
    const fields = withField(fieldsInOrder("global"), "ignore_deletion", { active: false });
    expect(notOk(organizationFieldFindings("global", fields))).toEqual([
      "problem organization field ignore_deletion: is deactivated",
    ]);
  });

  test("agents' fields are only warned about", () => {
    const fields = withField(fieldsInOrder("us-government"), "am_project_id", { type: "text" });
    expect(notOk(organizationFieldFindings("us-government", withField(fields, "assigned_se", null)))).toEqual([
      "warning organization field am_project_id: is of type text, expected integer",
      "warning organization field assigned_se: missing; expected type text",
    ]);
  });

  test("the other instance's fields are one finding, not thirty", () => {
    for (const [instance, other] of [INSTANCES, [...INSTANCES].reverse()] as const) {
      const found = organizationFieldFindings(instance ?? "global", fieldsInOrder(other ?? "global"));
      expect(notOk(found)).toHaveLength(1);
      expect(found[0]?.found).toStartWith(`this is the ${other} instance`);
    }
  });

  test("every drop-down that is written has its options listed, and Salesforce's regions are among them", () => {
    for (const instance of INSTANCES)
      for (const { key, type } of syncedFields(instance))
        if (type === "dropdown") expect(expectedOptions(instance)[key]?.length).toBeGreaterThan(0);
    for (const region of expectedOptions("global").org_region ?? [])
      expect(v.is(ATTRIBUTES.region.from.artifact, region.toUpperCase())).toBe(true);
  });
});

describe("user fields", () => {
  test("mark_for_deletion must be a checkbox", () => {
    const field = { key: "mark_for_deletion", type: "checkbox", active: true, options: [] };
    expect(notOk(userFieldFindings("us-government", [field], "mark_for_deletion"))).toEqual([]);
    expect(notOk(userFieldFindings("us-government", [{ ...field, type: "text" }], "mark_for_deletion"))).toEqual([
      "problem user field mark_for_deletion: is of type text, expected checkbox",
    ]);
    expect(notOk(userFieldFindings("us-government", [], "mark_for_deletion"))).toEqual([
      "problem user field mark_for_deletion: missing; expected type checkbox",
    ]);
  });

  test("C1: the field that the config names, and no other", () => {
    const field = { key: "not_in_sfdc", type: "checkbox", active: true, options: [] };
    expect(notOk(userFieldFindings("us-government", [field], "not_in_sfdc"))).toEqual([]);
    expect(notOk(userFieldFindings("us-government", [field], "mark_for_deletion"))).toEqual([
      "problem user field mark_for_deletion: missing; expected type checkbox",
    ]);
  });

  test("are of no interest in global, whose users are not synced", () => {
    expect(userFieldFindings("global", [], "mark_for_deletion")).toEqual([]);
  });
});
