import { expect, test } from "bun:test";
import { gitlabTokenEnd } from "./gitlab-token.ts";

async function endWhere(answer: (request: Request) => Response) {
  const server = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: answer });
  try {
    return await gitlabTokenEnd("OVERRIDES_TOKEN", `${server.url.origin}/`, "the-token", "2026-11-23");
  } finally {
    await server.stop(true);
  }
}

test("asks GitLab about the token itself", async () => {
  let asked = "";
  const found = await endWhere((request) => {
    asked = `${request.method} ${new URL(request.url).pathname} ${request.headers.get("PRIVATE-TOKEN")}`;
    return Response.json({ expires_at: "2026-11-30", scopes: ["read_api"], name: "zdsync" });
  });
  expect(asked).toBe("GET /api/v4/personal_access_tokens/self the-token");
  expect(found[0]).toMatchObject({ severity: "warning", found: "expires in 7 days, on 2026-11-30" });
});

test("a token that may not ask, or an answer that is none, is no finding against the token", async () => {
  const answers = [
    () => Response.json({ message: "403 Forbidden" }, { status: 403 }),
    () => new Response("<html>", { headers: { "content-type": "text/html" } }),
    () => Response.json({ expires_at: "soon", scopes: [] }),
    () => Response.redirect("https://elsewhere.example.com/", 302),
  ];
  for (const answer of answers) expect((await endWhere(answer)).map((one) => one.severity)).toEqual(["ok"]);
});
