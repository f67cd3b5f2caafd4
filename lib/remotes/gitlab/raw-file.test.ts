import { describe, expect, test } from "bun:test";
import { type RawFileSettings, readRawFile } from "./raw-file.ts";

const TOKEN = "glpat-the-token";

/** A GitLab over real HTTP that answers as it is told; `count` counts the requests from 1. */
class FakeGitLab implements AsyncDisposable {
  readonly requests: { url: string; token: string | null }[] = [];
  readonly #server: ReturnType<typeof Bun.serve>;

  constructor(answer: (count: number) => Response) {
    this.#server = Bun.serve({
      port: 0,
      hostname: "127.0.0.1",
      fetch: (request) => {
        this.requests.push({ url: request.url.slice(this.url.length), token: request.headers.get("private-token") });
        return answer(this.requests.length);
      },
    });
  }

  get url(): string {
    return this.#server.url.origin;
  }

  /** @param timeoutMs short only where the time-out is what is tested: a busy machine takes its time */
  async read(change: Partial<RawFileSettings> = {}, timeoutMs = 5_000): Promise<string> {
    const settings = {
      url: this.url,
      project: "group/sub group/overrides",
      path: "dir/overrides.yml",
      ref: "main",
      token: TOKEN,
    };
    return readRawFile(
      { ...settings, ...change },
      { sleep: async () => {}, timeoutMs, retryBudget: { maxAttempts: 3 } },
    );
  }

  async refusal(change: Partial<RawFileSettings> = {}): Promise<string> {
    return this.read(change).then(
      () => "nothing was refused",
      (error: Error) => `${error.name}: ${error.message}`,
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.stop(true);
  }
}

const message = (status: number, text: string) => Response.json({ message: text }, { status });

test("the file is asked for with everything encoded, and comes as it is", async () => {
  await using gitlab = new FakeGitLab(() => new Response("- salesforce_id: ä\n"));
  expect(await gitlab.read({ ref: "feature/x&y" })).toBe("- salesforce_id: ä\n");
  expect(gitlab.requests).toEqual([
    {
      url: "/api/v4/projects/group%2Fsub%20group%2Foverrides/repository/files/dir%2Foverrides.yml/raw?ref=feature%2Fx%26y",
      token: TOKEN,
    },
  ]);
});

test("a file of the announced size is whole; the size is in bytes", async () => {
  await using gitlab = new FakeGitLab(() => new Response("- ä\n", { headers: { "x-gitlab-size": "5" } }));
  expect(await gitlab.read()).toBe("- ä\n");
});

test("without a token none is sent", async () => {
  await using gitlab = new FakeGitLab(() => new Response("[]"));
  await gitlab.read({ token: null, project: "42" });
  expect(gitlab.requests[0]?.token).toBeNull();
});

/** An answer of which only the beginning comes. */
const announced = (size: number) =>
  new Response(
    new ReadableStream({
      start(controller) {
        controller.enqueue(new TextEncoder().encode("- sales"));
        setTimeout(() => controller.error(new Error("cut off")), 0);
      },
    }),
    { headers: { "x-gitlab-size": String(size) } },
  );

describe("refusals name the setting", () => {
  test.each<[string, () => Response, string]>([
    ["401", () => message(401, "401 Unauthorized"), "OVERRIDES_TOKEN: "],
    ["403", () => message(403, "403 Forbidden"), "OVERRIDES_TOKEN: "],
    ["404 project", () => message(404, "404 Project Not Found"), "OVERRIDES_PROJECT: "],
    ["404 file", () => message(404, "404 File Not Found"), "OVERRIDES_PATH: "],
    ["404 ref", () => message(404, "404 Commit Not Found"), "OVERRIDES_REF: "],
    [
      "log-in page",
      () => new Response("<!DOCTYPE html><title>Sign in</title>", { headers: { "content-type": "text/html" } }),
      "OVERRIDES_TOKEN: ",
    ],
    ["log-in page as text", () => new Response("\n<html>"), "OVERRIDES_TOKEN: "],
    ["sent to log in", () => Response.redirect("https://gitlab.example.com/users/sign_in", 302), "OVERRIDES_TOKEN: "],
    ["sent elsewhere", () => Response.redirect("https://moved.example.com/secret-path", 301), "GITLAB_URL: "],
    ["too large", () => new Response("x".repeat(10 * 1024 * 1024 + 1)), "OVERRIDES_PATH: "],
    [
      "too large, of a size that is announced and never comes whole",
      () => announced(10 * 1024 * 1024 + 1),
      "OVERRIDES_PATH: ",
    ],
    ["not text", () => new Response(new Uint8Array([0xff, 0xfe, 0x00])), "OVERRIDES_PATH: "],
  ])("%s", async (_, answer, start) => {
    await using gitlab = new FakeGitLab(answer);
    const told = await gitlab.refusal();
    expect(told).toStartWith(`ConfigurationError: ${start}`);
    expect(told).not.toContain(TOKEN);
    expect(gitlab.requests).toHaveLength(1);
  });

  test("the token is not taken along to where GitLab sends on", async () => {
    await using other = new FakeGitLab(() => new Response("[]"));
    await using gitlab = new FakeGitLab(() => Response.redirect(`${other.url}/elsewhere`, 301));
    expect(await gitlab.refusal()).toContain(`redirects to ${new URL(other.url).host}.`);
    expect(other.requests).toEqual([]);
  });
});

describe("what passes is asked for again", () => {
  const stalled = () =>
    new Response(
      new ReadableStream({
        async pull(controller) {
          controller.enqueue(new TextEncoder().encode("- sales"));
          await new Promise(() => {});
        },
      }),
    );

  test.each<[string, () => Response]>([
    ["429", () => new Response("", { status: 429, headers: { "retry-after": "1" } })],
    ["502", () => new Response("<html>", { status: 502, headers: { "content-type": "text/html" } })],
    ["a body that never ends", stalled],
    ["half of the file, by its size", () => new Response("[", { headers: { "x-gitlab-size": "2" } })],
  ])("%s", async (_, answer) => {
    await using gitlab = new FakeGitLab((count) => (count === 1 ? answer() : new Response("[]")));
    expect(await gitlab.read({}, answer === stalled ? 200 : 5_000)).toBe("[]");
  });

  test("and told when it stays so", async () => {
    await using gitlab = new FakeGitLab(() => new Response("", { status: 500 }));
    const told = await gitlab.refusal();
    expect(told).toStartWith("RemoteError: GitLab (127.0.0.1:");
    expect(told).toContain("it answered 500, 3 times in a row");
    expect(told).toContain("GITLAB_URL");
  });
});
