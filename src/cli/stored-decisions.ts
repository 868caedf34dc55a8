/** Decisions of a store page by page, newest first. */
import type { DecisionQuery, StoredDecision, StoreReader } from '../store/store.ts';

/** Decisions read at a time: a page of records stays small in memory whatever the store holds. */
const PAGE_ROWS = 500;

/** Every decision that the query matches; `limit` and `before` are set by the reading itself. */
export async function* readDecisions(
  reader: StoreReader,
  query: Omit<DecisionQuery, 'limit' | 'before'> = {},
): AsyncIterable<StoredDecision> {
  let before: string | undefined;
  for (;;) {
    const page = await reader.decisions({ ...query, limit: PAGE_ROWS, ...(before === undefined ? {} : { before }) });
    yield* page;
    before = page.at(-1)?.decision.id;
    if (page.length < PAGE_ROWS) return;
  }
}

/** The newest of them. */
export const readNewest = async (
  reader: StoreReader,
  limit: number,
  query: Omit<DecisionQuery, 'limit' | 'before'> = {},
): Promise<readonly StoredDecision[]> => {
  const found: StoredDecision[] = [];
  for await (const stored of readDecisions(reader, query)) {
    found.push(stored);
    if (found.length >= limit) break;
  }
  return found;
};
