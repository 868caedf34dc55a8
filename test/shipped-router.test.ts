/** The router that ships: what README and documentation promise of it, whichever artifact is in the package. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { loadCatalog } from '../src/catalog/load.ts';
import { createLabPool } from '../src/config/lab-pool.ts';
import { loadRouter, SHIPPED_ROUTER_FILE } from '../src/learn/router-file.ts';
import type { Decided } from '../src/router/decided.ts';
import { createPolicies } from '../src/router/policies.ts';
import { createRouter, type Router } from '../src/router/router.ts';
import { openaiChatCodec } from '../src/wire/openai-chat/codec.ts';
import { createOpaqueMemory } from '../src/session/opaque-memory.ts';
import { NO_SESSIONS } from '../src/session/sessions.ts';

const MAX_ARTIFACT_BYTES = 2 * 1024 * 1024;

const FIVE_HOUSES =
  'Five houses stand in a row, each with one owner, one pet and one drink. The Norwegian lives next to the blue house. Who owns the fish?';

let router: Router;

before(async () => {
  const catalog = await loadCatalog(join(import.meta.dirname, '..', 'models'));
  const pool = createLabPool({ baseUrl: 'http://127.0.0.1:1/v1', catalog, nowMs: Date.now() });
  const policies = createPolicies(pool, { shipped: await loadRouter(SHIPPED_ROUTER_FILE), own: new Map() });
  router = createRouter({
    snapshot: () => ({ pool, policies, findProvider: () => undefined }),
    ids: { now: Date.now, randomBytes },
    clock: () => performance.now(),
    draw: () => 0,
    findPin: () => Promise.reject(new Error('nothing is pinned here')),
    onRouterFailure: (error) => assert.fail(error),
    listeners: [],
    sessions: NO_SESSIONS,
    thoughts: createOpaqueMemory({ now: Date.now }),
    keepsText: false,
  });
});

const decideOn = (content: string): Promise<Decided> =>
  router.decide({
    request: openaiChatCodec.parseRequest(JSON.stringify({ model: 'auto', messages: [{ role: 'user', content }] })),
    headers: {},
    key: null,
  });

test('easy questions go to fast, hard ones to thinking, and words that ask for depth to thinking at effort high', async () => {
  for (const [text, component, effort] of [
    ['What is the capital of France?', 'fast', 'none'],
    ['Hello!', 'fast', 'none'],
    ['Translate to French: good morning', 'fast', 'none'],
    ['What is 2 + 2?', 'fast', 'none'],
    ['Write a haiku about autumn.', 'fast', 'none'],
    [FIVE_HOUSES, 'thinking', null],
    ['Prove that the square root of 2 is irrational. Think hard about this.', 'thinking', 'high'],
    ['Think hard: is 2027 prime?', 'thinking', 'high'],
  ] as const) {
    const { chosen, versions } = await decideOn(text);
    assert.equal(chosen.component.name, component, text);
    if (effort !== null) assert.equal(chosen.effort, effort, text);
    assert.match(versions.router, /^default@[0-9a-f]{7}\.[0-9a-f]{7}$/);
  }
});

test('it knows some ground: programming tasks are predicted from what was measured, small talk is not', async () => {
  const task =
    'Write a Python function that takes a list of integers and returns the sum of the even numbers. Your code should pass this test: assert total([1, 2]) == 2';
  assert.ok((await decideOn(task)).decision.ground?.outlook);
  const talk = await decideOn('My sister and I had such a lovely evening by the lake, and now I miss her already.');
  assert.deepEqual([talk.decision.ground?.outlook, talk.decision.confidence], [null, 'unfamiliar']);
});

test('the artifact is small enough to be read at every start', async () => {
  assert.ok((await readFile(SHIPPED_ROUTER_FILE)).length <= MAX_ARTIFACT_BYTES);
});

test('case and blanks flip no decision of it', async () => {
  for (const text of [
    'What is the capital of France?',
    FIVE_HOUSES,
    'Prove that the square root of 2 is irrational.',
    'Solve for x: 3x + 7 = 22, and check the result.',
    'Write a Python function that returns the n-th Fibonacci number without recursion.',
    'Give me three ideas for a birthday party in a small flat.',
  ]) {
    const { chosen } = await decideOn(text);
    for (const other of [text.toUpperCase(), text.toLowerCase(), text.replaceAll(' ', '   '), `\n\n ${text} \n`]) {
      const again = await decideOn(other);
      assert.deepEqual(
        [again.chosen.component.name, again.chosen.effort],
        [chosen.component.name, chosen.effort],
        other,
      );
    }
  }
});
