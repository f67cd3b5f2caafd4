import { expect, test } from "bun:test";
import { generateKeyPairSync } from "node:crypto";
import { jwtAssertion, jwtAudiences } from "./jwt.ts";

const pem = { type: "pkcs8", format: "pem" } as const;
test("an assertion is meant for the likeliest log-in server first, then for each of the others", () => {
  const [production, sandbox] = ["https://login.salesforce.com", "https://test.salesforce.com"];
  const at = (host: string) => `https://${host}.my.salesforce.com`;
  expect(jwtAudiences(at("example"))).toEqual([production, at("example"), sandbox]);
  expect(jwtAudiences(at("example--dev.sandbox"))).toEqual([sandbox, at("example--dev.sandbox"), production]);
  expect(jwtAudiences(at("saas-1234-dev-ed.scratch"))[0]).toBe(sandbox);
  expect(jwtAudiences(sandbox)).toEqual([sandbox, production]);
  expect(jwtAudiences("http://127.0.0.1:4001")[0]).toBe("http://127.0.0.1:4001");
  expect(jwtAudiences("https://my.salesforce.com.evil.example.com")[0]).toBe(
    "https://my.salesforce.com.evil.example.com",
  );
});

test("a key of another kind is refused", () => {
  const { privateKey: other } = generateKeyPairSync("ed25519", {
    publicKeyEncoding: { type: "spki", format: "pem" },
    privateKeyEncoding: pem,
  });
  const claims = { clientId: "c", username: "u", audience: "https://login.salesforce.com" };
  expect(() => jwtAssertion(claims, other, new Date(0))).toThrow("SALESFORCE_PRIVATE_KEY: is not an RSA private key");
});
