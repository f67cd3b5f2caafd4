import { describe, expect, test } from "bun:test";
import { JOB_TOKEN, type RunningGitHub, startGitHub } from "../../../sandbox/github/start.ts";
import { ConfigurationError, RemoteError } from "../../errors.ts";
import { pullRequestNotes } from "./pull-request-notes.ts";
import { gitHubSettings } from "./pull-request-settings.ts";

const MARKER = "<!-- zdsync simulate -->";
const PERSON = { id: 7, login: "eve", type: "User" } as const;

const notesOn = (github: RunningGitHub, env: Record<string, string> = {}) =>
  pullRequestNotes(gitHubSettings({ ...github.env, ...env }), { sleep: async () => {} });
const say = (github: RunningGitHub, text: string) => notesOn(github).say(12, MARKER, `${MARKER}\n${text}`);
const bodies = ({ state }: RunningGitHub) => state.comments.map(({ body }) => body.replace(`${MARKER}\n`, "our "));

async function refusal(work: Promise<unknown>): Promise<Error> {
  return work.then(
    () => new Error("nothing was refused"),
    (error) => error,
  );
}

describe("one comment on a pull request, updated in place", () => {
  test("created once, then changed; others' comments stay as they are, and one that has the marker is not ours", async () => {
    await using github = await startGitHub();
    github.state.comments.push({ id: 1, number: 12, body: `${MARKER}\nmine`, user: PERSON });
    github.state.comments.push({ id: 2, number: 13, body: `${MARKER}\nof another request`, user: JOB_TOKEN.user });
    github.state.comments.push({ id: 3, number: 12, body: "", user: null });
    expect(await say(github, "first")).toBe("created");
    expect(await say(github, "second")).toBe("updated");
    expect(bodies(github)).toEqual(["our mine", "our of another request", "", "our second"]);
    expect(github.requests.filter(({ method }) => method !== "GET").map(({ method }) => method)).toEqual([
      "POST",
      "PATCH",
    ]);
  });

  test("is found behind more than a hundred comments", async () => {
    await using github = await startGitHub();
    const others = Array.from({ length: 230 }, (_, id) => ({ id: id + 1, number: 12, body: "x", user: PERSON }));
    github.state.comments.push(...others, { id: 900, number: 12, body: `${MARKER}\nold`, user: JOB_TOKEN.user });
    expect(await say(github, "new")).toBe("updated");
    expect(bodies(github).at(-1)).toBe("our new");
    expect(github.requests.filter(({ path }) => path.includes("/comments")).length).toBe(4);
  });

  test("is created again where somebody deletes it at that moment", async () => {
    await using github = await startGitHub({
      onRequest: ({ method }) => {
        if (method === "PATCH") github.state.comments = [];
      },
    });
    await say(github, "first");
    expect(await say(github, "second")).toBe("created");
    expect(bodies(github)).toEqual(["our second"]);
  });

  test("a person's token changes that person's comment only, not one of a bot", async () => {
    await using github = await startGitHub();
    await say(github, "of the job");
    github.state.tokens.push({ token: "ghp_sandboxperson", user: PERSON, installation: false, writes: true });
    const person = notesOn(github, { GITHUB_TOKEN: "ghp_sandboxperson" });
    expect(await person.say(12, MARKER, `${MARKER}\nof eve`)).toBe("created");
    expect(await person.say(12, MARKER, `${MARKER}\nof eve again`)).toBe("updated");
    expect(bodies(github)).toEqual(["our of the job", "our of eve again"]);
  });

  test("a rate limit that comes as 403 is waited for", async () => {
    await using github = await startGitHub();
    github.state.limited = 2;
    expect(await say(github, "first")).toBe("created");
  });
});

describe("a refusal says what to look at, and neither token nor text", () => {
  test("no permission to write, a locked conversation, a strange token, no such pull request", async () => {
    await using github = await startGitHub();
    const [token] = github.state.tokens;
    if (token) token.writes = false;
    const forbidden = await refusal(say(github, "secret text"));
    if (token) token.writes = true;
    github.state.locked = [12];
    const locked = await refusal(say(github, "secret text"));
    const stranger = await refusal(notesOn(github, { GITHUB_TOKEN: "ghs_wrongtoken" }).say(12, MARKER, MARKER));
    const missing = await refusal(notesOn(github).say(99, MARKER, MARKER));
    const elsewhere = await refusal(notesOn(github, { GITHUB_REPOSITORY: "example/other" }).say(12, MARKER, MARKER));
    const found = [forbidden, locked, stranger, missing, elsewhere];
    expect(found.map((error) => error instanceof RemoteError)).toEqual(found.map(() => true));
    expect(
      found.map(({ message }) => /pull-requests: write|GITHUB_TOKEN|GITHUB_REPOSITORY/.exec(message)?.[0]),
    ).toEqual([
      "pull-requests: write",
      "pull-requests: write",
      "GITHUB_TOKEN",
      "GITHUB_REPOSITORY",
      "GITHUB_REPOSITORY",
    ]);
    for (const { message } of found) expect(message).not.toMatch(/secret text|ghs_/);
    expect(github.state.comments).toEqual([]);
  });

  test("an answer that is none of GitHub's", async () => {
    const other = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: () => Response.json({ hello: "world" }) });
    try {
      const env = {
        GITHUB_API_URL: `http://127.0.0.1:${other.port}`,
        GITHUB_REPOSITORY: "a/b",
        GITHUB_TOKEN: "ghs_12345678",
      };
      const error = await refusal(pullRequestNotes(gitHubSettings(env)).say(1, MARKER, MARKER));
      expect(error.message).toContain("GITHUB_API_URL");
    } finally {
      await other.stop(true);
    }
  });
});

test("settings: all that is missing or wrong at once; a token goes nowhere in the clear", () => {
  const problemsOf = (env: Record<string, string>) => {
    try {
      gitHubSettings(env);
      return [];
    } catch (error) {
      return error instanceof ConfigurationError ? error.problems.map(({ where }) => where) : [String(error)];
    }
  };
  expect(problemsOf({})).toEqual(["GITHUB_REPOSITORY", "GITHUB_TOKEN"]);
  const right = { GITHUB_REPOSITORY: "example/zdsync-rules", GITHUB_TOKEN: "ghs_12345678" };
  expect(problemsOf(right)).toEqual([]);
  expect(gitHubSettings({ ...right, GITHUB_API_URL: "https://github.example.com/api/v3/" }).apiUrl).toBe(
    "https://github.example.com/api/v3",
  );
  expect(problemsOf({ ...right, GITHUB_API_URL: "http://github.example.com/api/v3" })).toEqual(["GITHUB_API_URL"]);
  for (const repository of ["a", "a/b/c", "a/..", "../b", "a/b?x"])
    expect(problemsOf({ ...right, GITHUB_REPOSITORY: repository })).toEqual(["GITHUB_REPOSITORY"]);
});
