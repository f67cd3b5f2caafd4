/** The two Zendesk production instances (G6). */
export const INSTANCES = ["global", "us-government"] as const;
export type InstanceName = (typeof INSTANCES)[number];

/** How artifact file names call an instance. */
export const FILE_PREFIX: Record<InstanceName, "global" | "usgov"> = { global: "global", "us-government": "usgov" };
