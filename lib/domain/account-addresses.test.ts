import { expect, test } from "bun:test";
import type { Subscription } from "./account.ts";
import { accountAddresses } from "./account-addresses.ts";

const sub = (end_date: string, sold_to_email: string | null): Subscription => ({
  id: "a0S4M00000AbCdEUAV",
  name: null,
  subscription_id: null,
  status: "Active",
  start_date: null,
  end_date,
  sold_to_email,
});

test("E14: the addresses of unexpired subscriptions and the account's own, each once, in lower case, sorted", () => {
  const subs = [
    sub("2027-01-01", "Zoe@Example.com "),
    sub("2026-11-08", "grace@example.com"),
    sub("2026-11-07", "expired@example.com"),
    sub("2027-01-01", null),
    sub("2027-01-01", "own@example.com"),
  ];
  expect(accountAddresses({ sold_to: { name: "Own", email: "OWN@example.com" }, subs }, "2026-11-23")).toEqual([
    "grace@example.com",
    "own@example.com",
    "zoe@example.com",
  ]);
  expect(accountAddresses({ sold_to: null, subs: [] }, "2026-11-23")).toEqual([]);
});
