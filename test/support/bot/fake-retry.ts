import type { Config } from "../../../lib/domain/config.ts";
import type { FoundUser } from "../../../lib/domain/listed-user.ts";
import type { ZendeskConnection } from "../../../lib/remotes/zendesk/ports.ts";
import { ArtifactStore } from "../../../lib/storage/artifacts/store.ts";
import type { RetrySession } from "../../../lib/sync/retry-contacts.ts";

/** Who has the new sold-to address already; nobody where it is absent. */
export interface FakeCustomer {
  user?: Partial<FoundUser>;
}

const ACCOUNT = "0014M00001kAbCdQAK";
const PLANS = `subscriptions:
  sub_dotcom_premium: { level: premium, charges: [SaaS - Premium - 1 Year] }
us_government: { without_exception: [], with_exception: [] }
`;

/** A session of remotes that know one customer, whose sold-to contact is `new@example.com` now; writes nothing anywhere. */
export function fakeSession({ user }: FakeCustomer, config: Config): RetrySession {
  const found: FoundUser[] = user
    ? [
        {
          id: 7,
          name: "New",
          email: "new@example.com",
          role: "end-user",
          suspended: false,
          organization_id: null,
          marked: false,
          by: "primary",
          organization_ids: [],
          ...user,
        },
      ]
    : [];
  const reader = {
    instance: "global",
    host: "example.zendesk.com",
    organizationFields: async () => [{ key: "org_region", type: "dropdown", active: true, options: [] }],
    organizationsById: async ([id = 0]: readonly number[]) => [
      {
        id,
        name: `Example ${id}`,
        external_id: ACCOUNT,
        created_at: "2026-11-24T00:00:00Z",
        updated_at: "2026-11-24T00:00:00Z",
        organization_fields: { salesforce_id: ACCOUNT },
      },
    ],
    usersByAddress: async () => found,
    usersOfOrganization: async () => [],
  };
  const writer = { createUsers: async () => [{ is: "applied", id: 99 }] };
  const account = {
    salesforce_id: ACCOUNT,
    name: "Example",
    sold_to: { name: "New", email: "new@example.com" },
    subs: [
      {
        id: "a0S1",
        name: null,
        subscription_id: null,
        status: "Active",
        start_date: null,
        end_date: "2027-11-24",
        sold_to_email: null,
      },
    ],
    charges: [],
  };
  const remotes = {
    zendesk: async () => ({ reader, writer }) as unknown as ZendeskConnection,
    salesforce: async () => ({ account: async () => ({ accounts: [account], isPartner: false, unreadable: [] }) }),
    plansText: async () => ({ text: PLANS, name: "plans.yml" }),
    overridesText: async () => null,
  };
  const context = {
    config,
    remotes,
    today: "2026-11-24",
    runId: "20261124T103100Z-000001",
    // A folder below a file: results cannot be kept there, which must cost nobody the answer.
    store: new ArtifactStore("/dev/null/data"),
    warn: () => {},
  };
  return { context: context as unknown as RetrySession["context"], close: async () => {} };
}
