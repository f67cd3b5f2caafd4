import pLimit from "p-limit";

/** Does the work for every item, a few at once, answers in order; after a failure nothing further is begun. */
export async function inParallel<T, Result>(
  atOnce: number,
  items: readonly T[],
  work: (item: T) => Promise<Result>,
): Promise<Result[]> {
  const limit = pLimit(atOnce);
  try {
    return await limit.map(items, work);
  } catch (error) {
    limit.clearQueue();
    throw error;
  }
}
