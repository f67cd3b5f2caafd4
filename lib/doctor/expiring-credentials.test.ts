import { expect, test } from "bun:test";
import { endingCredentials } from "./expiring-credentials.ts";

const TODAY = "2026-11-24";

/** A GitLab that tells tokens about themselves, and counts who asked. */
function gitlabOf(tokens: Record<string, { expires_at: string | null; scopes: string[] }>) {
  const asked: string[] = [];
  const server = Bun.serve({
    port: 0,
    fetch(request) {
      const token = request.headers.get("private-token") ?? "";
      asked.push(token);
      const facts = tokens[token];
      return facts ? Response.json(facts) : new Response("{}", { status: 401 });
    },
  });
  return { url: `http://127.0.0.1:${server.port}`, asked, [Symbol.dispose]: () => void server.stop(true) };
}

test("GitLab tokens that end within fourteen days, or have ended, with what to do", async () => {
  using gitlab = gitlabOf({
    soon: { expires_at: "2026-12-08", scopes: ["read_api"] },
    later: { expires_at: "2026-12-09", scopes: ["api"] },
    past: { expires_at: "2026-11-20", scopes: ["read_repository"] },
  });
  const env = { GITLAB_URL: gitlab.url, OVERRIDES_TOKEN: "past", GITLAB_READ_TOKEN: "soon", GITLAB_API_TOKEN: "later" };
  const found = await endingCredentials(env, TODAY);
  expect(found.map(({ setting, ends, daysLeft }) => [setting, ends, daysLeft])).toEqual([
    ["OVERRIDES_TOKEN", "2026-11-20", -4],
    ["GITLAB_READ_TOKEN", "2026-12-08", 14],
  ]);
  for (const { setting, remedy } of found) expect(remedy).toContain(setting);
});

test("a token that never ends, or of which GitLab tells nothing, is passed over; so is a GitLab that is down", async () => {
  using gitlab = gitlabOf({ endless: { expires_at: null, scopes: [] } });
  const env = { GITLAB_URL: gitlab.url, OVERRIDES_TOKEN: "endless", GITLAB_READ_TOKEN: "unknown" };
  expect(await endingCredentials(env, TODAY)).toEqual([]);
  expect(gitlab.asked.sort()).toEqual(["endless", "unknown"]);
  const down = { GITLAB_URL: "http://127.0.0.1:1", OVERRIDES_TOKEN: "endless" };
  expect(await endingCredentials(down, TODAY)).toEqual([]);
});

test("Zendesk API tokens in their last fourteen days; an OAuth client beside one is what is used", async () => {
  const env = { ZENDESK_GLOBAL_TOKEN: "token", ZENDESK_USGOV_TOKEN: "token", ZENDESK_USGOV_CLIENT_SECRET: "secret" };
  expect(await endingCredentials(env, "2027-04-15")).toEqual([]);
  expect((await endingCredentials(env, "2027-04-16")).map(({ setting, daysLeft }) => [setting, daysLeft])).toEqual([
    ["ZENDESK_GLOBAL_TOKEN", 14],
  ]);
});
