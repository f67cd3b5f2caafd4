import { expect, test } from "bun:test";
import type { SeedOrganization, World } from "../../../sandbox/types.ts";
import { madeByFirstFill } from "./first-fill.ts";

const NOW = Date.parse("2027-04-22T13:00:00Z");

function organization(id: number, created_at: string, external_id: string | null = null): SeedOrganization {
  const account = `0014M0000000${String(id).padStart(6, "0")}`;
  return {
    ...{ id, name: `No. ${id}`, external_id: external_id ?? account, created_at, updated_at: created_at },
    organization_fields: { salesforce_id: account },
  };
}

function world(organizations: SeedOrganization[]): World {
  return { zendesk: { global: { organizations, users: [] } } } as unknown as World;
}

const OLD = [1, 2].map((id) => organization(id, "2019-01-07T09:06:00Z"));
const NEW = [11, 12, 13].map((id) => organization(id, "2027-04-22T12:16:22Z"));

test("people of organizations that a first fill made an hour ago count for no limit", () => {
  const all = world([...OLD, ...NEW]);
  const runs = [{ began: NOW, worlds: [all] }];
  expect(madeByFirstFill({ after: all }, runs, "global", 3)).toEqual(new Set([11, 12, 13]));
});

test("they count where there was enough before, where somebody else made the organization, and after a week", () => {
  const all = world([...OLD, ...NEW, organization(21, "2027-04-22T12:16:22Z", "by hand")]);
  const at = (began: number, minimum: number) =>
    madeByFirstFill({ after: all }, [{ began, worlds: [all] }], "global", minimum);
  expect(at(NOW, 3)).toEqual(new Set());
  expect(at(NOW, 4)).toEqual(new Set([11, 12, 13]));
  expect(at(NOW + 8 * 24 * 3_600_000, 100)).toEqual(new Set());
});
