/** A reader that is still opening: questions wait for it, and get its error if it cannot be opened. */
import type { StoreReader } from './store.ts';

export const createDeferredReader = (opening: Promise<StoreReader>): StoreReader => {
  // Without a question there is nobody to tell; with one, the question rejects with the same error.
  opening.catch(() => {});
  return {
    decision: async (id) => (await opening).decision(id),
    decisions: async (query) => (await opening).decisions(query),
    outcomes: async (query) => (await opening).outcomes(query),
    text: async (decisionId) => (await opening).text(decisionId),
    state: async (name) => (await opening).state(name),
    response: async (id, nowMs) => (await opening).response(id, nowMs),
    responseOfItem: async (itemId, nowMs) => (await opening).responseOfItem(itemId, nowMs),
    counts: async () => (await opening).counts(),
    close: async () => {
      const reader = await opening.catch(() => null);
      await reader?.close();
    },
  };
};
