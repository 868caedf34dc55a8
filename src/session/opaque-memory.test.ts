import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ContentPart, OpaqueReasoning } from '../canonical/content.ts';
import type { CanonicalRequest } from '../canonical/request.ts';
import { tool, toRequest, user } from '../features/request.test-data.ts';
import { createOpaqueMemory } from './opaque-memory.ts';
import { createTurnCollector } from './turn-collector.ts';

const seal = (data: string): OpaqueReasoning => ({ kind: 'signature', data, provenance: null });
const thought = (text: string): ContentPart => ({
  type: 'reasoning',
  text,
  summary: [],
  opaque: seal(`sealed ${text}`),
});
const call = (id: string, opaque?: OpaqueReasoning): ContentPart => ({
  type: 'tool-call',
  id,
  name: 'f',
  kind: 'function',
  input: '{}',
  ...(opaque === undefined ? {} : { opaque }),
});

const answered = (...content: readonly ContentPart[]): CanonicalRequest =>
  toRequest([user('Do it'), { role: 'assistant', content }, { role: 'tool', content: [] }], { tools: [tool('f')] });

const createMemory = (maxCharacters = 1_000) => {
  let nowMs = 0;
  const memory = createOpaqueMemory({ now: () => nowMs, maxCharacters, lifetimeMs: 1_000 });
  return { ...memory, wait: (ms: number) => void (nowMs += ms) };
};

const partsOf = ({ messages }: CanonicalRequest): readonly ContentPart[] => messages[1]?.content ?? [];

test('thoughts that the client dropped stand before the call again', () => {
  const { remember, reattach } = createMemory();
  remember('k', [thought('a'), call('1'), call('2')]);
  assert.deepEqual(partsOf(reattach(answered(call('1'), call('2')), 'k')), [thought('a'), call('1'), call('2')]);
});

test('a thought that came back without its seal is not said twice', () => {
  const { remember, reattach } = createMemory();
  remember('k', [thought('a'), call('1')]);
  const shown: ContentPart = { type: 'reasoning', text: 'a', summary: [], opaque: null };
  assert.deepEqual(partsOf(reattach(answered(shown, call('1')), 'k')), [thought('a'), call('1')]);
});

test('the seal of a call comes back to its call', () => {
  const { remember, reattach } = createMemory();
  remember(null, [call('1', seal('x')), call('2', seal('y'))]);
  assert.deepEqual(partsOf(reattach(answered(call('1'), call('2')), null)), [
    call('1', seal('x')),
    call('2', seal('y')),
  ]);
});

test('a client that sends its thoughts back, another key, and a request without tools are left as they are', () => {
  const { remember, reattach } = createMemory();
  remember('k', [thought('a'), call('1')]);
  for (const [request, owner] of [
    [answered(thought('b'), call('1')), 'k'],
    [answered(call('1')), 'other'],
    [answered(call('9')), 'k'],
    [{ ...answered(call('1')), tools: [] }, 'k'],
  ] as const)
    assert.equal(reattach(request, owner), request);
});

test('the memory forgets by age and by size, the oldest first, and keeps no answer without calls or seals', () => {
  const { remember, reattach, wait } = createMemory(20);
  remember('k', [thought('a')]);
  remember('k', [{ type: 'reasoning', text: 'open', summary: [], opaque: null }, call('0')]);
  assert.equal(partsOf(reattach(answered(call('0')), 'k')).length, 1);
  remember('k', [thought('aaaa'), call('1')]);
  remember('k', [thought('bbbb'), call('2')]);
  assert.equal(partsOf(reattach(answered(call('1')), 'k')).length, 1);
  assert.equal(partsOf(reattach(answered(call('2')), 'k')).length, 2);
  wait(1_001);
  assert.equal(partsOf(reattach(answered(call('2')), 'k')).length, 1);
});

test('a streamed turn is put together from its parts: thoughts and calls, no words', () => {
  const collector = createTurnCollector();
  collector.observe([
    { type: 'start', id: 'x', model: 'm', createdAtSeconds: null },
    { type: 'block-start', choice: 0, block: 0, content: { kind: 'reasoning' } },
    { type: 'block-delta', choice: 0, block: 0, text: 'so ' },
    { type: 'block-delta', choice: 0, block: 0, text: 'be it' },
    { type: 'block-opaque', choice: 0, block: 0, opaque: seal('s') },
    { type: 'block-start', choice: 0, block: 1, content: { kind: 'text' } },
    { type: 'block-delta', choice: 0, block: 1, text: 'Yes.' },
    { type: 'block-start', choice: 1, block: 0, content: { kind: 'reasoning' } },
  ]);
  collector.observe([
    {
      type: 'block-start',
      choice: 0,
      block: 2,
      content: { kind: 'tool-call', id: '1', name: 'f', toolKind: 'function' },
    },
    { type: 'block-delta', choice: 0, block: 2, text: '{}' },
    { type: 'block-end', choice: 0, block: 2 },
  ]);
  assert.deepEqual(collector.content(), [
    { type: 'reasoning', text: 'so be it', summary: [], opaque: seal('s') },
    call('1'),
  ]);
});
