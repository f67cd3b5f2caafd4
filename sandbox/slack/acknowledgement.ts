/** What came back from an app for a command or a click. */
export interface Acknowledgement {
  over: "http" | "socket";
  /** `late`: nothing within three seconds. `unreachable`: no connection, or it was cut. */
  is: "answered" | "late" | "unreachable";
  /** 200 for what came over a socket; null unless answered. */
  status: number | null;
  headers: Headers;
  body: string;
}

/** The request URL of an app, or what answers in its place (`app.request` of a Hono app needs no port). */
export type AppUnderTest = string | ((request: Request) => Response | Promise<Response>);

/** Where a function answers for the app: nothing is ever sent there. */
const PLACE_OF_A_FUNCTION = "https://bot.sandbox.invalid/slack/events";

/** The request URL that a request to the app is made for. */
export function requestUrl(app: AppUnderTest): string {
  return typeof app === "string" ? app : PLACE_OF_A_FUNCTION;
}

/** Sends a request to the app and waits for its acknowledgement as long as Slack does. Never throws. */
export async function overHttp(app: AppUnderTest, request: Request, timeoutMs: number): Promise<Acknowledgement> {
  const answered = async (): Promise<Acknowledgement> => {
    try {
      const response = await (typeof app === "string" ? fetch(request) : app(request));
      const { status, headers } = response;
      return { over: "http", is: "answered", status, headers, body: await response.text() };
    } catch {
      return nothingCame("http", "unreachable");
    }
  };
  return within(timeoutMs, answered(), () => nothingCame("http", "late"));
}

export function nothingCame(over: Acknowledgement["over"], is: "late" | "unreachable"): Acknowledgement {
  return { over, is, status: null, headers: new Headers(), body: "" };
}

/** What a promise gives, or something else where that takes longer. */
export async function within<Value>(timeoutMs: number, promise: Promise<Value>, late: () => Value): Promise<Value> {
  const { promise: timeout, resolve } = Promise.withResolvers<Value>();
  const timer = setTimeout(() => resolve(late()), timeoutMs);
  try {
    return await Promise.race([promise, timeout]);
  } finally {
    clearTimeout(timer);
  }
}
