import { describe, expect, test } from "bun:test";
import { clientUnderTest, failureOf, GET, POST } from "../../../test/support/http/client-under-test.ts";
import { gzipBomb } from "../../../test/support/http/gzip-bomb.ts";
import { downloadArtifact } from "../gitlab/artifact-download.ts";
import { takeOver } from "../gitlab/job-files.ts";
import { readRawFile } from "../gitlab/raw-file.ts";
import { createTransport } from "../salesforce/transport.ts";
import { readingClient } from "../slack/web-client.ts";
import { createZendeskReader } from "../zendesk/read.ts";
import { createZendeskWriter } from "../zendesk/write.ts";
import { AnswerTooLargeError, boundedFetch } from "./bounded-fetch.ts";
import { AmbiguousWriteError } from "./http-error.ts";

const LIMIT = { largestAnswer: 1024 ** 2 };
const TOO_LARGE = "the response is larger than 1 MB";

describe("B6: an answer that is larger than any, once decompressed, is not read", () => {
  test("by the count of what comes out of it, up to the last byte that may", async () => {
    using server = gzipBomb();
    const length = (await (await fetch(server.url)).arrayBuffer()).byteLength;
    expect((await (await boundedFetch(length)(server.url)).arrayBuffer()).byteLength).toBe(length);
    const response = await boundedFetch(length - 1)(server.url);
    expect(await failureOf(response.text())).toBeInstanceOf(AnswerTooLargeError);
  });

  test("a read is not asked for again", async () => {
    using server = gzipBomb();
    const error = await failureOf(clientUnderTest(LIMIT).http.send({ ...GET, url: `${server.url}/records` }));
    expect(String(error)).toContain(`The service: the response to GET /records is not usable: ${TOO_LARGE}.`);
    expect(server.requests()).toBe(1);
  });

  test.each(["adds", "sets"] as const)("S5: a write that %s may have been done", async (effect) => {
    using server = gzipBomb();
    const error = await failureOf(clientUnderTest(LIMIT).http.send({ ...POST, url: server.url, effect }));
    expect(error).toBeInstanceOf(AmbiguousWriteError);
    expect(server.requests()).toBe(1);
  });

  test("Zendesk: reader and writer", async () => {
    using server = gzipBomb();
    const auth = { kind: "api-token", email: "a@example.com", token: "t" } as const;
    const options = { instance: "global", url: server.url, auth, timing: LIMIT } as const;
    expect(String(await failureOf(createZendeskReader(options).userFields()))).toContain(TOO_LARGE);
    const row = { name: "n", external_id: "e", organization_fields: {} };
    expect(await createZendeskWriter(options).createOrganization(row)).toMatchObject({ is: "unknown" });
  });

  test("Salesforce", async () => {
    using server = gzipBomb();
    const error = await failureOf(createTransport(LIMIT)({ method: "GET", url: server.url }));
    expect(String(error)).toContain(TOO_LARGE);
    expect(server.requests()).toBe(1);
  });

  test("Slack", async () => {
    using server = gzipBomb();
    const client = await readingClient(
      { token: "t", channel: "C", apiUrl: `${server.url}/api/` },
      { ...LIMIT, minTimeoutMs: 1 },
    );
    expect(String(await failureOf(client.auth.test()))).toContain(TOO_LARGE);
  });

  test("GitLab: an artifact is left out, files of other jobs and the overrides are refused", async () => {
    using server = gzipBomb();
    const about = { host: "h", project: "p", ref: "r", tokenSetting: "GITLAB_READ_TOKEN", doing: "d" } as const;
    expect(await downloadArtifact({ url: server.url, token: "t" }, about, LIMIT)).toBeNull();
    const job = { apiUrl: server.url, token: "t", projectId: "1", jobId: "2", transport: "artifacts" };
    const reference = { projectId: "1", jobId: "2", sha256: "0".repeat(64) };
    const taken = takeOver(
      job as Parameters<typeof takeOver>[0],
      [reference],
      { isRead: () => true, keep: async () => {} },
      LIMIT,
    );
    expect(String(await failureOf(taken))).toContain(TOO_LARGE);
    const file = { url: server.url, project: "p", path: "overrides.yml", ref: "main", token: null };
    expect(String(await failureOf(readRawFile(file)))).toContain("larger than 10 MB");
  });
});
