import type { LoadedCommand } from "../commands.ts";
import { previewInputs, runCommand, runInputs } from "./run.ts";

export const run: LoadedCommand = {
  inputs: runInputs,
  examples: [
    "zdsync run",
    "zdsync run --instance us-government --dry-run",
    "zdsync run --allow marks=120 --deadline 45m",
    "0 * * * *  cd /srv/zdsync && bun bin/zdsync.ts run --deadline 45m    (crontab)",
  ],
  run: ({ given, json, shell }) => runCommand("run", given, { ...shell, json }),
};

export const preview: LoadedCommand = {
  inputs: previewInputs,
  examples: ["zdsync preview", "zdsync preview --instance global --json"],
  run: ({ given, json, shell }) => runCommand("preview", given, { ...shell, json }),
};
