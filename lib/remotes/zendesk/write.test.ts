import { describe, expect, test } from "bun:test";
import { HttpResponse } from "msw";
import {
  type Answer,
  optionsOfMsw,
  type SeenRequest,
  zendeskOfMsw,
} from "../../../test/support/zendesk/zendesk-of-msw.ts";
import { CredentialError, InternalError } from "../../errors.ts";
import { HttpError } from "../http/http-error.ts";
import { createZendeskWriter } from "./write.ts";

const zendesk = zendeskOfMsw();
const forbidden = () => HttpResponse.json({ error: { title: "Forbidden", message: "…" } }, { status: 403 });
const duplicate = (field: string) =>
  HttpResponse.json(
    { error: "RecordInvalid", details: { [field]: [{ description: "Secret GmbH", error: "DuplicateValue" }] } },
    { status: 422 },
  );

/** Takes bulk jobs and completes them with these results; anything else is answered by `others`. */
function jobs(results: (rows: unknown[]) => unknown[], others: Answer = () => HttpResponse.error()) {
  const rows = new Map<string, unknown[]>();
  zendesk.answers((request) => {
    if (/_many$/.test(request.path)) {
      const id = `V3-${rows.size}`;
      rows.set(id, Object.values(request.body as Record<string, unknown[]>)[0] ?? []);
      return HttpResponse.json({ job_status: { id, status: "queued", results: null } });
    }
    const asked = /^\/job_statuses\/show_many\?ids=(.*)$/.exec(request.path)?.[1]?.split(",");
    if (!asked) return others(request);
    const statuses = asked.map((id) => ({ id, status: "completed", results: results(rows.get(id) ?? []) }));
    return HttpResponse.json({ job_statuses: statuses });
  });
}

const writer = () => {
  const { options, slept } = optionsOfMsw();
  return { writer: createZendeskWriter(options), slept };
};
const written = () => zendesk.requests().filter(({ method }) => method !== "GET");
const paths = () => written().map(({ method, path }) => `${method} ${path}`);
const organization = { name: "Secret GmbH", external_id: "0014m00001x0001AAA", organization_fields: {} };
const user = (email: string) => ({ name: "Sue", email, organization_id: 1 });

describe("single writes", () => {
  test("a create answers the id", async () => {
    zendesk.answers(() => HttpResponse.json({ organization: { id: 7, name: "x" }, more: 1 }, { status: 201 }));
    expect(await writer().writer.createOrganization(organization)).toEqual({ is: "applied", id: 7 });
    expect(written()[0]?.body).toEqual({ organization });
  });

  for (const [field, taken] of [
    ["name", "name"],
    ["external_id", "external_id"],
    ["external", "external_id"],
  ] as const) {
    test(`refused because its ${field} is taken, told by tokens`, async () => {
      zendesk.answers(() => duplicate(field));
      const outcome = await writer().writer.createOrganization(organization);
      expect(outcome).toMatchObject({ is: "refused", taken });
      expect(JSON.stringify(outcome)).not.toContain("Secret");
    });
  }

  test("S5: a create that was cut off is not sent again; an update is", async () => {
    let count = 0;
    zendesk.answers(() => (++count === 1 ? HttpResponse.error() : HttpResponse.json({ organization: { id: 7 } })));
    expect(await writer().writer.createOrganization(organization)).toMatchObject({ is: "unknown" });
    expect(written()).toHaveLength(1);
    count = 0;
    expect(await writer().writer.updateOrganization({ id: 7, name: "x" })).toEqual({ is: "applied", id: 7 });
    expect(paths().slice(1)).toEqual(["PUT /organizations/7", "PUT /organizations/7"]);
    expect(written()[1]?.body).toEqual({ organization: { name: "x" } });
  });

  test("an answer without an id: nobody knows", async () => {
    zendesk.answers(() => HttpResponse.json({ organization: {} }, { status: 201 }));
    expect(await writer().writer.createOrganization(organization)).toMatchObject({ is: "unknown" });
  });
});

describe("bulk jobs", () => {
  test("S6: one outcome per row, in order", async () => {
    jobs(() => [
      { action: "update", id: 1, status: "Updated", success: true },
      { index: 1, error: "OrganizationUpdateFailed", id: 2, details: "Name:  foo has already been taken" },
    ]);
    const rows = [
      { id: 1, name: "a" },
      { id: 2, name: "foo" },
    ];
    expect(await writer().writer.updateOrganizations(rows)).toMatchObject([
      { is: "applied", id: 1 },
      { is: "refused", taken: "name" },
    ]);
    expect(written()).toMatchObject([
      { method: "PUT", path: "/organizations/update_many", body: { organizations: rows } },
    ]);
  });

  test("no rows, no request; too many are a fault of ours", async () => {
    zendesk.answers(() => HttpResponse.json({}));
    expect(await writer().writer.createOrganizations([])).toEqual([]);
    const many = Array.from({ length: 101 }, () => organization);
    expect(
      await writer()
        .writer.createOrganizations(many)
        .catch((error: unknown) => error),
    ).toBeInstanceOf(InternalError);
    expect(zendesk.requests()).toEqual([]);
  });

  test("a refused request refuses each of its rows", async () => {
    zendesk.answers(() => HttpResponse.json({ error: "TooManyValues", max_count: 100 }, { status: 400 }));
    const outcomes = await writer().writer.createOrganizations([organization, organization]);
    expect(outcomes).toEqual(
      Array(2).fill({
        is: "refused",
        reason: {
          code: "write.refused",
          params: { service: "Zendesk", refusal: "TooManyValues", fields: [], taken: "" },
        },
      }),
    );
  });

  test("TooManyJobs without end: given up as transient, for nothing was done", async () => {
    zendesk.answers(() => HttpResponse.json({ error: "TooManyJobs", current_job_ids: [] }, { status: 429 }));
    expect(await writer().writer.createOrganizations([organization])).toMatchObject([{ is: "transient" }]);
  });

  test("a job that was taken but not named: nobody knows", async () => {
    zendesk.answers(() => HttpResponse.json({ job_status: { id: "../users" } }));
    expect(await writer().writer.createOrganizations([organization])).toMatchObject([{ is: "unknown" }]);
  });

  for (const status of [401, 403])
    test(`${status}: nothing at all can be written, so it is thrown`, async () => {
      zendesk.answers(() => HttpResponse.json({ error: "no" }, { status }));
      const error = await writer()
        .writer.createOrganizations([organization])
        .catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(status === 401 ? CredentialError : HttpError);
    });
});

describe("U6: users where bulk is refused", () => {
  const byAddress = ({ body, path, method }: SeenRequest) => {
    if (/_many$/.test(path)) return forbidden();
    const { email } = (body as { user: { email?: string } }).user;
    if (email === "taken@example.com") return duplicate("email");
    if (path === "/users/13") return forbidden();
    return HttpResponse.json({ user: { id: method === "PUT" ? Number(path.split("/")[2]) : 7 } });
  };

  test("created singly, in order, each with its own outcome; bulk is not tried again", async () => {
    zendesk.answers(byAddress);
    const { writer: one } = writer();
    const outcomes = await one.createUsers(["a@example.com", "taken@example.com", "b@example.com"].map(user));
    expect(outcomes).toMatchObject([{ is: "applied" }, { is: "refused", taken: "email" }, { is: "applied" }]);
    await one.createUsers([user("c@example.com")]);
    expect(paths()).toEqual(["POST /users/create_many", ...Array(4).fill("POST /users")]);
    expect(written()[1]?.body).toEqual({
      user: { ...user("a@example.com"), role: "end-user", skip_verify_email: true },
    });
  });

  test("updated singly, a second apart; a shared user that refuses stops nobody else", async () => {
    zendesk.answers(byAddress);
    const { writer: one, slept } = writer();
    const outcomes = await one.updateUsers([12, 13, 14].map((id) => ({ id, name: "x" })));
    expect(outcomes.map(({ is }) => is)).toEqual(["applied", "refused", "applied"]);
    await one.updateUsers([{ id: 15, organization_id: 3 }]);
    expect(paths()).toEqual(["PUT /users/update_many", ...[12, 13, 14, 15].map((id) => `PUT /users/${id}`)]);
    expect(slept.filter((milliseconds) => milliseconds === 1000).length).toBeGreaterThanOrEqual(3);
    expect(written().at(-1)?.body).toEqual({ user: { organization_id: 3 } });
  });
});

describe("memberships", () => {
  test("being a member already counts as applied, in any language; another refusal does not", async () => {
    jobs(
      (rows) => rows.map((_, index) => ({ index, error: "OrganizationMembershipCreateFailed", details: "ya existe" })),
      ({ path }) =>
        HttpResponse.json({
          organization_memberships: path.startsWith("/users/1/") ? [{ id: 5, user_id: 1, organization_id: 9 }] : [],
          meta: { has_more: false },
          links: { next: null },
        }),
    );
    const rows = [1, 2].map((user_id) => ({ user_id, organization_id: 9 }));
    expect(await writer().writer.createMemberships(rows)).toMatchObject([{ is: "applied" }, { is: "refused" }]);
  });
});

test("bulk users off: single creates go ten at a time, and after a refusal of the credentials no further one is begun", async () => {
  let inFlight = 0;
  let most = 0;
  let answered = 0;
  zendesk.answers(async (request) => {
    if (/_many$/.test(request.path)) return forbidden();
    most = Math.max(most, ++inFlight);
    await Bun.sleep(1);
    inFlight--;
    return HttpResponse.json({ user: { id: ++answered } }, { status: 201 });
  });
  const rows = Array.from({ length: 40 }, (_, index) => user(`p${index}@example.com`));
  const { writer: first } = writer();
  expect((await first.createUsers(rows)).every(({ is }) => is === "applied")).toBe(true);
  expect([most, answered]).toEqual([10, 40]);
  zendesk.answers(() => HttpResponse.json({ error: "Couldn't authenticate you" }, { status: 401 }));
  const before = written().length;
  expect(await first.createUsers(rows).catch((error: unknown) => error)).toBeInstanceOf(CredentialError);
  expect(written().length - before).toBeLessThanOrEqual(20);
});
