import type { World } from "../types.ts";
import { addDays } from "./days.ts";
import { Invention, type Person } from "./invention.ts";
import { Random } from "./random.ts";
import type { AccountRecord, ChargeRecord, ContactRecord, Customer, SubscriptionRecord } from "./records.ts";
import { SalesforceIds } from "./salesforce-ids.ts";

/** A charge to invent: a name, or a name and what is special about it. */
export type ChargeWish =
  | string
  | { name: string; end?: string | null; quantity?: number | null; subscription?: string };

const SEGMENTS = ["Large", "Mid-Market", "SMB", "PubSec", null];
const GEOS = ["AMER", "APJ", "EMEA", "AMER", "EMEA", null];

/** The Salesforce side of a world in the making: invents accounts and what belongs to them, and files them. */
export class SalesforceDraft {
  readonly today: string;
  readonly random: Random;
  readonly invention: Invention;
  readonly ids: SalesforceIds;
  /** Names of people who look after accounts. */
  readonly owners: string[];
  readonly #customers: Customer[] = [];
  readonly #contacts: ContactRecord[] = [];
  readonly #deleted: AccountRecord[] = [];
  readonly #architects: Array<{ Id: string; Name: string }> = [];
  #numbers = 10_000;

  constructor(seed: number, today: string) {
    this.today = today;
    this.random = new Random(seed);
    this.invention = new Invention(seed, this.random);
    this.ids = new SalesforceIds(this.random.integer(1_000, 900_000_000));
    this.owners = Array.from({ length: 40 }, () => this.invention.name());
    for (let i = 0; i < 12; i++) this.#architects.push({ Id: this.ids.next("user"), Name: this.invention.name() });
  }

  get accounts(): number {
    return this.#customers.length;
  }

  get firstAccountId(): string | undefined {
    return this.#customers[0]?.account.Id;
  }

  /** Invents an account without subscriptions that is not yet in Salesforce; see {@link register}. */
  unregistered(change: Partial<AccountRecord> = {}): Customer {
    const id = this.ids.next("account");
    const name = change.Name ?? this.invention.company();
    const buyer = this.invention.person(name);
    const { random } = this;
    const account: AccountRecord = {
      Id: id,
      Account_ID_18__c: id,
      Name: name,
      CARR_This_Account__c: random.chance(0.05) ? null : random.integer(100, 500_000) / 2,
      Type: "Customer",
      Ultimate_Parent_Sales_Segment_Employees__c: random.pick(SEGMENTS),
      Account_Owner_Calc__c: random.pick(this.owners),
      Technical_Account_Manager_Name__c: random.chance(0.4) ? random.pick(this.owners) : null,
      Restricted_Account__c: random.chance(0.02) ? "Restricted Party" : null,
      Solutions_Architect_Lookup__r: random.chance(0.5) ? { Name: random.pick(this.#architects).Name } : null,
      Account_Demographics_Geo__c: random.pick(GEOS),
      Account_Demographics_Region__c: random.pick(["AMER", "EMEA", "Unknown", null]),
      Latest_Sold_To_Contact__r: { Name: buyer.name, Email: buyer.email },
      Partner_Track__c: null,
      Partners_Partner_Type__c: random.chance(0.03) ? "OEM" : null,
      Partners_Partner_Status__c: null,
      Support_Hold__c: random.chance(0.02) || (random.chance(0.1) ? null : false),
      Account_Risk_Level__c: random.pick([
        "Healthy",
        null,
        null,
        random.chance(0.1) ? "At Risk - Escalated" : "Healthy",
      ]),
      Support_Instance__c: null,
      IsDeleted: false,
      MasterRecordId: null,
      SystemModstamp: `${this.today}T00:00:00.000+0000`,
      ...change,
    };
    return { account, subscriptions: [], charges: [] };
  }

  /** Puts the account with all it has into Salesforce. */
  register(customer: Customer): void {
    this.#customers.push(customer);
  }

  /** Puts an account into the recycle bin, as one that was merged into another so many days ago. */
  mergedInto(winnerId: string, { account }: Customer, daysAgo: number): void {
    const SystemModstamp = `${addDays(this.today, -daysAgo)}T10:00:00.000+0000`;
    this.#deleted.push({ ...account, IsDeleted: true, MasterRecordId: winnerId, SystemModstamp });
  }

  /** What lies in the recycle bin. */
  get deletedAccounts(): AccountRecord[] {
    return this.#deleted;
  }

  /** An account in Salesforce, without subscriptions yet. */
  customer(change: Partial<AccountRecord> = {}): Customer {
    const customer = this.unregistered(change);
    this.register(customer);
    return customer;
  }

  /** Gives the account a subscription with these charges. Everything ends on `end`, unless a charge says otherwise. */
  subscribe(
    customer: Customer,
    charges: ChargeWish[],
    options: { end?: string | null; status?: string; soldTo?: string | null } = {},
  ): SubscriptionRecord {
    const { account } = customer;
    const end = options.end === undefined ? addDays(this.today, this.random.integer(30, 700)) : options.end;
    const start = addDays(end ?? this.today, -365);
    const id = this.ids.next("subscription");
    const subscription: SubscriptionRecord = {
      Id: id,
      Name: `A-S${this.#number()}`,
      Subscription_ID_18__c: id,
      Zuora__Account__c: account.Id,
      Zuora__Status__c: options.status ?? "Active",
      Zuora__SubscriptionStartDate__c: start,
      Zuora__SubscriptionEndDate__c: end,
      Sold_To_Email__c: options.soldTo === undefined ? this.soldTo(customer) : options.soldTo,
    };
    customer.subscriptions.push(subscription);
    this.addCharges(customer, subscription, charges);
    return subscription;
  }

  /** Further charges of a subscription. */
  addCharges(customer: Customer, subscription: SubscriptionRecord, charges: ChargeWish[]): void {
    for (const wish of charges) this.#charge(customer, subscription, typeof wish === "string" ? { name: wish } : wish);
  }

  #charge(customer: Customer, subscription: SubscriptionRecord, wish: Exclude<ChargeWish, string>): void {
    const charge: ChargeRecord = {
      Id: this.ids.next("charge"),
      Name: `C-${this.#number()}`,
      Zuora__Account__c: customer.account.Id,
      Zuora__Subscription__c: wish.subscription ?? subscription.Id,
      Subscription_Status__c: subscription.Zuora__Status__c,
      Zuora__SubscriptionRatePlanChargeName__c: wish.name,
      Zuora__EffectiveStartDate__c: subscription.Zuora__SubscriptionStartDate__c,
      Zuora__EffectiveEndDate__c: wish.end === undefined ? subscription.Zuora__SubscriptionEndDate__c : wish.end,
      Zuora__Quantity__c: wish.quantity === undefined ? this.random.integer(1, 500) : wish.quantity,
    };
    customer.charges.push(charge);
  }

  #number(): string {
    this.#numbers += 1;
    return String(this.#numbers).padStart(8, "0");
  }

  /** The address of the account's own sold-to contact. */
  soldTo({ account }: Customer): string | null {
    return account.Latest_Sold_To_Contact__r?.Email ?? null;
  }

  /** A person at this account whom nobody knows yet. */
  person({ account }: Customer): Person {
    return this.invention.person(account.Name);
  }

  /** A contact of the account in Salesforce, who may ask for support unless said otherwise. */
  contact({ account }: Customer, person: Person, change: Partial<ContactRecord> = {}): void {
    this.#contacts.push({
      Id: this.ids.next("contact"),
      AccountId: account.Id,
      Name: person.name,
      Email: person.email,
      Inactive_Contact__c: false,
      Role__c: this.random.pick(["Gitlab Admin", "Gitlab Admin;Sold To", "Billing Contact;Gitlab Admin"]),
      Account: { Account_ID_18__c: account.Id },
      ...change,
    });
  }

  /** An account in Salesforce with one subscription to these charges. */
  subscriber(charges: ChargeWish[], change: Partial<AccountRecord> = {}): Customer {
    const customer = this.customer(change);
    this.subscribe(customer, charges);
    return customer;
  }

  /** All records. Accounts come in the order of their ids, so that the strange ones do not all come first. */
  records(): World["salesforce"] {
    const customers = this.#customers.sort((one, other) => (one.account.Id < other.account.Id ? -1 : 1));
    return {
      Account: customers.map(({ account }) => account),
      Contact: this.#contacts,
      Zuora__Subscription__c: customers.flatMap(({ subscriptions }) => subscriptions),
      Zuora__SubscriptionProductCharge__c: customers.flatMap(({ charges }) => charges),
      User: this.#architects,
    };
  }
}
