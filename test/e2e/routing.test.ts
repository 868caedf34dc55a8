/** One model name in front of many, end to end: the official OpenAI client, over real sockets, against the lab. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { NotFoundError, type OpenAI } from 'openai';
import { createScript } from '../../src/lab/script.ts';
import { send, startGearbox, toEvents, type Answer, type Json, type TestGearbox } from './gearbox.ts';

const YAML = `
version: 1
providers:
  openai: { base_url: '{lab}/v1' }
  anthropic: { base_url: '{lab}' }
  local: { protocol: openai-chat, base_url: '{lab}/v1' }
components:
  fast: { model: openai/gpt-6-luna, effort: none }
  thinking: { model: openai/gpt-6.1-sol, effort: auto }
  claude: { model: anthropic/claude-opus-5.5, effort: auto, role: thinking }
  blind: { model: local/blind, effort: provider, role: blind, price: { input: 0.1, output: 0.4 } }
models:
  auto: { components: [fast, thinking], baseline: thinking }
  claude-only: { components: [claude] }
  blind-only: { components: [blind] }
aliases:
  gpt-4o: fast
  o3: { to: thinking, effort: medium, verbosity: low, deprecated: 2026-01-01, sunset: 2099-01-14 }
  future: { to: auto, deprecated: 2098-01-01 }
  removed: { to: fast, deprecated: 2025-01-01, sunset: 2026-01-01 }
  haiku: anthropic/claude-haiku-5.5
`;

const EASY = 'What is the capital of France?';
const HARD =
  'Prove that for every prime p > 3 the number p^2 - 1 is divisible by 24, then generalise the statement to ' +
  'composite numbers coprime to 6 and prove that as well. Give a complete, rigorous proof of every step.';

let gearbox: TestGearbox;
let client: OpenAI;

before(async () => {
  gearbox = await startGearbox({
    yaml: YAML,
    environment: { OPENAI_API_KEY: 'sk-test', ANTHROPIC_API_KEY: 'sk-ant-test' },
    models: {
      blind: { type: 'script', script: createScript({ text: 'I only read text.' }) },
      impostor: { type: 'script', script: createScript({ text: 'Me.' }) },
    },
  });
  client = gearbox.client();
});

after(() => gearbox.close());

const user = (content: Json): Json => [{ role: 'user', content }];
const chat = (members: Json, headers: Record<string, string> = {}): Promise<Answer> =>
  send(`${gearbox.url}/v1/chat/completions`, {
    body: { model: 'auto', messages: user(EASY), ...members },
    headers,
  });

const disclosed = async (members: Json, headers?: Record<string, string>): Promise<Json> => {
  const answer = await chat(members, headers);
  assert.equal(answer.status, 200, answer.text);
  return answer.json.gearbox;
};

const warningOf = (gearboxObject: Json, param: string): Json =>
  gearboxObject.warnings.find((warning: Json) => warning.param === param);

const sentUpstream = (): Json => JSON.parse(gearbox.lab.received().at(-1)?.body ?? '{}');

test('an easy question goes to fast and the answer says so in body and headers', async () => {
  const { data, response } = await client.chat.completions
    .create({ model: 'auto', messages: user(EASY) })
    .withResponse();
  const said: Json = Reflect.get(data, 'gearbox');
  assert.equal(data.model, 'gpt-6-luna');
  assert.equal(said.component, 'fast');
  assert.equal(said.model, 'openai/gpt-6-luna');
  assert.equal(said.chosen_by, 'router');
  assert.equal(said.attempts.length, 1);
  assert.ok(said.cost_usd > 0);
  assert.equal(said.cost_source, 'usage');
  assert.ok(said.reason.length <= 200);
  const headers = Object.fromEntries(response.headers);
  assert.equal(headers['x-gearbox-decision'], said.decision_id);
  assert.equal(headers['x-gearbox-component'], 'fast');
  assert.equal(headers['x-gearbox-model'], 'openai/gpt-6-luna');
  assert.equal(headers['x-gearbox-effort'], 'none');
  assert.equal(headers['x-gearbox-chosen-by'], 'router');
  assert.equal(headers['x-gearbox-reason'], said.reason_codes[0]);
  assert.equal(headers['x-gearbox-router'], said.router);
  assert.equal(headers['x-gearbox-attempts'], '1');
  assert.equal(Number(headers['x-gearbox-cost-usd']), said.cost_usd);
  assert.match(headers['x-gearbox-estimate-usd'] ?? '', /^\d+\.\d{6}$/);
  assert.ok(Number(headers['x-gearbox-overhead-ms']) >= 0);
});

test('a hard question goes to thinking', async () => {
  const said = await disclosed({ messages: user(HARD), gearbox: { objective: 'quality' } });
  assert.equal(said.component, 'thinking');
  assert.equal(said.chosen_by, 'router');
});

test('"think hard about this" means thinking with effort high or more, whole and streamed', async () => {
  const messages = user(`${EASY} Think hard about this.`);
  const said = await disclosed({ messages });
  assert.equal(said.component, 'thinking');
  assert.ok(['high', 'xhigh', 'max'].includes(said.effort.applied));
  assert.deepEqual(said.reason_codes, ['explicit_intent_think']);
  assert.equal(sentUpstream().reasoning_effort, said.effort.applied);
  const stream = await client.chat.completions.create({ model: 'auto', messages, stream: true });
  const chunks: Json[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  assert.equal(chunks[0].gearbox.component, 'thinking');
  assert.equal(chunks[0].gearbox.attempts, undefined);
  assert.equal(chunks.at(-1).gearbox.component, 'thinking');
  assert.ok(chunks.at(-1).gearbox.cost_usd > 0);
  assert.equal(chunks.at(-1).gearbox.attempts.length, 1);
});

test('only the first and the last meaningful event carry the gearbox object, and no chunk without choices is sent unasked', async () => {
  for (const model of ['auto', 'auto/claude']) {
    const answer = await chat({ model, stream: true });
    const events = toEvents(answer.text);
    assert.ok(events.every((event) => event.choices.length === 1));
    const marked = events.flatMap((event, index) => (event.gearbox === undefined ? [] : [index]));
    assert.deepEqual(marked, [0, events.length - 1]);
    assert.equal(events.at(-1).choices[0].finish_reason, 'stop');
    assert.equal(answer.headers.get('x-gearbox-cost-usd'), null);
    assert.ok(answer.text.trimEnd().endsWith('data: [DONE]'));
  }
});

test('include_usage brings the usage chunk, which then carries the final object', async () => {
  for (const model of ['auto', 'auto/claude']) {
    const answer = await chat({ model, stream: true, stream_options: { include_usage: true } });
    const events = toEvents(answer.text);
    const last = events.at(-1);
    assert.deepEqual(last.choices, []);
    assert.ok(last.usage.total_tokens > 0);
    assert.ok(last.gearbox.cost_usd > 0);
    assert.equal(events.filter((event) => event.gearbox !== undefined).length, 2);
  }
});

test('streamed text is the whole text, also through translation from Messages', async () => {
  for (const model of ['auto/fast', 'auto/claude']) {
    const whole = await client.chat.completions.create({ model, messages: user(EASY) });
    const stream = await client.chat.completions.create({ model, messages: user(EASY), stream: true });
    let text = '';
    for await (const chunk of stream) text += chunk.choices[0]?.delta.content ?? '';
    assert.equal(text, whole.choices[0]?.message.content);
    assert.ok(text.length > 20);
  }
});

test('every component answers under auto/<name>, whatever the words say', async () => {
  for (const [component, upstream] of [
    ['fast', 'gpt-6-luna'],
    ['thinking', 'gpt-6.1-sol'],
    ['claude', 'claude-opus-5-5'],
  ] as const) {
    const said = await disclosed({ model: `auto/${component}`, messages: user('Quick answer: why is the sky blue?') });
    assert.equal(said.component, component);
    assert.equal(said.chosen_by, 'user');
    assert.deepEqual(said.reason_codes[0], 'explicit_choice');
    assert.equal(sentUpstream().model, upstream);
  }
  const hard = await disclosed({ model: 'auto/fast', messages: user(`${HARD} Think hard about this.`) });
  assert.equal(hard.component, 'fast');
  assert.equal(warningOf(hard, 'explicit_intent').code, 'overridden');
});

test('a provider model is called directly, by its full and by its bare id', async () => {
  for (const model of ['anthropic/claude-haiku-5.5', 'claude-haiku-5.5', 'claude-haiku-5-5', 'haiku']) {
    const answer = await chat({ model });
    assert.equal(answer.status, 200, answer.text);
    assert.equal(answer.json.gearbox.model.replace('5-5', '5.5'), 'anthropic/claude-haiku-5.5');
    assert.equal(answer.json.gearbox.chosen_by, model === 'haiku' ? 'alias' : 'user');
    assert.equal(answer.json.model, 'claude-haiku-5-5');
    assert.ok(answer.json.gearbox.cost_usd > 0);
  }
  const bare = await disclosed({ model: 'gpt-6-luna' });
  assert.equal(bare.model, 'openai/gpt-6-luna');
});

test('names are exact: another case, a prefix or a component alone is not found and gets at most three suggestions', async () => {
  const count = gearbox.lab.received().length;
  for (const model of ['Auto', 'AUTO', 'auto/Fast', 'fast', 'gpt-6-lun', 'aut', ' auto', 'local', 'auto/']) {
    const answer = await chat({ model });
    assert.equal(answer.status, 404, model);
    assert.equal(answer.json.error.code, 'model_not_found');
    assert.equal(answer.json.error.param, 'model');
    const [blocking] = answer.json.gearbox.blocking;
    assert.equal(blocking.given, model);
    assert.ok(blocking.expected.split(', ').length <= 3);
  }
  assert.equal(gearbox.lab.received().length, count);
  await assert.rejects(
    client.chat.completions.create({ model: 'Auto', messages: user(EASY) }),
    (error: unknown) => error instanceof NotFoundError && error.code === 'model_not_found',
  );
});

test('an alias applies its parameters and says what it stands for and until when', async () => {
  const answer = await chat({ model: 'o3', reasoning_effort: 'high', verbosity: 'high' });
  const { gearbox: said } = answer.json;
  assert.equal(said.component, 'thinking');
  assert.equal(said.chosen_by, 'alias');
  assert.equal(said.effort.applied, 'medium');
  assert.equal(said.verbosity.applied, 'low');
  assert.equal(sentUpstream().reasoning_effort, 'medium');
  assert.deepEqual(
    said.warnings.map(({ code, param }: Json) => `${code}:${param}`),
    ['alias_deprecated:model', 'overridden:reasoning_effort', 'overridden:verbosity'],
  );
  assert.match(warningOf(said, 'model').message, /use auto\/thinking/);
  assert.equal(answer.headers.get('deprecation'), `@${Date.UTC(2026, 0, 1) / 1000}`);
  assert.equal(answer.headers.get('sunset'), 'Wed, 14 Jan 2099 00:00:00 GMT');
  const link = answer.headers.get('link') ?? '';
  assert.match(link, /<\/v1\/models\/o3>; rel="deprecation"/);
  assert.match(link, /<\/v1\/models\/auto%2Fthinking>; rel="successor-version"/);
  const linked = await send(gearbox.url + (/<([^>]+)>; rel="sunset"/.exec(link)?.[1] ?? ''));
  assert.deepEqual(
    [linked.json.id, linked.json.alias_of, linked.json.deprecation_date, linked.json.shutdown_date],
    ['o3', 'auto/thinking', '2026-01-01', '2099-01-14'],
  );
});

test('an alias that will be deprecated later has the header but no warning; one past its sunset is gone', async () => {
  const later = await chat({ model: 'future' });
  assert.equal(later.json.gearbox.chosen_by, 'router');
  assert.deepEqual(later.json.gearbox.warnings, []);
  assert.equal(later.headers.get('deprecation'), `@${Date.UTC(2098, 0, 1) / 1000}`);
  assert.equal(later.headers.get('sunset'), null);
  const removed = await chat({ model: 'removed' });
  assert.equal(removed.status, 404);
  assert.match(removed.json.error.message, /removed on 2026-01-01. Use auto\/fast/);
  const plain = await chat({ model: 'gpt-4o' });
  assert.deepEqual([plain.headers.get('deprecation'), plain.headers.get('link')], [null, null]);
  assert.equal(plain.json.gearbox.component, 'fast');
});

test('a mode decides the role, in the body and as a header', async () => {
  assert.equal((await disclosed({ gearbox: { mode: 'thinking' } })).component, 'thinking');
  assert.equal((await disclosed({}, { 'x-gearbox-mode': 'thinking' })).component, 'thinking');
  const fast = await disclosed({ messages: user(HARD), gearbox: { mode: 'fast' } });
  assert.deepEqual([fast.component, fast.chosen_by], ['fast', 'user']);
  const pro = await chat({ gearbox: { mode: 'pro' } });
  assert.equal(pro.status, 400);
  assert.equal(pro.json.gearbox.blocking[0].constraint, 'gearbox.mode');
  assert.match(pro.json.gearbox.blocking[0].expected, /fast, thinking/);
});

test('bounds hold or the request is refused with the name of the bound, for the router and for direct calls', async () => {
  const count = gearbox.lab.received().length;
  for (const model of ['auto', 'auto/thinking', 'anthropic/claude-haiku-5.5'])
    for (const [control, value] of [
      ['max_cost_usd', 0.000_001],
      ['max_latency_ms', 1],
    ] as const) {
      const answer = await chat({ model, messages: user(HARD), gearbox: { [control]: value } });
      assert.equal(answer.status, 400, `${model} ${control}: ${answer.text}`);
      assert.ok(answer.json.gearbox.blocking.some(({ constraint }: Json) => constraint === control));
      assert.match(answer.json.error.message, new RegExp(control));
    }
  assert.equal(gearbox.lab.received().length, count);
  const bounded = await disclosed({ messages: user(`${HARD} Think hard.`), gearbox: { max_effort: 'low' } });
  assert.equal(bounded.effort.applied, 'low');
  const cheap = await disclosed({ messages: user(HARD), gearbox: { max_cost_usd: 0.004, explain: 'full' } });
  const chosen = cheap.candidates.find(
    ({ component, effort }: Json) => component === cheap.component && effort === cheap.effort.applied,
  );
  assert.ok(chosen.cost_usd.p90 <= 0.004);
});

test('allow narrows the choice; names of no component are refused', async () => {
  const said = await disclosed({ messages: user(HARD), gearbox: { allow: ['fast'] } });
  assert.equal(said.component, 'fast');
  assert.equal((await disclosed({}, { 'x-gearbox-allow': 'thinking' })).component, 'thinking');
  const wrong = await chat({ gearbox: { allow: ['fasst'] } });
  assert.equal(wrong.status, 400);
  assert.equal(wrong.json.error.param, 'gearbox.allow');
});

test('effort steers the choice: none means fast, high means thinking', async () => {
  const quick = await disclosed({ messages: user(HARD), reasoning_effort: 'none' });
  assert.deepEqual([quick.component, quick.effort.how], ['fast', 'asked']);
  const deep = await disclosed({ reasoning_effort: 'high' });
  assert.deepEqual([deep.component, deep.effort.applied, deep.reason_codes[0]], ['thinking', 'high', 'effort_asked']);
  const lost = await disclosed({ reasoning_effort: 'none', messages: user(`${EASY} Think hard about this.`) });
  assert.equal(lost.component, 'fast');
  assert.equal(warningOf(lost, 'explicit_intent').code, 'overridden');
});

test('mode fast with effort high stays at the level of fast, warned or refused, and so does the name', async () => {
  for (const members of [{ gearbox: { mode: 'fast' } }, { model: 'auto/fast' }]) {
    const kept = await disclosed({ ...members, reasoning_effort: 'high' });
    assert.deepEqual([kept.component, kept.effort], ['fast', { requested: 'high', applied: 'none', how: 'clamped' }]);
    assert.equal(sentUpstream().reasoning_effort, 'none');
    assert.equal(warningOf(kept, 'reasoning_effort').code, 'param_clamped');
  }
  const strict = { model: 'auto/fast', reasoning_effort: 'high', gearbox: { strict_params: true } };
  const refused = await chat(strict);
  assert.deepEqual([refused.status, refused.json.error.param], [400, 'reasoning_effort']);
  const [blocking] = refused.json.gearbox.blocking;
  assert.deepEqual([blocking.constraint, blocking.given], ['reasoning_effort', 'high']);
  assert.match(blocking.expected, /^none, at which fast is fixed$/);
});

test('mode wins against an allow-list that has nothing in common with it, and the list becomes a warning', async () => {
  const won = await disclosed({ gearbox: { mode: 'fast', allow: ['thinking'] } });
  assert.deepEqual([won.component, won.chosen_by], ['fast', 'user']);
  assert.equal(warningOf(won, 'gearbox.allow').code, 'overridden');
  const both = await disclosed({ gearbox: { mode: 'thinking', allow: ['thinking', 'claude'] } });
  assert.deepEqual([both.component, both.warnings], ['thinking', []]);
});

test('pin repeats component, effort and router; an unknown or malformed one is refused', async () => {
  const first = await disclosed({ messages: user(`${EASY} Think hard about this.`) });
  const again = await disclosed({ gearbox: { pin: first.decision_id }, reasoning_effort: 'low' });
  assert.deepEqual(
    [again.component, again.effort.applied, again.chosen_by, again.router],
    [first.component, first.effort.applied, 'user', first.router],
  );
  assert.equal(warningOf(again, 'reasoning_effort').code, 'overridden');
  const named = await disclosed({ model: 'auto/fast', gearbox: { pin: first.decision_id, mode: 'fast' } });
  assert.equal(named.component, first.component);
  assert.deepEqual(
    named.warnings.map(({ code, param }: Json) => `${code}:${param}`),
    ['overridden:model', 'overridden:gearbox.mode'],
  );
  const direct = await disclosed({ model: 'anthropic/claude-haiku-5.5' });
  const pinned = await disclosed({ gearbox: { pin: direct.decision_id } });
  assert.equal(pinned.model, 'anthropic/claude-haiku-5.5');
  const gone = await chat({ gearbox: { pin: 'dec_01KAR3Q8ZC5V9M7T2H4N6PXWYB' } });
  assert.equal(gone.status, 409);
  assert.equal(gone.headers.get('x-should-retry'), 'false');
  const low = await chat({ gearbox: { pin: first.decision_id, max_effort: 'low' } });
  assert.deepEqual([low.status, low.json.error.param], [400, 'gearbox.max_effort']);
  const malformed = await chat({ gearbox: { pin: 'dec_1' } });
  assert.equal(malformed.status, 400);
});

test('strict_params turns what would be dropped or clamped into an error before any upstream call', async () => {
  const dropped = await disclosed({ model: 'auto/thinking', temperature: 0.2 });
  assert.equal(warningOf(dropped, 'temperature').code, 'param_dropped');
  assert.equal(sentUpstream().temperature, undefined);
  const count = gearbox.lab.received().length;
  for (const members of [
    { model: 'auto/thinking', temperature: 0.2 },
    { model: 'anthropic/claude-opus-5.5', temperature: 0.2 },
  ]) {
    const answer = await chat({ ...members, gearbox: { strict_params: true } });
    assert.equal(answer.status, 400, answer.text);
    assert.match(answer.text, /temperature/);
  }
  assert.equal(gearbox.lab.received().length, count);
  const routed = await disclosed({ temperature: 0.2, gearbox: { strict_params: true } });
  assert.equal(routed.component, 'fast');
});

test('explain none keeps five members; full adds signals, candidates, changes and the baseline', async () => {
  const none = await disclosed({ gearbox: { explain: 'none' } });
  assert.deepEqual(Object.keys(none).toSorted(), ['component', 'decision_id', 'degraded', 'model', 'simulated']);
  const full = await disclosed({ gearbox: { explain: 'full' } });
  assert.deepEqual(Object.keys(full.signals), ['conversation_type', 'complexity', 'tool_needs', 'explicit_intent']);
  for (const signal of Object.values<Json>(full.signals))
    assert.deepEqual(Object.keys(signal), ['value', 'weight', 'evidence']);
  assert.ok(full.candidates.length >= 3);
  assert.ok(Math.abs(full.candidates.reduce((sum: number, { probability }: Json) => sum + probability, 0) - 1) < 1e-6);
  assert.equal(full.baseline.component, 'thinking');
  assert.ok(full.baseline.cost_usd > 0);
  assert.ok(Array.isArray(full.would_change));
  assert.ok(!JSON.stringify(full.signals).includes('France'), 'evidence never holds text');
});

const TOOLS: OpenAI.Chat.ChatCompletionTool[] = [
  {
    type: 'function',
    function: {
      name: 'get_weather',
      description: 'Current weather of a city',
      parameters: {
        type: 'object',
        properties: { city: { type: 'string' } },
        required: ['city'],
        additionalProperties: false,
      },
    },
  },
];

test('a tool call goes out and its result comes back, in passthrough and through translation', async () => {
  for (const model of ['auto/fast', 'auto/claude']) {
    const asked = await client.chat.completions.create({
      model,
      messages: user('What is the weather in Oslo? [[lab:tool-call]]'),
      tools: TOOLS,
    });
    const message = asked.choices[0]?.message;
    const call = message?.tool_calls?.[0];
    assert.ok(message !== undefined && call?.type === 'function');
    assert.equal(call.function.name, 'get_weather');
    assert.equal(typeof JSON.parse(call.function.arguments).city, 'string');
    assert.equal(asked.choices[0]?.finish_reason, 'tool_calls');
    const answered = await client.chat.completions.create({
      model,
      messages: [
        ...user('What is the weather in Oslo?'),
        message,
        { role: 'tool', tool_call_id: call.id, content: '{"celsius": -3}' },
      ],
      tools: TOOLS,
    });
    assert.equal(answered.choices[0]?.finish_reason, 'stop');
    assert.ok((answered.choices[0]?.message.content ?? '').length > 0);
    assert.ok(JSON.stringify(sentUpstream()).includes('celsius'));
    const streamed = client.chat.completions.stream({
      model,
      messages: user('What is the weather in Oslo? [[lab:tool-call]]'),
      tools: TOOLS,
    });
    const final = await streamed.finalChatCompletion();
    const last = final.choices[0]?.message.tool_calls?.[0];
    assert.equal(last?.type === 'function' ? last.function.name : null, 'get_weather');
  }
});

test('a JSON schema reaches the model in its own words', async () => {
  const schema = {
    type: 'object',
    properties: { n: { type: 'integer' } },
    required: ['n'],
    additionalProperties: false,
  };
  const format = { type: 'json_schema', json_schema: { name: 'number', schema, strict: true } } as const;
  for (const model of ['auto/fast', 'auto/claude']) {
    const answer = await chat({ model, response_format: format });
    assert.equal(answer.status, 200, answer.text);
    assert.ok(JSON.stringify(sentUpstream()).includes('"integer"'));
  }
});

test('an image for a model that reads none is refused with the constraint, and never sent', async () => {
  const count = gearbox.lab.received().length;
  const image = { type: 'image_url', image_url: { url: 'data:image/png;base64,iVBORw0KGgo=' } };
  const answer = await chat({ model: 'blind-only', messages: user([{ type: 'text', text: 'What is it?' }, image]) });
  assert.equal(answer.status, 400);
  assert.deepEqual(
    [answer.json.gearbox.blocking[0].constraint, answer.json.gearbox.blocking[0].given],
    ['messages', 'image'],
  );
  assert.equal(gearbox.lab.received().length, count);
});

test('several choices come back as several, and are refused where the protocol has none', async () => {
  const answer = await client.chat.completions.create({ model: 'auto/fast', messages: user(EASY), n: 2 });
  assert.deepEqual(
    answer.choices.map(({ index }) => index),
    [0, 1],
  );
  const refused = await chat({ model: 'claude-only', n: 2 });
  assert.deepEqual([refused.status, refused.json.gearbox.blocking[0].constraint], [400, 'n']);
});

test('verbosity is native where the model has it and emulated with a flag and one hint elsewhere', async () => {
  const native = await disclosed({ model: 'auto/fast', verbosity: 'low' });
  assert.deepEqual(native.verbosity, { requested: 'low', applied: 'low', how: 'native' });
  assert.equal(sentUpstream().verbosity, 'low');
  const emulated = await disclosed({ model: 'auto/claude', verbosity: 'low' });
  assert.deepEqual(emulated.verbosity, { requested: 'low', applied: 'low', how: 'emulated' });
  assert.equal(warningOf(emulated, 'verbosity').code, 'param_emulated');
  assert.equal(sentUpstream().verbosity, undefined);
});

test('the protocol member model is the answering id, never the alias', async () => {
  for (const [model, answering] of [
    ['gpt-4o', 'gpt-6-luna'],
    ['auto', 'gpt-6-luna'],
    ['claude-only', 'claude-opus-5-5'],
  ] as const) {
    assert.equal((await chat({ model })).json.model, answering);
    const events = toEvents((await chat({ model, stream: true })).text);
    assert.ok(events.every((event) => event.model === answering));
  }
});
