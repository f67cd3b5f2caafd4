import { afterAll, describe, expect, test } from "bun:test";
import fc from "fast-check";
import { account, charge, override, PLANS, subscription, TODAY } from "../../test/support/domain/process-examples.ts";
import type { Account } from "./account.ts";
import { expiredEndDate, isDay, minusDays } from "./dates.ts";
import type { Override } from "./overrides.ts";
import { processAccounts } from "./process.ts";
import { toId18 } from "./salesforce-id.ts";

const TIME_ZONE = process.env.TZ;
const NAMES = [...PLANS.typeOfCharge.keys()];
const GRACE = expiredEndDate(TODAY);

const id = (prefix: string, number: number) => toId18(`${prefix}${String(number).padStart(12, "0")}`) ?? "";
const day = fc.integer({ min: -800, max: 1500 }).map((age) => minusDays(TODAY, age));
const chargeName = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...NAMES) },
  fc.constantFrom("Trueup", "New SKU", " Other SKU"),
);
const email = fc.constantFrom(null, "Ann@example.com", "ann@EXAMPLE.com", "bob@example.com", "zoe@example.com");

/** An account with its number as id, subscriptions 1..n of its own, and charges of some of them or of none. */
const anAccount = (number: number): fc.Arbitrary<Account> =>
  fc
    .record({
      exception: fc.boolean(),
      subs: fc.array(fc.record({ end_date: day, sold_to_email: email }), { maxLength: 4 }),
      charges: fc.array(
        fc.record({
          name: chargeName,
          end_date: day,
          quantity: fc.option(fc.nat(500)),
          of: fc.integer({ min: 1, max: 5 }),
          short: fc.boolean(),
        }),
        { maxLength: 8 },
      ),
      sold_to: fc.constantFrom(null, { name: "Ann", email: "ann@example.com" }),
    })
    .map(({ exception, subs, charges, sold_to }) =>
      account({
        salesforce_id: id("001", number),
        exception,
        sold_to,
        subs: subs.map((sub, index) => subscription({ ...sub, id: id("a0S", index + 1), subscription_id: null })),
        charges: charges.map(({ name, of, short, ...rest }, index) =>
          charge(name, {
            ...rest,
            id: id("a0C", index + 1),
            subscription_id: short ? id("a0S", of).slice(0, 15) : id("a0S", of),
          }),
        ),
      }),
    );

const accounts = fc.tuple(...[1, 2, 3, 4].map(anAccount));
const overrides: fc.Arbitrary<Override[]> = fc
  .array(
    fc.record({
      number: fc.integer({ min: 1, max: 6 }),
      instance: fc.constantFrom("global", "us-government"),
      value: fc.boolean(),
      ends_on: fc.option(day),
      type: fc.constantFrom("sub_dotcom_ultimate", "sub_sm_premium", "sub_typo"),
    }),
    { maxLength: 4 },
  )
  .map((entries) =>
    entries.map(({ number, instance, value, ends_on, type }, index) =>
      override({
        salesforce_id: id("001", number),
        instance,
        ends_on,
        subscriptions: new Map([[type, value]]),
        where: `overrides.yml:${index + 1}`,
      }),
    ),
  );

const run = (input: Account[], also: Override[] = [], partnerIds: ReadonlySet<string> = new Set()) =>
  processAccounts({ accounts: input, overrides: also, partnerIds, plans: PLANS, today: TODAY });

describe("whatever the accounts", () => {
  test("without overrides, an unexpired, mapped charge of a gathered subscription is never expired and never left out", () => {
    fc.assert(
      fc.property(accounts, (input) => {
        const processed = run(input);
        for (const one of input) {
          const decision = processed.decisions.get(one.salesforce_id);
          for (const { id, charge_name, end_date, subscription_id } of one.charges) {
            const gathered = one.subs.some((sub) => sub.id.slice(0, 15) === subscription_id?.slice(0, 15));
            if (!gathered || end_date < GRACE || !NAMES.includes(charge_name)) continue;
            const instance = decision?.subscriptions.find(({ charges }) =>
              charges.some((own) => own.charge.id === id),
            )?.instance;
            const desired = processed.desired[instance ?? "global"].find(
              (object) => object.salesforce_id === one.salesforce_id,
            );
            expect(desired?.organization_fields.support_level).not.toBe("expired");
            expect(desired?.organization_fields.account_type).toBe("customer");
          }
        }
      }),
    );
  });

  test("the order of accounts, subscriptions, charges and overrides has no influence", () => {
    const shuffled = fc.tuple(accounts, overrides).chain(([input, also]) =>
      fc.record({
        input: fc.constant(input),
        also: fc.constant(also),
        otherAlso: fc.shuffledSubarray(also, { minLength: also.length }),
        other: fc
          .tuple(
            ...input.map((one) =>
              fc
                .tuple(
                  fc.shuffledSubarray(one.subs, { minLength: one.subs.length }),
                  fc.shuffledSubarray(one.charges, { minLength: one.charges.length }),
                )
                .map(([subs, charges]) => ({ ...one, subs, charges })),
            ),
          )
          .chain((all) => fc.shuffledSubarray(all, { minLength: all.length })),
      }),
    );
    fc.assert(
      fc.property(shuffled, ({ input, other, also, otherAlso }) => {
        const withoutPlaces = ({ decisions: _, notes, notesOf, ...rest }: ReturnType<typeof run>) =>
          JSON.stringify({
            ...rest,
            notes: [notes, notesOf.global, notesOf["us-government"]].map((all) =>
              all.map((note) => JSON.stringify(note.reason).replace(/"overrides\.yml:\d+",?/g, "")),
            ),
          });
        expect(withoutPlaces(run(other, otherAlso))).toBe(withoutPlaces(run(input, also)));
        expect(JSON.stringify(run(other, also))).toBe(JSON.stringify(run(input, also)));
      }),
    );
  });

  test("one account never has influence on another's result", () => {
    fc.assert(
      fc.property(accounts, overrides, (input, also) => {
        const together = run(input, also);
        for (const one of input) {
          const alone = run([one], also);
          for (const instance of ["global", "us-government"] as const) {
            const own = together.desired[instance].filter((object) => object.salesforce_id === one.salesforce_id);
            expect(own).toEqual(alone.desired[instance]);
          }
        }
      }),
    );
  });

  test("every account is either skipped with a note, or has an object or a note for each instance it belongs to", () => {
    fc.assert(
      fc.property(accounts, (input) => {
        const processed = run(input, [], new Set([id("001", 1)]));
        const { counts } = processed;
        expect(processed.decisions.size).toBe(input.length);
        const skips = processed.notes.filter((note) => note.rule === "E1").length;
        expect(skips).toBe(counts.skipped["account.is_partner"] + counts.skipped["account.without_subscription"]);
        for (const { skipped, subscriptions, entitlements } of processed.decisions.values()) {
          const instances = new Set(subscriptions.map((one) => one.instance));
          expect(new Set(Object.keys(entitlements))).toEqual(instances);
          expect(instances.size === 0).toBe(skipped !== null);
        }
        for (const object of [...processed.desired.global, ...processed.desired["us-government"]]) {
          expect(isDay(String(object.organization_fields.expiration_date))).toBe(true);
        }
      }),
    );
  });
});

describe("in every time zone", () => {
  afterAll(() => {
    if (TIME_ZONE === undefined) delete process.env.TZ;
    else process.env.TZ = TIME_ZONE;
  });

  test("the result is the same", () => {
    const inZone = (zone: string, input: Account[], also: Override[]) => {
      process.env.TZ = zone;
      return JSON.stringify(run(input, also));
    };
    fc.assert(
      fc.property(accounts, overrides, (input, also) => {
        const utc = inZone("UTC", input, also);
        for (const zone of ["Pacific/Kiritimati", "America/Los_Angeles", "Asia/Kolkata"]) {
          expect(inZone(zone, input, also)).toBe(utc);
        }
      }),
      { numRuns: 30 },
    );
  });
});
