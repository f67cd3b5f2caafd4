import { recordNotFound } from "../errors.ts";
import { type App, faultOf, listParameter, originOf, urlOf } from "../exchange.ts";
import type { Instance } from "../instance.ts";
import { page } from "../paging.ts";
import type { Wire } from "../wire.ts";

/** Following bulk jobs: one, several with one request, all (facts 3). */
export function jobReads(app: App, instance: Instance): void {
  const { jobs } = instance;

  app.get("/api/v2/job_statuses", (c) => {
    const all = jobs.inOrder();
    const idOfSequence = new Map(all.map(({ id, sequence }) => [sequence, id]));
    const wire = (sequence: number): Wire => jobs.wire(idOfSequence.get(sequence) ?? "", originOf(c)) ?? {};
    const ids = all.map(({ sequence }) => sequence);
    return c.json(page(urlOf(c), { key: "job_statuses", ids, ascending: false, wire }, faultOf(c)));
  });

  app.get("/api/v2/job_statuses/show_many", (c) => {
    const asked = (listParameter(c, "ids") ?? []).map((id) => jobs.wire(id, originOf(c)));
    const found = asked.filter((job) => job !== undefined);
    return c.json({ job_statuses: found, next_page: null, previous_page: null, count: found.length });
  });

  app.get("/api/v2/job_statuses/:id", (c) => {
    const job = jobs.wire(c.req.param("id"), originOf(c));
    if (!job) throw recordNotFound();
    return c.json({ job_status: job });
  });
}
