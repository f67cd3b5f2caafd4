import type { App, Receiver, ReceiverEvent } from "@slack/bolt";
import { after } from "../../lib/edges/clock.ts";
import { errorSummary } from "../error-summary.ts";
import type { InFlight } from "../in-flight.ts";
import { throttledLog } from "../throttle.ts";
import { signatureProblem } from "./signature.ts";
import { isSslCheck, type SlackBody, slackBody, textOf } from "./slack-body.ts";

/** Slack gives up after three seconds; what is answered then may still arrive. */
const ACK_WITHIN_MS = 2_900;

/** Signing secret, clock, log and requests in flight of the HTTP receiver. */
export interface ReceiverDeps {
  signingSecret: string;
  clock: () => Date;
  /** Told what went wrong: codes and words, nothing of what was sent. */
  log: (message: string) => void;
  inFlight: InFlight;
  /** For tests. */
  ackWithinMs?: number;
}

/** A Bolt receiver over `Request → Response`: no port, no server of its own. */
export interface HttpReceiver extends Receiver {
  /** Never throws. */
  handle(request: Request): Promise<Response>;
}

/** Acknowledging twice is a fault of ours; Slack got the first one. */
export class AcknowledgedTwice extends Error {
  override readonly name = "AcknowledgedTwice";
}

/** Makes the receiver; nothing is dispatched before Bolt's `App` was made with it. */
export function createHttpReceiver(deps: ReceiverDeps): HttpReceiver {
  const logThrottled = throttledLog(deps.log, deps.clock);
  const state: { app: App | null } = { app: null };
  return {
    init(app) {
      state.app = app;
    },
    start: async () => {},
    stop: () => deps.inFlight.settled(),
    async handle(request) {
      const read = await readRequest(request, deps, logThrottled);
      if (read instanceof Response) return read;
      return state.app === null ? empty(503) : dispatch(state.app, read, deps);
    },
  };
}

interface Arrived {
  body: SlackBody;
  headers: Headers;
}

/** Reads and verifies a request: what Slack sent, or the answer where there is nothing to dispatch. */
async function readRequest(
  request: Request,
  { signingSecret, clock }: ReceiverDeps,
  logThrottled: (reason: string) => void,
): Promise<Arrived | Response> {
  const { headers } = request;
  const contentType = headers.get("content-type");
  const bytes = await request.bytes().catch(() => null);
  if (bytes === null) return empty(400);
  const text = textOf(bytes);
  if (text !== null && isSslCheck(text, contentType)) return empty(200);
  const signed = {
    timestamp: headers.get("x-slack-request-timestamp"),
    signature: headers.get("x-slack-signature"),
    body: bytes,
  };
  const problem = signatureProblem(signingSecret, signed, clock());
  if (problem !== null) {
    logThrottled(
      `a request without a valid Slack signature (${problem}): answered 401. If Slack sent it, SLACK_SIGNING_SECRET belongs to another app, or this machine's clock is wrong`,
    );
    return empty(401);
  }
  const body = text === null ? null : slackBody(text, contentType);
  if (body === null) return empty(400);
  if (body.type !== "url_verification") return { body, headers };
  return typeof body.challenge === "string" ? Response.json({ challenge: body.challenge }) : empty(400);
}

/** Hands a request to Bolt. It is answered as soon as it is acknowledged, or when it is clear that it never will be. */
function dispatch(
  app: App,
  { body, headers }: Arrived,
  { log, inFlight, ackWithinMs = ACK_WITHIN_MS }: ReceiverDeps,
): Promise<Response> {
  const { promise: answered, resolve: answer } = Promise.withResolvers<Response>();
  let acknowledged = false;
  const event: ReceiverEvent = {
    body,
    ...retryOf(headers),
    ack: async (said: unknown) => {
      if (acknowledged) throw new AcknowledgedTwice();
      acknowledged = true;
      answer(acknowledgement(said));
    },
  };
  const cancel = after(ackWithinMs, () => {
    log("a request from Slack was not acknowledged in time: the sender sees an error, but the work continues");
    answer(empty(404));
  });
  const ended = (status: number) => {
    cancel();
    if (!acknowledged) answer(empty(status));
  };
  const work = app.processEvent(event).then(
    () => ended(404),
    (error: unknown) => {
      log(`a request from Slack failed${acknowledged ? " after it was acknowledged" : ""}: ${errorSummary(error)}`);
      ended(500);
    },
  );
  inFlight.track(work);
  // An acknowledgement is the answer: the timer has nothing to say any more.
  return answered.finally(cancel);
}

function acknowledgement(said: unknown): Response {
  if (said === undefined || said === "") return empty(200);
  return typeof said === "string" ? new Response(said) : Response.json(said);
}

function retryOf(headers: Headers): { retryNum?: number; retryReason?: string } {
  const number = headers.get("x-slack-retry-num");
  const reason = headers.get("x-slack-retry-reason");
  return {
    ...(number !== null && /^\d{1,3}$/.test(number) ? { retryNum: Number(number) } : {}),
    ...(reason !== null ? { retryReason: reason } : {}),
  };
}

function empty(status: number): Response {
  return new Response(null, { status });
}
