import assert from 'node:assert/strict';
import { test } from 'node:test';
import { StoreError } from '../errors.ts';
import { createDeferredReader } from './deferred-reader.ts';
import { createMemoryStore } from './memory-store.ts';
import type { StoreReader } from './store.ts';

test('a question asked while the reader opens is answered once it is open', async () => {
  const opening = Promise.withResolvers<StoreReader>();
  const reader = createDeferredReader(opening.promise);
  const answer = reader.counts();
  opening.resolve(createMemoryStore({ now: () => 0 }));
  assert.equal((await answer).decisions, 0);
  await reader.close();
});

test('a reader that cannot be opened fails every question with its reason, and still closes', async () => {
  const reader = createDeferredReader(Promise.reject(new StoreError('no such file', { code: 'store_missing' })));
  await assert.rejects(reader.decision('dec_1'), /no such file/);
  await assert.rejects(reader.state('x'), { code: 'store_missing' });
  await reader.close();
});
