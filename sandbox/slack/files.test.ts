import { describe, expect, test } from "bun:test";
import { LogLevel, WebClient } from "@slack/web-api";
import { BOT_TOKEN, CHANNEL, PRIVATE_CHANNEL, startSlack } from "../test/slack.ts";

const nothing = () => {};
const logger = {
  ...{ debug: nothing, info: nothing, warn: nothing, error: nothing },
  ...{ setLevel: nothing, setName: nothing, getLevel: () => LogLevel.ERROR },
};

/** A Slack without a port, and Slack's own client for it. */
function withClient() {
  const { slack } = startSlack();
  const client = new WebClient(BOT_TOKEN, {
    slackApiUrl: "https://slack.sandbox.invalid/api/",
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    logger,
    fetch: async (url, init) => slack.fetch(new Request(String(url), init as RequestInit)) as never,
  });
  return { slack, client };
}

const codeOf = (call: Promise<unknown>): Promise<unknown> =>
  call.then(
    () => "nothing was refused",
    (error) => error.data?.error ?? String(error),
  );

const PAGE = Buffer.from("<!doctype html><title>Ünïcode</title>");

describe("files", () => {
  test("Slack's own uploadV2 puts a file into a thread, byte for byte", async () => {
    const { slack, client } = withClient();
    const { ts = "" } = await client.chat.postMessage({ channel: CHANNEL, text: "a run" });
    await client.files.uploadV2({
      ...{ channel_id: CHANNEL, thread_ts: ts, initial_comment: "Its page.", title: "Report" },
      ...{ file: PAGE, filename: "report.html" },
    });
    const [, message] = slack.messages();
    const file = { id: "F0SANDBOX01", name: "report.html", title: "Report", mimetype: "text/html", size: PAGE.length };
    expect(message).toMatchObject({ channel: CHANNEL, thread_ts: ts, text: "Its page.", files: [file] });
    expect(Buffer.from(slack.fileBytes(file.id) ?? [])).toEqual(PAGE);
    const { messages } = await client.conversations.replies({ channel: CHANNEL, ts });
    expect(messages?.[1]).toMatchObject({ text: "Its page.", files: [{ id: file.id }] });
    expect(slack.conversation().at(-1)).toMatchObject({ visibleTo: null, files: [file] });
  });

  test("a file is shared once, and only once its bytes are there", async () => {
    const { slack, client } = withClient();
    const length = PAGE.length;
    const { upload_url = "", file_id: id = "" } = await client.files.getUploadURLExternal({
      filename: "a.txt",
      length,
    });
    const share = () => codeOf(client.files.completeUploadExternal({ files: [{ id }], channel_id: CHANNEL }));
    const send = async (body: Buffer) => (await slack.fetch(new Request(upload_url, { method: "POST", body }))).status;
    expect(await share()).toBe("file_not_found");
    expect(await send(PAGE.subarray(1))).toBe(400);
    expect(await send(PAGE)).toBe(200);
    expect(await send(PAGE)).toBe(404);
    expect(slack.tokens()).toContain(upload_url.split("/").at(-1) ?? "");
    expect(await share()).toBe("nothing was refused");
    expect(await share()).toBe("file_not_found");
    expect(slack.messages()).toHaveLength(1);
  });

  test.each([
    ["a private channel where the bot is not", PRIVATE_CHANNEL, "channel_not_found"],
    ["no such channel", "C0NOWHERE1", "channel_not_found"],
  ])("refused: %s", async (_, channel_id, error) => {
    const { slack, client } = withClient();
    expect(await codeOf(client.files.uploadV2({ channel_id, file: PAGE, filename: "a.txt" }))).toBe(error);
    expect(slack.messages()).toEqual([]);
  });

  test("needs files:write, at both ends, and sizes and names", async () => {
    const { slack, client } = withClient();
    expect(await codeOf(client.files.getUploadURLExternal({ filename: "", length: 3 }))).toBe("invalid_arguments");
    expect(await codeOf(client.files.getUploadURLExternal({ filename: "a", length: 0 }))).toBe("invalid_arguments");
    slack.setScope("files:write", false);
    expect(await codeOf(client.files.getUploadURLExternal({ filename: "a", length: 3 }))).toBe("missing_scope");
    const share = client.files.completeUploadExternal({ files: [{ id: "F0SANDBOX01" }], channel_id: CHANNEL });
    expect(await codeOf(share)).toBe("missing_scope");
  });
});
