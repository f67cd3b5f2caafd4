import type { Database } from "bun:sqlite";
import type { UsGovernmentShown } from "../../lib/domain/config.ts";
import type { ExplainedSubject } from "../../lib/explain/explain-subjects.ts";
import type { Actor, ButtonClick, Reply } from "../conversation.ts";
import { errorSummary } from "../error-summary.ts";
import { guarded } from "../guarded.ts";
import type { Audit, Explainer } from "../ports.ts";
import { messageLines } from "../render/blocks.ts";
import { RunnerError } from "../runs/runner.ts";
import { explainInThread } from "./explain-thread.ts";
import { createExplanations, type ReadExplanation } from "./explanations.ts";
import type { LastRun } from "./last-run.ts";
import { type KnownState, OrganizationStates } from "./organization-states.ts";
import { answerTo, type LinkHosts, wholeOf } from "./render-explanation.ts";

/** Everything an explanation is made from: the last run, link hosts, the database, the logs, and which names may be shown. */
export interface ExplainerDeps {
  hosts: LinkHosts;
  /** The last run that left files; throws `RunnerError` where that cannot be found out. */
  lastRun: () => Promise<LastRun | null>;
  database: Database;
  audit: Audit;
  clock: () => Date;
  /** Told what went wrong, by code; never names a customer. */
  warn: (message: string) => void;
  /** Controls whether names of us-government's customers are shown. */
  usGovernment: UsGovernmentShown;
  /** For tests. */
  explanations?: ReadExplanation;
}

/** Explains single customers from the files of the last run: only whoever asks sees it. */
export function createExplainer(deps: ExplainerDeps): Explainer {
  const { hosts, usGovernment } = deps;
  const states = new OrganizationStates(deps.database);
  const read =
    deps.explanations ??
    createExplanations((directory, asked) => explainInThread(directory, asked, { hosts, usGovernment }));
  const answered = async (what: string, asked: string, by: Actor, reply: Reply, say: Say) => {
    const run = await deps.lastRun();
    if (!run) {
      record(deps, by, what, "no run to explain from");
      const none = "No run of the last week left readable files. `/zdsync last` shows details.";
      return reply.privately(messageLines([none]));
    }
    const explained = await read(run.store.directory, asked).catch((error: unknown) => {
      if (!(error instanceof RunnerError)) throw error;
      // While a run is in progress, its files take the place of those of the last one.
      throw new RunnerError(`${error.message} If a run is in progress, ask again when it has ended.`);
    });
    record(deps, by, what, resultOf(explained));
    await say(explained, run);
  };
  return {
    explain: (asked, by, reply) =>
      guarded(deps, { what: "explain" }, reply, () =>
        answered("explain", asked, by, reply, (explained, run) => {
          const state = explained.is === "explained" ? newestState(states, explained.organizations) : null;
          return reply.privately(answerTo(asked, explained, { hosts, run, state }));
        }),
      ),
    whole: ({ value, by }, reply) =>
      guarded(deps, { what: "explain everything" }, reply, () =>
        answered("explain everything", idIn(value), by, reply, async (explained, run) => {
          if (explained.is !== "explained")
            return reply.privately(answerTo(idIn(value), explained, { hosts, run, state: null }));
          for (const said of wholeOf(explained, { run })) await reply.privately(said);
        }),
      ),
  };
}

type Say = (explained: ExplainedSubject, run: LastRun) => Promise<void>;

/** The only thing that a click is trusted for: an account's id, or an organization's. */
function idIn(value: ButtonClick["value"]): string {
  return /^\w{1,20}$/.test(value) ? value : "";
}

/** For the audit log: ids, never names. */
function resultOf(explained: ExplainedSubject): string {
  if (explained.is !== "explained") return explained.is;
  const { salesforce_id, organizations } = explained.subject;
  return `explained ${salesforce_id ?? `organization ${organizations[0]?.id}`}`;
}

function newestState(states: OrganizationStates, organizations: readonly number[]): KnownState | null {
  const known = organizations.flatMap((id) => states.newest(id) ?? []);
  return known.sort((one, other) => other.at.getTime() - one.at.getTime())[0] ?? null;
}

function record({ audit, clock, warn }: ExplainerDeps, by: Actor, what: string, result: string): void {
  try {
    audit.record({ at: clock(), by, what, result });
  } catch (error) {
    warn(`an action could not be audited: ${errorSummary(error)}`);
  }
}
