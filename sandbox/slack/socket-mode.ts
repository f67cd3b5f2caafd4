import { randomBytes, randomUUID } from "node:crypto";
import type { ServerWebSocket } from "bun";
import { type Acknowledgement, nothingCame, within } from "./acknowledgement.ts";
import { app } from "./workspace.ts";

/** More than these cannot be open at once (Slack's documentation of Socket Mode). */
const MAX_CONNECTIONS = 10;
const PING_EVERY_MS = 10_000;

type Socket = ServerWebSocket<unknown>;

/** Why Slack asks an app to connect anew, or ends the connection for good. */
export type DisconnectReason = "warning" | "refresh_requested" | "link_disabled";

/** The sockets that an app has open: commands and clicks go through them instead of to a request URL. */
export class SocketMode {
  readonly #baseUrl: () => string;
  readonly #tickets = new Set<string>();
  readonly #open = new Map<Socket, Timer>();
  readonly #waiting = new Map<string, { socket: Socket; settle(acknowledgement: Acknowledgement): void }>();

  constructor(baseUrl: () => string) {
    this.#baseUrl = baseUrl;
  }

  /** How many are connected. */
  get connections(): number {
    return this.#open.size;
  }

  /** `apps.connections.open`: an address that works once. */
  newUrl(): string {
    const ticket = randomBytes(16).toString("hex");
    this.#tickets.add(ticket);
    return `${this.#baseUrl().replace(/^http/, "ws")}/link/?ticket=${ticket}&app_id=${app.id}`;
  }

  /** For the server: whether a request may become a socket. The ticket is used up. */
  accepts(request: Request): boolean {
    const { pathname, searchParams } = new URL(request.url);
    if (pathname !== "/link/" || this.#open.size >= MAX_CONNECTIONS) return false;
    return this.#tickets.delete(searchParams.get("ticket") ?? "");
  }

  /** For the server: what it calls. */
  readonly handler = {
    open: (socket: Socket) => {
      this.#open.set(
        socket,
        setInterval(() => socket.ping(), PING_EVERY_MS),
      );
      socket.send(JSON.stringify({ type: "hello", ...this.#connectionInfo() }));
    },
    message: (_: Socket, message: string | Buffer) => this.#acknowledged(String(message)),
    close: (socket: Socket) => {
      clearInterval(this.#open.get(socket));
      this.#open.delete(socket);
      for (const waiting of this.#waiting.values())
        if (waiting.socket === socket) waiting.settle(nothingCame("socket", "unreachable"));
    },
  };

  /** Sends a command, a click or an event through one of the sockets, and waits for its acknowledgement. */
  async deliver(
    type: "slash_commands" | "interactive" | "events_api",
    payload: unknown,
    timeoutMs: number,
    more: { retry_attempt?: number; retry_reason?: string } = {},
  ): Promise<Acknowledgement> {
    const socket = [...this.#open.keys()].at(-1);
    if (!socket) return nothingCame("socket", "unreachable");
    const envelope_id = randomUUID();
    const { promise, resolve: settle } = Promise.withResolvers<Acknowledgement>();
    this.#waiting.set(envelope_id, { socket, settle });
    const accepts_response_payload = type === "slash_commands";
    socket.send(JSON.stringify({ envelope_id, payload, type, accepts_response_payload, ...more }));
    const acknowledgement = await within(timeoutMs, promise, () => nothingCame("socket", "late"));
    this.#waiting.delete(envelope_id);
    return acknowledgement;
  }

  /** Asks every app to connect anew; it closes its socket itself. */
  disconnect(reason: DisconnectReason): void {
    for (const socket of this.#open.keys())
      socket.send(JSON.stringify({ type: "disconnect", reason, debug_info: { host: "sandbox" } }));
  }

  /** Cuts every connection without a word. */
  cut(): void {
    for (const socket of [...this.#open.keys()]) socket.terminate();
  }

  #connectionInfo() {
    return {
      connection_info: { app_id: app.id },
      num_connections: this.#open.size,
      debug_info: { host: "sandbox", build_number: 1, approximate_connection_time: 18_060 },
    };
  }

  /** Of what is no acknowledgement, or of what nobody waits for any more, Slack says nothing. */
  #acknowledged(text: string): void {
    let message: { envelope_id?: unknown; payload?: unknown };
    try {
      message = JSON.parse(text) as typeof message;
    } catch {
      return;
    }
    const body = message.payload === undefined ? "" : JSON.stringify(message.payload);
    const waiting = this.#waiting.get(String(message.envelope_id));
    waiting?.settle({ over: "socket", is: "answered", status: 200, headers: new Headers(), body });
  }
}
