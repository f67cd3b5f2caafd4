import { describe, expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { join } from "node:path";
import golden from "../../test/golden/zendesk-shapes.json";
import { type Body, seedOrganization, type TestInstance, testInstance } from "../test/zendesk.ts";
import { type Exchanged, kindOf, type Shape, shapeOf } from "./golden-shape.ts";

const shapes = golden as Record<string, Shape>;

/** Recorded, but definitions are given to the sandbox when it starts and cannot be changed there. */
const notPlayed = Object.keys(shapes).filter((kind) => kind.includes(" organization_fields"));

/** Recorded clients used the largest 64-bit number for a record that is not there. */
const unknown = "9223372036854775807";

/** Plays the recorded calls in the recorded way and returns every exchange. */
async function playedExchanges(): Promise<Exchanged[]> {
  const instance = testInstance({
    organizations: [
      seedOrganization(6130869157658, "first"),
      seedOrganization(6133560062362, "second"),
      seedOrganization(6133879794970, "third", { external_id: "863" }),
    ],
  });
  instance.zendesk.editOrganization(6133879794970, { notes: "foo" });
  const exchanges: Exchanged[] = [];
  const play = async (method: string, path: string, body?: unknown): Promise<Body> => {
    const answer = await instance.call(method, `/api/v2/${path}`, body);
    const headers = Object.fromEntries(answer.headers);
    exchanges.push({ method, path: `/api/v2/${path}`, status: answer.status, headers, body: answer.body });
    return answer.body;
  };
  await play("GET", "organizations.json?page%5Bsize%5D=100");
  await playJobs(instance, play);
  await playSingle(play);
  return exchanges;
}

async function playJobs(
  instance: TestInstance,
  play: (method: string, path: string, body?: unknown) => Promise<Body>,
): Promise<void> {
  const rows = (count: number) => Array.from({ length: count }, (_, place) => ({ name: `batch ${place}` }));
  await play("POST", "organizations/create_many.json", { organizations: rows(101) });
  const { job_status: creation } = await play("POST", "organizations/create_many.json", { organizations: rows(100) });
  await play("GET", `job_statuses/${creation.id}.json`);
  instance.wait(4);
  await play("GET", `job_statuses/${creation.id}.json`);
  instance.wait(4);
  const { job_status: done } = await play("GET", `job_statuses/${creation.id}.json`);
  const ids = (done.results ?? []).map(({ id }) => id);
  await play("GET", `organizations/show_many.json?ids=${ids.slice(0, 3)}`);
  const renamed = ids.slice(0, 3).map((id) => ({ id, name: "one name for all" }));
  const { job_status: update } = await play("PUT", "organizations/update_many.json", { organizations: renamed });
  instance.wait(10);
  await play("GET", `job_statuses/${update.id}.json`);
  const destroyed = { organizations: ids.map((id) => ({ id })) };
  await play("DELETE", `organizations/destroy_many.json?ids=${ids}`, destroyed);
}

async function playSingle(play: (method: string, path: string, body?: unknown) => Promise<Body>): Promise<void> {
  const { organization } = await play("POST", "organizations.json", { organization: { name: "single" } });
  const changed = { organization: { id: organization.id, name: "renamed" } };
  await play("PUT", `organizations/${organization.id}.json`, changed);
  await play("PUT", `organizations/${unknown}.json`, { organization: { id: unknown, name: "renamed" } });
  await play("DELETE", `organizations/${organization.id}.json`, { organization: { id: organization.id } });
  await play("DELETE", `organizations/${unknown}.json`, { organization: { id: unknown } });
}

describe("answers have the recorded shape: keys, order, types, headers", () => {
  test("every recorded kind of exchange is played", async () => {
    const played = new Set((await playedExchanges()).map(kindOf));
    expect(Object.keys(shapes).filter((kind) => !played.has(kind))).toEqual(notPlayed);
  });

  test("every played exchange looks as recorded", async () => {
    for (const exchange of await playedExchanges()) {
      const kind = kindOf(exchange);
      // As text, because toEqual does not look at the order of keys.
      const played = JSON.stringify({ kind, ...shapeOf(exchange) }, null, 1);
      expect(played).toBe(JSON.stringify({ kind, ...shapes[kind] }, null, 1));
    }
  });

  test("a field definition in the list has the recorded keys", async () => {
    const instance = testInstance({ fields: [{ key: "some_text", type: "text", title: "Some text" }] });
    const { body } = await instance.call("GET", "/api/v2/organization_fields?page[size]=100");
    const recorded = shapes["POST organization_fields 201"]?.body as { organization_field: Record<string, string> };
    expect(Object.keys(body.organization_fields[0] ?? {})).toEqual(Object.keys(recorded.organization_field));
  });
});

/** The recordings themselves lie beside the repository on some machines only; the shapes of them always. */
const recordings = join(import.meta.dir, "../../../shared/recordings/zendesk-organizations.json");

if (existsSync(recordings)) {
  test("the golden shapes are those of the recordings", async () => {
    const recorded = (await Bun.file(recordings).json()) as Array<{
      request: { method: string; path: string };
      response: { status: number; headers: Record<string, string>; body: unknown };
    }>;
    for (const { request, response } of recorded) {
      const exchange = { ...request, ...response };
      expect(shapes).toHaveProperty([kindOf(exchange)], shapeOf(exchange));
    }
    expect(new Set(recorded.map(({ request, response }) => kindOf({ ...request, ...response }))).size).toBe(
      Object.keys(shapes).length,
    );
  });
}
