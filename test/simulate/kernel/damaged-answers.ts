/** A connection that was never made: nothing was sent. */
export function failedToConnect(code: "ECONNREFUSED" | "ENOTFOUND"): Error & { code: string } {
  return Object.assign(new Error("Unable to connect. Is the computer able to access the url?"), { code });
}

/** A connection that was cut before an answer came, as Bun says it. */
export function lostConnection(): Error & { code: string } {
  const text =
    "The socket connection was closed unexpectedly. For more information, pass `verbose: true` in the second argument to fetch()";
  return Object.assign(new Error(text), { code: "ECONNRESET" });
}

/** What a captive portal or a proxy says where data should be. */
export function pageOfHtml(): Response {
  return new Response("<!DOCTYPE html>\n<html><body><h1>Sign in to the network</h1></body></html>\n", {
    headers: { "content-type": "text/html; charset=utf-8" },
  });
}

/** The first half of an answer; then a clean end (`truncate`), or a cut connection (`reset`). */
export async function cutBody(response: Response, kind: "reset" | "truncate"): Promise<Response> {
  const { init, half } = await halfOf(response);
  if (kind === "truncate") return new Response(half, init);
  const sent = [half];
  return new Response(
    new ReadableStream({
      pull(controller) {
        const next = sent.shift();
        if (next === undefined) controller.error(lostConnection());
        else controller.enqueue(next);
      },
    }),
    init,
  );
}

/** The first half of an answer, and then nothing until the asking side gives up; the connection is let go then. */
export async function stalledBody(response: Response, signal: AbortSignal, letGo: () => void): Promise<Response> {
  const { init, half } = await halfOf(response);
  return new Response(
    new ReadableStream({
      start(controller) {
        controller.enqueue(half);
        const onAbort = () => {
          letGo();
          controller.error(signal.reason);
        };
        if (signal.aborted) onAbort();
        else signal.addEventListener("abort", onAbort, { once: true });
      },
      cancel: letGo,
    }),
    init,
  );
}

async function halfOf(response: Response) {
  const whole = new Uint8Array(await response.arrayBuffer());
  const headers = new Headers(response.headers);
  headers.delete("content-length");
  // A status without a body (204) cannot be damaged in its body: it becomes a 200 that breaks off.
  const init = { status: response.status === 204 ? 200 : response.status, headers };
  return { init, half: whole.slice(0, Math.ceil(whole.length / 2)) };
}
