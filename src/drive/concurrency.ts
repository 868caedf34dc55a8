/** Work in parallel with a bound, in order of the list. */

export interface ParallelOptions<Item, Result> {
  readonly items: readonly Item[];
  readonly concurrency: number;
  readonly run: (item: Item, index: number) => Promise<Result>;
  /** Once aborted, nothing new is begun; what runs is waited for. */
  readonly signal?: AbortSignal;
}

/** Results of the items that were begun, in the items' order; rejects with the first failure. */
export const runParallel = async <Item, Result>(options: ParallelOptions<Item, Result>): Promise<readonly Result[]> => {
  const { items, concurrency, run, signal } = options;
  const results: Result[] = [];
  let next = 0;
  const isOpen = (): boolean => next < items.length && signal?.aborted !== true;
  const work = async (): Promise<void> => {
    while (isOpen()) {
      const index = next;
      next += 1;
      // The index was in range one line above.
      results[index] = await run(items[index] as Item, index);
    }
  };
  await Promise.all(Array.from({ length: Math.min(concurrency, items.length) }, work));
  return results;
};
