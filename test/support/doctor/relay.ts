/** What a relay does with an answer on its way: the request's path, and its body where it has one. */
export type Alter = (asked: { path: string; body: string }, answer: Response) => Response | Promise<Response>;

/** Stands before a remote and changes what it answers. */
export class Relay implements AsyncDisposable {
  readonly #server: ReturnType<typeof Bun.serve>;

  constructor(target: string, alter: Alter) {
    this.#server = Bun.serve({
      port: 0,
      hostname: "127.0.0.1",
      async fetch(request) {
        const { pathname, search } = new URL(request.url);
        const body = await request.text();
        const headers = new Headers(request.headers);
        headers.delete("host");
        headers.set("accept-encoding", "identity");
        const answer = await fetch(`${new URL(target).origin}${pathname}${search}`, {
          method: request.method,
          headers,
          redirect: "manual",
          ...(body ? { body } : {}),
        });
        return alter({ path: pathname, body }, answer);
      },
    });
  }

  /** Where it stands; a path of the target is kept by whoever needs it. */
  get origin(): string {
    return this.#server.url.origin;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.stop(true);
  }
}

/** An answer with another body. */
export async function altered(answer: Response, change: (text: string) => string): Promise<Response> {
  const headers = new Headers(answer.headers);
  headers.delete("content-length");
  return new Response(change(await answer.text()), { status: answer.status, headers });
}

/** A JSON answer with another body. */
export function alteredJson<T>(answer: Response, change: (body: T) => unknown): Promise<Response> {
  return altered(answer, (text) => JSON.stringify(change(JSON.parse(text))));
}
