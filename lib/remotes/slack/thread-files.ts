import type { WebClient } from "@slack/web-api";
import * as v from "valibot";
import type { SlackSettings } from "../../settings/environment.ts";
import { HttpClient } from "../http/http-client.ts";
import { HttpError } from "../http/http-error.ts";
import { ONE_ATTEMPT } from "../http/retry-budget.ts";
import { isSlackAddress } from "./slack-address.ts";
import { type SlackFailure, slackFailure } from "./slack-errors.ts";
import { postingClient, readingClient, type WebClientTiming } from "./web-client.ts";

/** A file's bytes may take so long to be sent. */
const SENDING_MS = 120_000;
/** Bytes; Slack answers `OK - 53072`. */
const LARGEST_ANSWER = 64 * 1024;
/** Replies of a thread that are looked through: a run's has some twelve. */
const MAX_REPLIES = 200;

/** Thread, title and comment of a file that is shown. */
export interface FilePlace {
  /** The `ts` of the thread's first message. */
  thread: string;
  title: string;
  /** The words above the file. Unique in its thread: by it the message is known again. */
  comment: string;
}

/** Result of looking for a file in its thread; `unknown`: the thread cannot be read. */
export type FileSeen = { is: "there" } | { is: "not there" } | { is: "unknown"; reason: string };

/** Files in the threads of one channel. No method throws. */
export interface ThreadFiles {
  /** Sends a file's bytes. Nobody sees anything of it before it is shared: after a failure of any kind it may be sent again. */
  upload(file: { name: string; bytes: Uint8Array }): Promise<{ is: "uploaded"; id: string } | SlackFailure>;
  /** Shows an uploaded file in a thread. `unknown`: whether it is shown, nobody knows; look before it is done again. */
  share(id: string, place: FilePlace): Promise<{ is: "shared" } | SlackFailure>;
  /** Looks whether a file was shown: Slack's answer does not say so, and a shared file carries no metadata of ours. */
  look(place: Pick<FilePlace, "thread" | "comment">): Promise<FileSeen>;
}

const RepliesSchema = v.object({ messages: v.array(v.object({ text: v.optional(v.string(), "") })) });

/** The files of the channel that the settings name. Nothing is loaded or asked before the first call; `signal` ends what is being sent. */
export function createThreadFiles(
  settings: SlackSettings,
  { signal, ...timing }: WebClientTiming & { signal?: AbortSignal } = {},
): ThreadFiles {
  const { channel } = settings;
  let posting: Promise<WebClient> | undefined;
  const client = () => (posting ??= postingClient(settings, timing));
  return {
    async upload({ name, bytes }) {
      try {
        const announced = { filename: name, length: bytes.length };
        const { upload_url: url = "", file_id: id = "" } = await (await client()).files.getUploadURLExternal(announced);
        if (id === "" || !isSlackAddress("files", url, settings.apiUrl))
          return { is: "unknown", reason: "the upload address is not Slack's: nothing was sent there" };
        return (await send(url, bytes, signal)) ?? { is: "uploaded", id };
      } catch (error) {
        return slackFailure(error);
      }
    },
    async share(id, { thread, title, comment }) {
      try {
        const place = { channel_id: channel, thread_ts: thread, initial_comment: comment };
        await (await client()).files.completeUploadExternal({ files: [{ id, title }], ...place });
        return { is: "shared" };
      } catch (error) {
        return slackFailure(error);
      }
    },
    async look({ thread, comment }) {
      try {
        const reading = await readingClient(settings, timing);
        const replies = await reading.conversations.replies({ channel, ts: thread, limit: MAX_REPLIES });
        const { messages } = v.parse(RepliesSchema, replies);
        return { is: messages.some(({ text }) => text === comment) ? "there" : "not there" };
      } catch (error) {
        if (v.isValiError(error)) return { is: "unknown", reason: "the response is not from Slack" };
        const failure = slackFailure(error);
        return { is: "unknown", reason: failure.is === "limited" ? "Slack's rate limit" : failure.reason };
      }
    },
  };
}

/** Sends the bytes where Slack wants them, without a token, once: the outbox tries again. Null where it took them; nothing of the answer is repeated. */
async function send(url: string, bytes: Uint8Array, signal: AbortSignal | undefined): Promise<SlackFailure | null> {
  const client = new HttpClient({
    service: "Slack",
    timeoutMs: SENDING_MS,
    largestAnswer: LARGEST_ANSWER,
    retryBudget: ONE_ATTEMPT,
    signal,
  });
  const content = { data: new Uint8Array(bytes), type: "application/octet-stream" };
  try {
    // Whoever knows the address may put a file there: it is in no message.
    const { status } = await client.download({ method: "POST", url, name: "POST a file", content, effect: "none" });
    return status === 200 ? null : refusedFile(status);
  } catch (error) {
    return error instanceof HttpError
      ? refusedFile(error.status)
      : { is: "unknown", reason: "Slack did not respond to the upload" };
  }
}

function refusedFile(status: number): SlackFailure {
  return { is: "unknown", reason: `Slack answered the upload with HTTP ${status}` };
}
