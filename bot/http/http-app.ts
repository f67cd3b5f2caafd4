import { Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { secureHeaders } from "hono/secure-headers";
import { errorSummary } from "../error-summary.ts";
import type { Readiness } from "../readiness.ts";
import { throttledLog } from "../throttle.ts";
import type { HttpReceiver } from "./receiver.ts";
import { sameSecret } from "./signature.ts";
import { objectIn, textOf } from "./slack-body.ts";

/** More than anything that Slack or GitLab sends for one command, click or pipeline. */
const MAX_BYTES = 1024 * 1024;

/** Handlers behind the bot's routes: Slack's receiver, GitLab's webhook and readiness. */
export interface HttpAppDeps {
  /** Null in Socket Mode: nothing of Slack's comes over HTTP. */
  receiver: Pick<HttpReceiver, "handle"> | null;
  /** Null where no webhook secret is set. */
  gitlab: { secret: string; webhook: (payload: unknown) => void } | null;
  readiness: Readiness;
  clock: () => Date;
  log: (message: string) => void;
}

/** The bot's HTTP side: everything that its port answers. No answer holds anything about a customer. */
export function createHttpApp({ receiver, gitlab, readiness, clock, log }: HttpAppDeps): Hono {
  const app = new Hono();
  const logThrottled = throttledLog(log, clock);
  app.use(secureHeaders());
  app.use(async (c, next) => {
    await next();
    c.header("cache-control", "no-store");
  });
  const limit = bodyLimit({ maxSize: MAX_BYTES, onError: (c) => c.body(null, 413) });
  app.get("/healthz", (c) => c.text("alive"));
  app.get("/readyz", (c) => c.json(readiness.report(), readiness.isReady ? 200 : 503));
  if (receiver) app.post("/slack/events", limit, (c) => receiver.handle(c.req.raw));
  if (gitlab)
    app.post(
      "/gitlab/events",
      async (c, next) => {
        // Before the body: a stranger's is not even read.
        if (sameSecret(c.req.header("x-gitlab-token") ?? "", gitlab.secret)) return await next();
        logThrottled(
          "a webhook arrived without the right GITLAB_WEBHOOK_SECRET: answered 401. If GitLab sent it, its secret token differs",
        );
        return c.body(null, 401);
      },
      limit,
      async (c) => {
        const payload = objectIn(textOf(new Uint8Array(await c.req.arrayBuffer())) ?? "");
        if (payload === null) return c.body(null, 400);
        gitlab.webhook(payload);
        return c.body(null, 200);
      },
    );
  app.notFound((c) => c.body(null, 404));
  app.onError((error, c) => {
    log(`a request failed: ${errorSummary(error)}`);
    return c.body(null, 500);
  });
  return app;
}
