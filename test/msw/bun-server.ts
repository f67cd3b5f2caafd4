import { FetchInterceptor } from "@mswjs/interceptors/fetch/web";
import { type AnyHandler, http, passthrough } from "msw";
import { defineNetwork, InterceptorSource } from "msw/experimental";

/** Requests to servers of the test itself go through. */
const OWN_SERVERS = http.all(/^http:\/\/(?:127\.0\.0\.1|localhost)[:/]/, () => passthrough());

/**
 * msw's own `setupServer` intercepts nothing on Bun, without a word. This set-up does, and refuses every request that no
 * handler names: only the text "error" does that, a callback would let the request out.
 */
export function setupBunServer(...handlers: AnyHandler[]) {
  return defineNetwork({
    // The two builds of the interceptors differ in private types only.
    sources: [new InterceptorSource({ interceptors: [new FetchInterceptor() as never] })],
    handlers: [...handlers, OWN_SERVERS],
    onUnhandledFrame: "error",
    context: { quiet: true },
  });
}
