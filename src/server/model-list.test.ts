import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sampleAlias, sampleKey, samplePool } from '../../test/samples/pool.ts';
import { renderModel, renderModelList, type Listing } from './model-list.ts';

test('the list shows what the key may call today, in both shapes', () => {
  const pool = samplePool({
    aliases: [sampleAlias('old', 'fast', { sunsetOn: '2026-11-23' }), sampleAlias('new', 'fast')],
  });
  const listing = (members: Partial<Listing> = {}): Listing => ({
    pool,
    key: null,
    headers: {},
    today: '2026-11-23',
    ...members,
  });
  const ids = (members: Partial<Listing> = {}): readonly string[] =>
    (renderModelList(listing(members))['data'] as readonly { readonly id: string }[]).map(({ id }) => id);
  assert.ok(ids().includes('new') && !ids().includes('old'));
  assert.ok(ids({ today: '2026-11-22' }).includes('old'));
  assert.deepEqual(ids({ key: sampleKey({ models: ['auto/fast'] }) }), ['auto', 'auto/fast']);
  assert.deepEqual(ids({ key: sampleKey({ models: ['new', 'provider/never-seen'] }) }), ['new', 'provider/never-seen']);
  const headers = { 'anthropic-version': '2023-06-01' };
  assert.deepEqual(ids({ headers, key: sampleKey({ models: ['auto/fast'] }) }), ['claude-auto', 'auto', 'auto/fast']);
  assert.deepEqual(renderModel('new', listing()), {
    id: 'new',
    object: 'model',
    created: Date.UTC(2026, 0, 1) / 1000,
    owned_by: 'gearbox',
    alias_of: 'auto/fast',
  });
  assert.throws(() => renderModel('old', listing()), { status: 404 });
  assert.throws(() => renderModel('auto/pro', listing({ key: sampleKey({ models: ['auto'] }) })), { status: 403 });
});
