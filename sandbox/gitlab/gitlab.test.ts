import { describe, expect, test } from "bun:test";
import { createGitLab } from "./gitlab.ts";

const TOKEN = "the-token";
const withToken = { "private-token": TOKEN };

function gitlab() {
  return createGitLab({
    project: { id: 42, path: "group/sub group/overrides" },
    token: TOKEN,
    file: { path: "dir/overrides.yml", ref: "main", text: "- reason: ä\n" },
  });
}

const address = (project = "42", path = "dir/overrides.yml", ref = "?ref=main") =>
  `https://gitlab.test/api/v4/projects/${encodeURIComponent(project)}/repository/files/${encodeURIComponent(path)}/raw${ref}`;

async function asked(url: string, headers: Record<string, string> = withToken, method = "GET") {
  const response = gitlab().fetch(new Request(url, { headers, method }));
  return { status: response.status, text: await response.text(), headers: response.headers };
}

describe("the raw file", () => {
  test.each(["42", "group/sub group/overrides", "Group/Sub Group/Overrides"])("of project %s", async (project) => {
    const answer = await asked(address(project));
    expect(answer).toMatchObject({ status: 200, text: "- reason: ä\n" });
    expect(answer.headers.get("content-type")).toBe("text/plain; charset=utf-8");
    expect(answer.headers.get("x-gitlab-size")).toBe("13");
    expect(answer.headers.get("x-gitlab-file-name")).toBe("overrides.yml");
  });

  test("with a Bearer token", async () => {
    expect(await asked(address(), { authorization: `Bearer ${TOKEN}` })).toMatchObject({ status: 200 });
  });

  test.each(["", "?ref=HEAD"])("of the default branch, for %p", async (ref) => {
    expect(await asked(address("42", undefined, ref))).toMatchObject({ status: 200 });
  });

  test("carries Git's own id of its text", async () => {
    const { headers } = await asked(address());
    // printf '- reason: ä\n' | git hash-object --stdin
    expect(headers.get("x-gitlab-blob-id")).toBe("7d9a6ffab3c764fc4270aa81a75b653ef3abb524");
  });

  test("changes with setText", async () => {
    const one = gitlab();
    one.setText("[]\n");
    const response = one.fetch(new Request(address(), { headers: withToken }));
    expect(await response.text()).toBe("[]\n");
  });
});

describe("refusals", () => {
  const bearer = { authorization: "Bearer wrong" };
  test.each([
    ["wrong token", address(), { "private-token": "wrong" }, 401, { message: "401 Unauthorized" }],
    ["wrong Bearer token", address(), bearer, 401, { error: "invalid_token", error_description: expect.any(String) }],
    ["no token: a private project is not there", address(), {}, 404, { message: "404 Project Not Found" }],
    ["other project", address("43"), withToken, 404, { message: "404 Project Not Found" }],
    ["other branch", address("42", undefined, "?ref=mian"), withToken, 404, { message: "404 Commit Not Found" }],
    ["other file", address("42", "overrides.yml"), withToken, 404, { message: "404 File Not Found" }],
    ["other endpoint", "https://gitlab.test/api/v4/user", withToken, 404, { error: "404 Not Found" }],
    ["path not encoded", address().replaceAll("%2F", "/"), withToken, 404, { error: "404 Not Found" }],
  ] as const)("%s", async (_, url, headers, status, body) => {
    const answer = await asked(url, headers);
    expect(answer.status).toBe(status);
    expect(JSON.parse(answer.text)).toEqual(body);
  });

  test("nothing can be written", async () => {
    expect(await asked(address(), withToken, "PUT")).toMatchObject({ status: 404 });
  });
});
