import type { CommandDescription } from "./commands.ts";

/** Hint in `--help` for a first-time user. */
export const FIRST_TIME = "zdsync demo needs no configuration; ";

/** Commands that start the sandbox. The program that runs against customers has `without-sandbox.ts` instead (scripts/bundle.ts). */
export const SANDBOX_COMMANDS: Record<"demo" | "sandbox", CommandDescription> = {
  demo: {
    summary: "run everything against a built-in sandbox; needs no configuration",
    load: async () => (await import("./commands/demo-command.ts")).demo,
  },
  sandbox: {
    summary: "start a local Salesforce, Zendesk, GitLab and Slack, and print how to use them",
    load: async () => (await import("./commands/sandbox-command.ts")).sandbox,
  },
};
