/** Sessions end to end: who answers the next turn of a conversation, by which identity, at which price. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { LAB_MODELS } from '../../src/lab/script.ts';
import { replayDecision } from '../../src/router/replay.ts';
import { send, startGearbox, type Json, type TestGearbox } from './gearbox.ts';

const YAML = `
version: 1
providers:
  openai: { base_url: '{lab}/v1' }
components:
  fast: { model: openai/gpt-6-luna, effort: none }
  thinking: { model: openai/gpt-5.5, effort: auto }
models:
  auto: { components: [fast, thinking] }
`;

const HARD =
  'Prove that for every prime p > 3 the number p^2 - 1 is divisible by 24, and show every step of the proof.';
const FOLLOW_UP = 'And does that hold for the other ones, too?';
const GREETING = 'Hello, how are you today?';
/** About 12,000 tokens to read before the question. */
const DOCUMENT = 'The committee met in the old hall and heard the reports of the year. '.repeat(800);

let gearbox: TestGearbox;

before(async () => {
  const thinking = LAB_MODELS['thinking'];
  assert.ok(thinking);
  // Like the fast one, a model that caches by itself: the lab counts no cache.
  const models = { 'gpt-5.5': thinking };
  gearbox = await startGearbox({ yaml: YAML, environment: { OPENAI_API_KEY: 'sk-test' }, models });
});

after(() => gearbox.close());

interface Sending {
  readonly headers?: Record<string, string>;
  readonly members?: Json;
}

const post = async (path: string, body: Json, headers: Record<string, string> = {}): Promise<Json> => {
  const answer = await send(`${gearbox.url}${path}`, { body, headers });
  assert.equal(answer.status, 200, answer.text);
  return answer.json;
};

const chat = (messages: readonly Json[], { headers, members = {} }: Sending = {}): Promise<Json> =>
  post('/v1/chat/completions', { model: 'auto', messages, ...members }, headers);

const user = (content: string): Json => ({ role: 'user', content });

/** A conversation whose every turn holds all turns before it. */
const converse = (sending: Sending = {}) => {
  const messages: Json[] = [];
  return async (text: string, members: Json = {}): Promise<Json> => {
    messages.push(user(text));
    const answer = await chat(messages, { ...sending, members: { ...sending.members, ...members } });
    messages.push(answer.choices[0].message);
    return answer.gearbox;
  };
};

test('a follow-up that reads as easy is answered by who answered the hard question, under one id', async () => {
  const say = converse();
  const first = await say(`${HARD} (1)`);
  assert.deepEqual(
    [first.component, first.session.source, first.session.decision],
    ['thinking', 'prefix', 'initialize'],
  );
  const second = await say(FOLLOW_UP);
  assert.equal(second.component, 'thinking');
  assert.deepEqual(second.session, { id: first.session.id, source: 'prefix', decision: 'retain' });
  const alone = await chat([user(FOLLOW_UP)]);
  assert.equal(alone.gearbox.component, 'fast');
  assert.notEqual(alone.gearbox.session.id, first.session.id);
});

test('a hard turn moves a session up, and the price of the cache left behind is told', async () => {
  const say = converse();
  const first = await say(`${DOCUMENT}\n\nHello! Who met in the old hall?`);
  assert.equal(first.component, 'fast');
  const up = await say(HARD, { gearbox: { explain: 'full' } });
  assert.equal(up.component, 'thinking');
  assert.equal(up.session.decision, 'upgrade');
  const [warm] = up.session.warm;
  assert.ok(warm.component === 'fast' && warm.cached_tokens > 5_000);
  const lost = up.warnings.find(({ code }: Json) => code === 'cache_lost');
  assert.match(lost.message, /^thinking reads up to \d+ tokens anew, for \$[\d.]+ more: fast has them in its cache\.$/);
  const of = (name: string): Json => up.candidates.find(({ component }: Json) => component === name);
  assert.equal(of('fast').cache_loss_usd, 0);
  assert.ok(of('thinking').cache_loss_usd > 0.001);
  // Back where both caches are warm, nothing is lost.
  const third = await say(FOLLOW_UP, { gearbox: { explain: 'full' } });
  assert.deepEqual(third.session.warm.map(({ component }: Json) => component).toSorted(), ['fast', 'thinking']);
});

test('an id of the caller is the session in body and header, and finds it without the conversation', async () => {
  const body = { members: { gearbox: { session_id: 'mine' } } };
  const first = await chat([user(`${HARD} (2)`)], body);
  assert.deepEqual(first.gearbox.session, { id: 'mine', source: 'explicit', decision: 'initialize' });
  const second = await chat([user(FOLLOW_UP)], body);
  assert.deepEqual(second.gearbox.session, { id: 'mine', source: 'explicit', decision: 'retain' });
  assert.equal(second.gearbox.component, 'thinking');
  const third = await chat([user(FOLLOW_UP)], { headers: { 'x-gearbox-session-id': 'mine' } });
  assert.deepEqual(third.gearbox.session, { id: 'mine', source: 'header', decision: 'retain' });
});

test("an agent's id names its session, while a sub-agent's conversation under it is its own", async () => {
  const sending = { headers: { 'x-claude-code-session-id': 'cc-1' } };
  const say = converse(sending);
  await say(`${HARD} (3)`);
  const second = await say(FOLLOW_UP);
  assert.deepEqual(second.session, { id: 'cc-1', source: 'header', decision: 'retain' });
  const subAgent = await chat([user(FOLLOW_UP)], sending);
  assert.deepEqual(subAgent.gearbox.session, { id: 'cc-1', source: 'header', decision: 'initialize' });
  assert.equal(subAgent.gearbox.component, 'fast');
});

test('previous_response_id is a conversation of its own', async () => {
  const first = await post('/v1/responses', { model: 'auto', input: `${HARD} (4)` });
  const second = await post('/v1/responses', { model: 'auto', input: FOLLOW_UP, previous_response_id: first.id });
  const { component, session } = second.gearbox;
  assert.equal(component, 'thinking');
  assert.deepEqual(session, { id: first.gearbox.session.id, source: 'conversation', decision: 'retain' });
});

test('the title of a conversation goes to the cheapest, and the conversation goes on as if nobody had asked', async () => {
  const say = converse();
  await say(`${HARD} (5)`);
  const instruction = 'Generate a short title for the conversation.';
  const title = await chat([{ role: 'system', content: instruction }, user(`${HARD} (5)`)]);
  assert.deepEqual([title.gearbox.component, title.gearbox.reason_codes[0]], ['fast', 'housekeeping']);
  assert.equal((await say(FOLLOW_UP)).component, 'thinking');
});

test('a component called by name belongs to no session, and words move a session at once', async () => {
  const named = await chat([user(GREETING)], { members: { model: 'auto/fast' } });
  assert.deepEqual(named.gearbox.session, { id: null, source: 'none', decision: 'initialize' });
  const say = converse();
  await say(`${HARD} (6)`);
  const quick = await say('Just a quick answer: is 7 a prime?');
  assert.deepEqual([quick.component, quick.session.decision], ['fast', 'switch']);
});

test('a failed answer holds nobody', async () => {
  const question = user(`[[lab:500]] ${HARD} (7)`);
  const failed = await send(`${gearbox.url}/v1/chat/completions`, { body: { model: 'auto', messages: [question] } });
  assert.ok(failed.status >= 500);
  const next = await chat([question, { role: 'assistant', content: 'Sorry.' }, user(GREETING)]);
  assert.equal(next.gearbox.session.decision, 'initialize');
});

test('every decision of every session is made again identically from its record alone', async () => {
  await gearbox.gearbox.store.flush();
  const { policies } = gearbox.gearbox.snapshot();
  const loadComponents = () => Promise.resolve(gearbox.gearbox.pool().components);
  const seen = new Set<string>();
  for (const { decided } of gearbox.ended) {
    const stored = await gearbox.gearbox.reader.decision(decided.id);
    assert.ok(stored);
    const row: Json = JSON.parse(stored.decision.json);
    seen.add(row.session_decision);
    const replayed = await replayDecision(stored.decision, { policies: policies.byVersion, loadComponents });
    assert.deepEqual(replayed, { type: 'identical' });
  }
  assert.deepEqual([...seen].toSorted(), ['initialize', 'retain', 'switch', 'upgrade']);
});
