import { Hono } from "hono";
import { ConfigurationError } from "../../lib/errors.ts";
import type { Bot } from "../bot.ts";

/** Makes the bot on the first request, and reports why it could not be made. */
export interface LazyBot {
  make: () => Promise<Bot>;
  /** Told why it could not be made. */
  failed: (error: unknown) => void;
}

/**
 * A fetch handler that makes and starts the bot on its first request. Where its settings are wrong it stays alive, is not ready, and
 * says so; any other failure is tried again at the next request.
 */
export function createLazyApp({ make, failed }: LazyBot): Hono {
  const state: { made: Promise<Bot | null> | null } = { made: null };
  const made = () => {
    state.made ??= started(make).catch((error: unknown) => {
      if (!(error instanceof ConfigurationError)) state.made = null;
      failed(error);
      return null;
    });
    return state.made;
  };
  const app = new Hono();
  app.get("/healthz", (c) => c.text("alive"));
  app.all("*", async (c) => {
    const bot = await made();
    if (bot !== null) return bot.app.fetch(c.req.raw);
    return c.json({ ready: false, bot: "could not be started: see its log" }, 503);
  });
  return app;
}

async function started(make: () => Promise<Bot>): Promise<Bot> {
  const bot = await make();
  await bot.start();
  return bot;
}
