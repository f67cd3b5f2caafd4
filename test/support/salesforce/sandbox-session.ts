import { RemoteError } from "../../../lib/errors.ts";
import { createReader } from "../../../lib/remotes/salesforce/reader.ts";
import type { Session } from "../../../lib/remotes/salesforce/session.ts";
import { Streams } from "../../../lib/remotes/salesforce/streams.ts";
import { Client } from "../../../sandbox/test/salesforce.ts";
import type { World } from "../../../sandbox/types.ts";

/** What happens at a request: `nth` counts from 1; a code instead of an answer refuses it. */
export type AtRequest = (nth: number, soql: string) => string | undefined;

/** A reader of the sandbox's Salesforce without a port, which tells of every request before it is answered. */
export class SandboxOrg {
  readonly client: Client;
  /** The queries of all requests so far, in order; a locator where it was one. */
  readonly asked: string[] = [];
  atRequest: AtRequest = () => undefined;
  readonly session: Session;
  /** Requests are answered one after the other, so that what happens at one comes after all before it. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(records: World["salesforce"], batch: number, deletedAccounts: World["deletedAccounts"] = []) {
    this.client = new Client(structuredClone(records), { batch, deletedAccounts });
    this.session = {
      host: "salesforce.test",
      basePath: "/services/data/v66.0",
      get: (path) => this.session.streams.send(() => this.#inTurn(() => this.#get(path))),
      tokenBytes: () => 112,
      apiUsage: () => null,
      streams: new Streams(),
    };
  }

  get salesforce() {
    return this.client.salesforce;
  }

  get reader() {
    return createReader(this.session);
  }

  #inTurn<T>(answer: () => Promise<T>): Promise<T> {
    const turn = this.#turn.then(answer);
    this.#turn = turn.catch(() => {});
    return turn;
  }

  async #get(path: string): Promise<unknown> {
    const soql = new URL(path, "http://x").searchParams.get("q") ?? path;
    this.asked.push(soql);
    const refused = this.atRequest(this.asked.length, soql);
    const { status, body } = refused ? { status: 400, body: [{ errorCode: refused }] } : await this.client.get(path);
    if (status === 200) return body;
    const [{ errorCode }] = body as [{ errorCode: string }];
    throw new RemoteError(`refused: ${errorCode}`, { service: "Salesforce", status, code: errorCode });
  }
}
