import { ConfigurationError } from "../lib/errors.ts";
import type { Bot } from "./bot.ts";

/** A bot that listens. */
export interface ServedBot {
  /** Port it listens on: the requested port, or a free one for 0. */
  port: number;
  /** Takes no more requests, finishes what is in flight, and closes the database. */
  stop(): Promise<void>;
}

/** Serves a bot on a port and starts it. Throws `ConfigurationError` where the port is taken or HOST is not this machine. */
export async function serveBot(bot: Bot, port: number): Promise<ServedBot> {
  const server = listen(bot, port);
  await bot.start();
  return {
    port: server.port ?? port,
    async stop() {
      // Refuses new connections at once; requests under way get their answers.
      const answered = server.stop();
      await bot.stop();
      // A connection kept open without a request would hold it up for ever.
      await Promise.race([answered, server.stop(true)]);
    },
  };
}

function listen(bot: Bot, port: number): Bun.Server<undefined> {
  const { host } = bot.settings;
  try {
    return Bun.serve({
      port,
      ...(host === null ? {} : { hostname: host }),
      fetch: (request) => bot.app.fetch(request),
    });
  } catch (error) {
    const { code } = error as { code?: unknown };
    // What Bun says of a name that nobody knows, by why it could not be found.
    if (host !== null && ["EADDRNOTAVAIL", "EINVAL", "ENOTFOUND", "EAI_AGAIN"].includes(String(code)))
      throw new ConfigurationError([
        {
          where: "HOST",
          what: `${host} is not an address of this machine: set one of its addresses, or none to listen on all of them`,
        },
      ]);
    const why = code === "EADDRINUSE" ? "is in use by another program" : "cannot be listened on";
    throw new ConfigurationError([
      { where: "PORT", what: `port ${port} ${why}: set another port, or stop that program` },
    ]);
  }
}
