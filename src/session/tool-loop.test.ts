import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Message } from '../canonical/message.ts';
import type { CanonicalRequest } from '../canonical/request.ts';
import { toRequest as toSample } from '../features/request.test-data.ts';
import { createToolLoops, type LoopOwner } from './tool-loop.ts';

const OWNER: LoopOwner = { key: null, model: 'auto' };
const CHOICE = { component: 'thinking', effort: 'high' } as const;
const TOOL = { type: 'function', name: 'f', description: null, parameters: null, strict: null } as const;

const say = (role: Message['role'], text: string): Message => ({ role, content: [{ type: 'text', text }] });
const call = (id: string): Message => ({
  role: 'assistant',
  content: [{ type: 'tool-call', id, name: 'f', kind: 'function', input: '{}' }],
});
const result = (callId: string): Message => ({
  role: 'tool',
  content: [{ type: 'tool-result', callId, content: [], isError: false }],
});

const toRequest = (...messages: readonly Message[]): CanonicalRequest => toSample(messages, { tools: [TOOL] });

const createLoops = (maxRequests = 10) => {
  let nowMs = 0;
  const loops = createToolLoops({ now: () => nowMs, maxRequests, lifetimeMs: 1_000 });
  return { ...loops, wait: (ms: number) => void (nowMs += ms) };
};

const FIRST = [say('system', 'S'), say('user', 'Fix it')] as const;

test('the result of a call goes to whoever made the call, step after step, under one id', () => {
  const { find, remember } = createLoops();
  remember(toRequest(...FIRST), OWNER, CHOICE);
  const second = toRequest(...FIRST, call('a'), result('a'));
  const found = find(second, OWNER);
  assert.equal(found?.component, 'thinking');
  remember(second, OWNER, CHOICE);
  const third = find(toRequest(...FIRST, call('a'), result('a'), call('b'), result('b')), OWNER);
  assert.equal(third?.sessionId, found.sessionId);
});

test('what clients change from turn to turn breaks no loop: system prompt, reasoning, reminders behind a result', () => {
  const { find, remember } = createLoops();
  remember(toRequest(...FIRST), OWNER, CHOICE);
  const answer: Message = {
    ...call('a'),
    content: [{ type: 'reasoning', text: 'hm', summary: [], opaque: null }, ...call('a').content],
  };
  const changed = toRequest(say('system', 'other'), FIRST[1], answer, result('a'), say('user', 'Reminder.'));
  assert.equal(find(changed, OWNER)?.component, 'thinking');
});

test('a new turn of the person, another key, another conversation and another name are no loop', () => {
  const { find, remember } = createLoops();
  remember(toRequest(...FIRST), OWNER, CHOICE);
  const loop = toRequest(...FIRST, call('a'), result('a'));
  assert.equal(find(toRequest(...FIRST, say('assistant', 'Done.'), say('user', 'Thanks')), OWNER), null);
  assert.equal(find(loop, { ...OWNER, key: 'k' }), null);
  assert.equal(find(loop, { ...OWNER, model: 'other' }), null);
  assert.equal(find(toRequest(say('user', 'Fix that'), call('a'), result('a')), OWNER), null);
});

test('the memory forgets by age and by number, the oldest first', () => {
  const { find, remember, wait } = createLoops(1);
  const loop = toRequest(...FIRST, call('a'), result('a'));
  remember(toRequest(...FIRST), OWNER, CHOICE);
  wait(1_001);
  assert.equal(find(loop, OWNER), null);
  remember(toRequest(...FIRST), OWNER, CHOICE);
  assert.ok(find(loop, OWNER));
  remember(toRequest(say('user', 'Other')), OWNER, CHOICE);
  assert.equal(find(loop, OWNER), null);
});

test('a request without tools costs no place in the memory', () => {
  const { find, remember } = createLoops();
  remember({ ...toRequest(...FIRST), tools: [] }, OWNER, CHOICE);
  assert.equal(find(toRequest(...FIRST, call('a'), result('a')), OWNER), null);
});
