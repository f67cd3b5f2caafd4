import { expect, test } from "bun:test";
import { generateKeyPairSync } from "node:crypto";
import { jwtAssertion } from "./jwt.ts";

const pem = { type: "pkcs8", format: "pem" } as const;
const { privateKey } = generateKeyPairSync("rsa", {
  modulusLength: 2048,
  publicKeyEncoding: { type: "spki", format: "pem" },
  privateKeyEncoding: pem,
});

function audience(loginUrl: string): string {
  const assertion = jwtAssertion({ clientId: "c", username: "u", loginUrl }, privateKey, new Date(0));
  return JSON.parse(Buffer.from(assertion.split(".")[1] ?? "", "base64url").toString()).aud;
}

test("the assertion is meant for the login server of a My Domain, or for the server itself", () => {
  expect(audience("https://example.my.salesforce.com")).toBe("https://login.salesforce.com");
  expect(audience("https://example--dev.sandbox.my.salesforce.com")).toBe("https://test.salesforce.com");
  expect(audience("https://test.salesforce.com")).toBe("https://test.salesforce.com");
  expect(audience("http://127.0.0.1:4001")).toBe("http://127.0.0.1:4001");
  expect(audience("https://my.salesforce.com.evil.example.com")).toBe("https://my.salesforce.com.evil.example.com");
});

test("a key of another kind is refused", () => {
  const { privateKey: other } = generateKeyPairSync("ed25519", {
    publicKeyEncoding: { type: "spki", format: "pem" },
    privateKeyEncoding: pem,
  });
  const claims = { clientId: "c", username: "u", loginUrl: "https://login.salesforce.com" };
  expect(() => jwtAssertion(claims, other, new Date(0))).toThrow("SALESFORCE_PRIVATE_KEY: is not an RSA private key");
});
