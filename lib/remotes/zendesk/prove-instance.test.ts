import { describe, expect, test } from "bun:test";
import type { InstanceName } from "../../domain/instance.ts";
import { IncompleteError, RefusedError } from "../../errors.ts";
import type { ZendeskReader } from "./ports.ts";
import { proveInstance } from "./prove-instance.ts";

function reader(instance: InstanceName, keys: string[], inactive: string[] = []): ZendeskReader {
  const field = (active: boolean) => (key: string) => ({ key, type: "text", active, options: [] });
  const fields = [...keys.map(field(true)), ...inactive.map(field(false))];
  return {
    instance,
    host: "example.zendesk.com:8443",
    organizationFields: async () => fields,
  } as unknown as ZendeskReader;
}

async function failure(proof: Promise<void>): Promise<unknown> {
  return proof.then(
    () => null,
    (error: unknown) => error,
  );
}

describe("O2, S10: the right instance", () => {
  test("its own field, and the configured host with its port", async () => {
    expect(await failure(proveInstance(reader("global", ["org_region"]), null))).toBeNull();
    const usGovernment = reader("us-government", ["sub_usgov_24x7"]);
    expect(await failure(proveInstance(usGovernment, "example.zendesk.com:8443"))).toBeNull();
  });

  for (const host of ["example.zendesk.com", "example.zendesk.com:443", "other.zendesk.com:8443"]) {
    test(`another host (${host}) is refused before anything is read`, async () => {
      const error = await failure(proveInstance(reader("global", ["org_region"]), host));
      expect(error).toBeInstanceOf(RefusedError);
      expect(String(error)).toContain("ZENDESK_GLOBAL_URL");
    });
  }

  for (const [name, keys, inactive, hint] of [
    ["no field of its own", ["name"], [], "no organization field org_region"],
    ["its own field, but not in use", [], ["org_region"], "no organization field org_region"],
    ["the other's field", ["sub_usgov_24x7"], [], "swapped"],
    ["both", ["org_region", "sub_usgov_24x7"], [], "as well"],
  ] as const) {
    test(`${name}: not proved`, async () => {
      const error = await failure(proveInstance(reader("global", [...keys], [...inactive]), null));
      expect(error).toBeInstanceOf(IncompleteError);
      expect(String(error)).toContain(hint);
      expect(String(error)).toContain("ZENDESK_GLOBAL_URL");
    });
  }
});
