const TERMS = ["1 Year", "2 Year", "3 Year", "Monthly"];

/** What the charges of one subscription type are called, and what they are worth. */
interface SubscriptionType {
  level: string;
  /** Whether the quantity of its charges counts as seats (E7). */
  seats?: true;
  charges: string[];
}

function everyTerm(plan: string): string[] {
  return TERMS.map((term) => `${plan} - ${term}`);
}

/** Every subscription type and its charge names, as publicly known (entitlements.md); the sandbox's own reading. */
export const SUBSCRIPTION_TYPES: Record<string, SubscriptionType> = {
  sub_dotcom_premium: { level: "premium", seats: true, charges: everyTerm("SaaS - Premium") },
  sub_dotcom_ultimate: {
    level: "ultimate",
    seats: true,
    charges: [...everyTerm("SaaS - Ultimate"), "SaaS - Ultimate (formerly Gold) - 1 Year"],
  },
  legacy_gold: { level: "gold", seats: true, charges: ["Gold - 1 Year"] },
  legacy_silver: { level: "silver", seats: true, charges: ["Silver - 1 Year"] },
  legacy_bronze: { level: "silver", seats: true, charges: ["Bronze - 1 Year"] },
  legacy_starter: { level: "silver", seats: true, charges: ["Self-Managed - Starter - 1 Year"] },
  sub_sm_premium: { level: "premium", seats: true, charges: everyTerm("Self-Managed - Premium") },
  sub_sm_ultimate: { level: "ultimate", seats: true, charges: everyTerm("Self-Managed - Ultimate") },
  sub_gitlab_dedicated: { level: "ultimate", seats: true, charges: ["Dedicated - Ultimate - 1 Year"] },
  usgov_fedramp: {
    level: "ultimate",
    seats: true,
    charges: [
      "Dedicated for Government - Ultimate - 1 Year",
      ...everyTerm("GitLab Dedicated for US Public Sector - Ultimate"),
    ],
  },
  sub_usgov_12x5: { level: "custom", charges: everyTerm("12x5 US Citizen Support") },
  sub_usgov_24x7: { level: "custom", charges: everyTerm("24x7 US Citizen Support") },
  sub_edu: {
    level: "community",
    charges: ["[EDU Program] SaaS - Ultimate - 1 Year", "[EDU Program] Self-Managed - Ultimate - 1 Year"],
  },
  sub_oss: {
    level: "community",
    charges: ["[OSS Program] SaaS - Ultimate - 1 Year", "[OSS Program] Self-Managed - Ultimate - 1 Year"],
  },
  sub_community_other: { level: "community", charges: ["[Startups Program] SaaS - Ultimate - 1 Year"] },
  sub_consumption_cicd_minutes: { level: "consumption_only", charges: ["1,000 CI Minutes", "1,000 Compute Minutes"] },
  sub_consumption_storage: { level: "consumption_only", charges: ["Gitlab Storage 10GB - 1 Year"] },
  sub_consumption_eap: { level: "consumption_only", charges: ["Enterprise Agile Planning - 1 Year"] },
  sub_consumption_duo_premium: { level: "consumption_only", charges: ["GitLab Duo Pro - 1 Year"] },
  sub_consumption_duo_enterprise: { level: "consumption_only", charges: ["GitLab Duo Enterprise - 1 Year"] },
  sub_consumption_duo_amazon_q: { level: "consumption_only", charges: ["GitLab Duo with Amazon Q - 1 Year"] },
  sub_ss_ase: { level: "custom", charges: ["Assigned Support Engineer - 1 Year"] },
  sub_ss_growth: { level: "custom", charges: ["Success Advanced - 1 Year"] },
  sub_ss_enterprise: { level: "custom", charges: ["Success Signature - 1 Year"] },
};

/** Subscription types that send a subscription to us-government (E4), without and with the federal-support exception. */
export const US_GOVERNMENT_TYPES = {
  without_exception: new Set(["sub_usgov_12x5", "sub_usgov_24x7", "usgov_fedramp"]),
  with_exception: new Set([
    "sub_usgov_12x5",
    "sub_usgov_24x7",
    "usgov_fedramp",
    "sub_sm_premium",
    "sub_sm_ultimate",
    "sub_gitlab_dedicated",
  ]),
};

/** Known charges without any meaning for support. */
export const IGNORED_CHARGES = [
  "GitLab with Git Fundamentals Training - Onsite",
  "Implementation QuickStart - GitLab.com",
  "Hourly Consulting",
  "Travel Expenses",
  "One Time Discount",
  "Trueup",
  "Support Package",
];

/** Subscription type by charge name, exactly as written (E2). */
export const TYPE_OF_CHARGE: ReadonlyMap<string, string> = new Map(
  Object.entries(SUBSCRIPTION_TYPES).flatMap(([type, { charges }]) => charges.map((name) => [name, type] as const)),
);
