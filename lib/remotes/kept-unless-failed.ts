/** A question that is asked once, however many want its answer: the next one after a failure asks again. */
export function keptUnlessFailed<Answer>(ask: () => Promise<Answer>): () => Promise<Answer> {
  let kept: Promise<Answer> | null = null;
  return () =>
    (kept ??= ask().catch((error: unknown) => {
      kept = null;
      throw error;
    }));
}
