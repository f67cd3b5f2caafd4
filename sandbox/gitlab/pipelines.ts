import type { InputValues } from "./pipeline-inputs.ts";
import {
  type GitLabUser,
  isFinal,
  type PipelineDefinition,
  type PipelineState,
  type PipelineStep,
  type PipelineStore,
  type Source,
} from "./pipeline-store.ts";
import { pipelineHook, type Whereabouts } from "./pipeline-wire.ts";

export type PipelineHook = ReturnType<typeof pipelineHook>;

/** A pipeline that was just created, for whoever really runs it. */
export interface CreatedPipeline {
  id: number;
  inputs: InputValues;
  /** Changes it, as its jobs would; answers nothing where it was canceled or removed meanwhile. */
  advance(step: PipelineStep): void;
  /** Whether it has ended, e.g. because somebody canceled it. */
  ended(): boolean;
}

/** What tests and demos do to the sync project's pipelines, and what they see of them. */
export interface Pipelines {
  /** Inputs and jobs of the project's pipeline, as its YAML would say. */
  define(definition: PipelineDefinition): void;
  /** Newest first. */
  all(): readonly PipelineState[];
  /** As a schedule or a person would. Throws for wrong inputs. */
  start(asked?: { source?: Source; ref?: string; inputs?: InputValues; user?: GitLabUser }): PipelineState;
  advance(id: number, step: PipelineStep): PipelineState;
  remove(id: number): void;
  /** Called with every pipeline that is created from now on. Answers how to end it. */
  onCreated(run: (pipeline: CreatedPipeline) => void): () => void;
  /** The webhook's payload for a pipeline as it is now: keep some, and deliver them late, twice, or altered. */
  hook(id: number): PipelineHook;
  /** Delivers one payload; answers the receiver's status. */
  deliver(payload: unknown, to: { url: string; secret: string | null; event?: string }): Promise<number>;
  /** Delivers a payload on every change of a pipeline from now on, in order. Answers how to end it, after what is on its way. */
  subscribe(to: { url: string; secret: string }): () => Promise<void>;
}

const PERSON: GitLabUser = { id: 7, username: "ann", name: "Ann Example" };

export function createPipelines(store: PipelineStore, refs: readonly string[], where: () => Whereabouts): Pipelines {
  const hook = (pipeline: PipelineState) => pipelineHook(pipeline, where());
  const found = (id: number) => {
    const pipeline = store.find(id);
    if (!pipeline) throw new Error(`no pipeline ${id}`);
    return pipeline;
  };
  return {
    define(definition) {
      store.definition = definition;
    },
    all: () => store.all(),
    start({ source = "web", ref = refs[0] ?? "main", inputs = {}, user = PERSON } = {}) {
      const made = store.create({ source, ref, inputs, user });
      if ("errors" in made) throw new Error(made.errors.join("; "));
      return made;
    },
    advance: (id, step) => store.advance(id, step),
    remove: (id) => store.remove(id),
    onCreated: (run) =>
      store.watch((pipeline, change) => {
        if (change === "created") run(createdPipeline(store, pipeline));
      }),
    hook: (id) => hook(found(id)),
    deliver,
    subscribe({ url, secret }) {
      let last: Promise<unknown> = Promise.resolve();
      const end = store.watch((pipeline) => {
        const payload = hook(pipeline);
        // A receiver that is down is GitLab's everyday life.
        last = last.then(() => deliver(payload, { url, secret }).catch(() => {}));
      });
      return async () => {
        end();
        await last;
      };
    },
  };
}

function createdPipeline(store: PipelineStore, { id, inputs }: PipelineState): CreatedPipeline {
  const ended = () => {
    const now = store.find(id);
    return !now || isFinal(now.status);
  };
  return {
    id,
    inputs,
    ended,
    advance(step) {
      if (!ended()) store.advance(id, step);
    },
  };
}

async function deliver(
  payload: unknown,
  { url, secret, event = "Pipeline Hook" }: { url: string; secret: string | null; event?: string },
): Promise<number> {
  const response = await fetch(url, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      "user-agent": "GitLab/18.5.0",
      "x-gitlab-event": event,
      "x-gitlab-webhook-uuid": crypto.randomUUID(),
      "x-gitlab-event-uuid": crypto.randomUUID(),
      ...(secret === null ? {} : { "x-gitlab-token": secret }),
    },
    body: JSON.stringify(payload),
  });
  await response.arrayBuffer();
  return response.status;
}
