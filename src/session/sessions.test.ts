import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Message } from '../canonical/message.ts';
import type { CanonicalRequest } from '../canonical/request.ts';
import { toRequest as toSample } from '../features/request.test-data.ts';
import { createSessions, type AnsweredTurn, type Session, type SessionOwner } from './sessions.ts';

const OWNER: SessionOwner = { key: null, model: 'auto', id: null, isWhole: false };
const MINUTE_MS = 60_000;

const say = (role: Message['role'], text: string): Message => ({ role, content: [{ type: 'text', text }] });
const call = (id: string): Message => ({
  role: 'assistant',
  content: [{ type: 'tool-call', id, name: 'f', kind: 'function', input: '{}' }],
});
const result = (callId: string): Message => ({
  role: 'tool',
  content: [{ type: 'tool-result', callId, content: [], isError: false }],
});

const toRequest = (...messages: readonly Message[]): CanonicalRequest => toSample(messages);

const toTurn = (members: Partial<AnsweredTurn> = {}): AnsweredTurn => ({
  session: null,
  newId: 's_new',
  component: 'thinking',
  effort: 'high',
  isMoveDown: false,
  cached: { tokens: 0, lifetimeMs: 5 * MINUTE_MS },
  ...members,
});

const createMemory = (maxTurns = 10) => {
  let nowMs = 0;
  const sessions = createSessions({ now: () => nowMs, maxTurns, lifetimeMs: 60 * MINUTE_MS });
  return { ...sessions, wait: (ms: number) => void (nowMs += ms) };
};

const FIRST = [say('system', 'S'), say('user', 'Fix it')] as const;
const SECOND = [...FIRST, say('assistant', 'Done.'), say('user', 'Thanks')] as const;

test('the result of a call goes to whoever made the call, step after step, under one id', () => {
  const { find, remember } = createMemory();
  remember(toRequest(...FIRST), OWNER, toTurn());
  const second = toRequest(...FIRST, call('a'), result('a'));
  const found = find(second, OWNER);
  assert.deepEqual([found?.component, found?.isToolLoop, found?.id], ['thinking', true, 's_new']);
  remember(second, OWNER, toTurn({ session: found, newId: 's_other' }));
  const third = find(toRequest(...FIRST, call('a'), result('a'), call('b'), result('b')), OWNER);
  assert.deepEqual([third?.id, third?.turns, third?.isToolLoop], ['s_new', 2, true]);
});

test('a new turn of the person goes on with the session, outside any loop', () => {
  const { find, remember } = createMemory();
  remember(toRequest(...FIRST), OWNER, toTurn());
  const found = find(toRequest(...SECOND), OWNER);
  assert.deepEqual([found?.component, found?.isToolLoop, found?.turns], ['thinking', false, 1]);
});

test('an answer of several messages, and the beginning of one that is asked for, change nothing', () => {
  const { find, remember } = createMemory();
  remember(toRequest(...FIRST), OWNER, toTurn());
  const parts = [...FIRST, say('assistant', 'Let me see.'), call('a'), result('a')];
  assert.equal(find(toRequest(...parts), OWNER)?.isToolLoop, true);
  assert.ok(find(toRequest(...SECOND, say('assistant', 'You are')), OWNER));
});

test('what clients change from turn to turn breaks no session: system prompt, reasoning, reminders behind a result', () => {
  const { find, remember } = createMemory();
  remember(toRequest(...FIRST), OWNER, toTurn());
  const answer: Message = {
    ...call('a'),
    content: [{ type: 'reasoning', text: 'hm', summary: [], opaque: null }, ...call('a').content],
  };
  const changed = toRequest(say('system', 'other'), FIRST[1], answer, result('a'), say('user', 'Reminder.'));
  assert.equal(find(changed, OWNER)?.isToolLoop, true);
});

test('another key, another name, another id and another conversation are another session', () => {
  const { find, remember } = createMemory();
  remember(toRequest(...FIRST), OWNER, toTurn());
  const next = toRequest(...SECOND);
  assert.equal(find(next, { ...OWNER, key: 'k' }), null);
  assert.equal(find(next, { ...OWNER, model: 'other' }), null);
  assert.equal(find(next, { ...OWNER, id: 'c1' }), null);
  assert.equal(find(toRequest(say('user', 'Fix that'), call('a'), result('a')), OWNER), null);
  assert.equal(find(toRequest(...FIRST), OWNER), null);
});

test('an id of the caller finds the session whatever the messages are, but no cache and no loop', () => {
  const { find, remember } = createMemory();
  const owner: SessionOwner = { ...OWNER, id: 'chat-7', isWhole: true };
  remember(toRequest(...FIRST), owner, toTurn({ cached: { tokens: 5_000, lifetimeMs: 5 * MINUTE_MS } }));
  const other = find(toRequest(say('user', 'Something else')), owner);
  assert.deepEqual([other?.id, other?.component, other?.warm, other?.isToolLoop], ['chat-7', 'thinking', [], false]);
  assert.equal(find(toRequest(...SECOND), owner)?.warm[0]?.tokens, 5_000);
  const agent: SessionOwner = { ...owner, isWhole: false };
  assert.equal(find(toRequest(say('user', 'Something else')), agent), null);
});

test('a cache is warm until its life is over, and each component has its own', () => {
  const { find, remember, wait } = createMemory();
  const cached = (tokens: number) => ({ tokens, lifetimeMs: 5 * MINUTE_MS });
  remember(toRequest(...FIRST), OWNER, toTurn({ component: 'fast', cached: cached(2_000) }));
  wait(3 * MINUTE_MS);
  const session = find(toRequest(...SECOND), OWNER);
  remember(toRequest(...SECOND), OWNER, toTurn({ session, cached: cached(3_000) }));
  const warmth = () =>
    find(toRequest(...SECOND, say('assistant', 'Yes?'), say('user', 'No.')), OWNER)?.warm.map(
      ({ component, tokens }) => [component, tokens],
    );
  assert.deepEqual(warmth(), [
    ['thinking', 3_000],
    ['fast', 2_000],
  ]);
  wait(3 * MINUTE_MS);
  assert.deepEqual(warmth(), [['thinking', 3_000]]);
});

test('moves down are counted until the session rests', () => {
  const { find, remember, wait } = createMemory();
  const messages: Message[] = [...FIRST];
  let session: Session | null = null;
  const turn = (isMoveDown: boolean): Session | null => {
    remember(toRequest(...messages), OWNER, toTurn({ session, isMoveDown }));
    messages.push(say('assistant', 'A.'), say('user', `Q${messages.length}`));
    return find(toRequest(...messages), OWNER);
  };
  session = turn(false);
  assert.equal(session?.movesDownLeft, 2);
  session = turn(true);
  session = turn(true);
  assert.deepEqual([session?.movesDownLeft, session?.isRecent], [0, true]);
  wait(6 * MINUTE_MS);
  session = find(toRequest(...messages), OWNER);
  assert.deepEqual([session?.movesDownLeft, session?.isRecent], [2, false]);
});

test('the memory forgets by age and by number, the oldest first', () => {
  const { find, remember, wait } = createMemory(1);
  remember(toRequest(...FIRST), OWNER, toTurn());
  wait(60 * MINUTE_MS + 1);
  assert.equal(find(toRequest(...SECOND), OWNER), null);
  remember(toRequest(...FIRST), OWNER, toTurn());
  assert.ok(find(toRequest(...SECOND), OWNER));
  remember(toRequest(say('user', 'Other')), OWNER, toTurn());
  assert.equal(find(toRequest(...SECOND), OWNER), null);
});
