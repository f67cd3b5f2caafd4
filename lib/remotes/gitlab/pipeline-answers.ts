import * as v from "valibot";
import { RemoteError } from "../../errors.ts";

const Id = v.pipe(v.number(), v.safeInteger(), v.minValue(1));
/** `2026-11-24T10:00:00.000Z` in the API, `2026-11-24 10:00:00 UTC` in webhooks. */
const Moment = v.pipe(
  v.string(),
  v.transform((text) => new Date(text)),
  v.check((date) => !Number.isNaN(date.getTime()), "a moment"),
);

/** A pipeline, in a list or alone; what only one of the two has is optional. */
export const PipelineSchema = v.object({
  id: Id,
  ref: v.string(),
  status: v.string(),
  source: v.string(),
  created_at: Moment,
  updated_at: v.nullish(Moment, null),
  finished_at: v.nullish(Moment, null),
  web_url: v.pipe(v.string(), v.url()),
  user: v.nullish(v.object({ username: v.string() }), null),
});
export type Pipeline = v.InferOutput<typeof PipelineSchema>;

export const JobSchema = v.object({
  id: Id,
  name: v.string(),
  status: v.string(),
  started_at: v.nullish(Moment, null),
  finished_at: v.nullish(Moment, null),
});
export type Job = v.InferOutput<typeof JobSchema>;

/** A Pipeline Hook's body, as far as it is used (facts/gitlab-ci.md 4). */
export const PipelineHookSchema = v.object({
  object_kind: v.literal("pipeline"),
  object_attributes: v.object({
    id: Id,
    ref: v.string(),
    status: v.string(),
    source: v.string(),
    created_at: Moment,
    finished_at: v.nullish(Moment, null),
    // GitLab 16 and later; before that it is made from the project's address.
    url: v.nullish(v.pipe(v.string(), v.url()), null),
  }),
  user: v.nullish(v.object({ username: v.string() }), null),
  project: v.object({ id: Id, path_with_namespace: v.string(), web_url: v.pipe(v.string(), v.url()) }),
  builds: v.optional(v.array(JobSchema), []),
});
export type PipelineHook = v.InferOutput<typeof PipelineHookSchema>;

/** Reads an answer, or throws `RemoteError` naming what was asked: another program, or another GitLab, answers there. */
export function readAnswer<S extends v.GenericSchema>(schema: S, body: unknown, what: string): v.InferOutput<S> {
  const read = v.safeParse(schema, body);
  if (read.success) return read.output;
  const [issue] = read.issues;
  const where = issue ? (v.getDotPath(issue) ?? "the whole answer") : "the whole answer";
  throw new RemoteError(
    `GitLab sent an unexpected response to the request for ${what} (${where}). Check that GITLAB_URL points at GitLab itself.`,
    { service: "GitLab" },
  );
}
