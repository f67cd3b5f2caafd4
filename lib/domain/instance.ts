/** The two Zendesk production instances (G6). Each is called differently where something else allows only some characters: here, and nowhere else. */
export const INSTANCES = ["global", "us-government"] as const;
export type InstanceName = (typeof INSTANCES)[number];

/** An instance's name in artifact file names. */
export const FILE_PREFIX: Record<InstanceName, "global" | "usgov"> = { global: "global", "us-government": "usgov" };

/** An instance's name in the keys of the config. */
export const CONFIG_KEY = { global: "global", "us-government": "us_government" } as const satisfies Record<
  InstanceName,
  string
>;

/** Prefix of an instance's environment variables (interface.md). */
export const ENVIRONMENT_PREFIX: Record<InstanceName, string> = {
  global: "ZENDESK_GLOBAL",
  "us-government": "ZENDESK_USGOV",
};

/** An organization field that this instance has and the other one has not (organization-fields.md): what an instance is known by (O2). */
export const OWN_FIELD: Record<InstanceName, string> = { global: "org_region", "us-government": "sub_usgov_24x7" };
