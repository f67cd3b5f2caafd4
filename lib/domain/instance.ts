/** The two Zendesk production instances (G6). Each is called differently where something else allows only some characters: here, and nowhere else. */
export const INSTANCES = ["global", "us-government"] as const;
export type InstanceName = (typeof INSTANCES)[number];

/** How artifact file names call an instance. */
export const FILE_PREFIX: Record<InstanceName, "global" | "usgov"> = { global: "global", "us-government": "usgov" };

/** How keys of the config call an instance. */
export const CONFIG_KEY = { global: "global", "us-government": "us_government" } as const satisfies Record<
  InstanceName,
  string
>;

/** How the names of an instance's environment variables begin (interface.md). */
export const ENVIRONMENT_PREFIX: Record<InstanceName, string> = {
  global: "ZENDESK_GLOBAL",
  "us-government": "ZENDESK_USGOV",
};

/** An organization field that this instance has and the other one has not (organization-fields.md): what an instance is known by (O2). */
export const OWN_FIELD: Record<InstanceName, string> = { global: "org_region", "us-government": "sub_usgov_24x7" };
