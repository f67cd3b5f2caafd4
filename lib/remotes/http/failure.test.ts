import { expect, test } from "bun:test";
import { failureOf, failureText } from "./failure.ts";
import { classifyFailure } from "./outcome.ts";

test.each([
  "ERR_TLS_CERT_ALTNAME_INVALID",
  "DEPTH_ZERO_SELF_SIGNED_CERT",
  "CERT_HAS_EXPIRED",
  "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
])("a certificate that is not trusted (%s) is called that, nothing was done, and it is not tried again", (code) => {
  const failure = failureOf(Object.assign(new Error("fetch failed"), { cause: { code } }), 1000);
  expect(failureText(failure)).toBe(`its certificate is not trusted (${code})`);
  expect(classifyFailure(failure)).toMatchObject({ is: "not-done", final: true });
});

test.each(["ECONNRESET", "ConnectionClosed"])("a connection that was cut (%s) is none", (code) => {
  expect(failureOf({ code }, 1000)).toEqual({ is: "disconnected", code });
});
