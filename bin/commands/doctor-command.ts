import * as v from "valibot";
import { examine, hostsLine } from "../../lib/doctor/doctor.ts";
import { exitOfFindings } from "../../lib/doctor/finding.ts";
import { renderFindings } from "../../lib/doctor/render.ts";
import { toDay } from "../../lib/domain/dates.ts";
import { COMMON_INPUTS } from "../../lib/pipeline/inputs.ts";
import { parseInputs } from "../../lib/pipeline/parse-inputs.ts";
import { machineClock, reportWaits } from "../../lib/remotes/http/waits.ts";
import type { LoadedCommand } from "../commands.ts";

const inputs = v.object({
  ...COMMON_INPUTS,
  verbose: v.optional(v.pipe(v.picklist(["true", "false"]), v.description("Also show what is in order")), "false"),
});

export const doctor: LoadedCommand = {
  inputs,
  examples: ["zdsync doctor", "zdsync doctor --verbose", "zdsync doctor --json"],
  async run({ given, json, shell: { env, output, clock } }) {
    const { "data-dir": dataDir, today, verbose } = parseInputs(inputs, given, env);
    const hosts = hostsLine(env);
    output.err(`zdsync doctor · ${hosts}`);
    const waits = reportWaits((text) => output.err(text), {
      deadlineAt: null,
      clock: machineClock(() => clock().getTime()),
    });
    const findings = await examine({ env, dataDir, today: today || toDay(clock()), waits });
    const exit = exitOfFindings(findings);
    if (env.ZDSYNC_DEBUG)
      for (const { group, check, stack } of findings) if (stack) output.err(`${group} · ${check}: ${stack}`);
    const told = findings.map(({ stack: _, ...finding }) => finding);
    output.out(
      json
        ? JSON.stringify({ exit, hosts, findings: told })
        : renderFindings(findings, { verbose: verbose === "true" }),
    );
    return exit;
  },
};
