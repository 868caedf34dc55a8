import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { deploymentOf, modelOf, requestOf, targetOf } from '../../../test/fixtures/provider-request.ts';
import type { Message } from '../../canonical/message.ts';
import type { CanonicalRequest } from '../../canonical/request.ts';
import type { ReasoningFacts } from '../../catalog/model.ts';
import { InvalidRequestError } from '../../errors.ts';
import type { Target } from '../provider.ts';
import { toWire } from './to-wire.ts';

const claude = (reasoning: Partial<ReasoningFacts> = {}, capabilities = {}) =>
  deploymentOf({
    id: 'anthropic/claude-x',
    provider: 'anthropic',
    protocol: 'anthropic-messages',
    upstreamModel: 'claude-x',
    model: modelOf({ lab: 'anthropic', reasoning, capabilities }),
  });

const ADAPTIVE = { control: 'adaptive', efforts: ['low', 'medium', 'high', 'xhigh', 'max'] } as const;
const BUDGET = {
  control: 'budget',
  efforts: ['none', 'low', 'medium', 'high', 'xhigh', 'max'],
  budgetTokens: { minimum: 1024, maximum: 63_999 },
} as const;

// JSON.parse gives `any` its values here on purpose: a golden body is compared as a whole or member by member.
const bodyOf = (request: Partial<CanonicalRequest>, target: Partial<Target> = {}) => {
  const wire = toWire(requestOf(request), targetOf({ deployment: claude(), ...target }));
  const body = JSON.parse(wire.body) as Record<string, unknown>;
  return { wire, body, codes: wire.warnings.map((warning) => `${warning.code}:${warning.param}`) };
};

const text = (value: string) => ({ type: 'text', text: value }) as const;
const user = (value: string): Message => ({ role: 'user', content: [text(value)] });
const assistant = (value: string): Message => ({ role: 'assistant', content: [text(value)] });
const call = (id: string, input: string) => ({ type: 'tool-call', id, name: 'f', kind: 'function', input }) as const;
const result = (callId: string, value: string) =>
  ({ type: 'tool-result', callId, content: [text(value)], isError: false }) as const;

test('a plain request is the smallest body that the Messages API takes', () => {
  const { wire, body } = bodyOf({});
  assert.deepEqual(body, {
    model: 'claude-x',
    max_tokens: 32_000,
    messages: [{ role: 'user', content: [{ type: 'text', text: 'Hello' }] }],
  });
  assert.equal(wire.path, '/v1/messages');
  assert.equal(wire.headers['anthropic-version'], '2023-06-01');
  assert.deepEqual(wire.warnings, []);
});

test('bug-64: every leading system message survives in order and no empty text block is made', () => {
  const { body } = bodyOf({
    messages: [
      { role: 'system', content: [text('One')] },
      { role: 'developer', content: [text('Two'), text('')] },
      user('Hi'),
      assistant('  '),
      user('Still there?'),
    ],
  });
  assert.deepEqual(body['system'], [text('One'), text('Two')]);
  assert.deepEqual(body['messages'], [{ role: 'user', content: [text('Hi'), text('Still there?')] }]);
});

test('a later system message stays in its place, in tags, and is announced', () => {
  const { body, codes } = bodyOf({
    messages: [user('a'), assistant('b'), { role: 'system', content: [text('Be brief.')] }, user('c')],
  });
  assert.deepEqual((body['messages'] as unknown[])[2], {
    role: 'user',
    content: [text('<system>\nBe brief.\n</system>'), text('c')],
  });
  assert.deepEqual(codes, ['param_emulated:messages']);
});

test('bug-63: results of parallel calls come first, in one user turn, each to its call, ids in the accepted alphabet', () => {
  const { body } = bodyOf({
    messages: [
      user('go'),
      { role: 'assistant', content: [call('call:1', '{"a":1}'), call('call.1', '')] },
      { role: 'tool', content: [result('call:1', 'one')] },
      user('and hurry'),
      { role: 'tool', content: [result('call.1', 'two')] },
    ],
  });
  const [, turn, answer] = body['messages'] as { content: Record<string, unknown>[] }[];
  const ids = turn?.content.map((block) => block['id']);
  assert.equal(new Set(ids).size, 2);
  for (const id of ids ?? []) assert.match(id as string, /^[a-zA-Z0-9_-]+$/);
  assert.deepEqual(
    turn?.content.map((block) => block['input']),
    [{ a: 1 }, {}],
  );
  assert.deepEqual(
    answer?.content.map((block) => [block['type'], block['tool_use_id']]),
    [
      ['tool_result', ids?.[0]],
      ['tool_result', ids?.[1]],
      ['text', undefined],
    ],
  );
});

test('a call without a result gets an error as its result, a result without a call becomes text', () => {
  const { body } = bodyOf({
    messages: [
      user('go'),
      { role: 'assistant', content: [call('a', '{}')] },
      { role: 'tool', content: [result('b', 'lost')] },
    ],
  });
  const content = (body['messages'] as { content: Record<string, unknown>[] }[])[2]?.content;
  assert.deepEqual(content?.[0], {
    type: 'tool_result',
    tool_use_id: 'a',
    content: [text('No result was recorded for this call.')],
    is_error: true,
  });
  assert.equal(content?.[1]?.['text'], 'Result of a tool call that is no longer shown:\nlost');
});

test('broken arguments are kept as text, and numbers beyond 2^53 keep their digits', () => {
  const { wire } = bodyOf({
    messages: [
      user('go'),
      { role: 'assistant', content: [call('a', '{"id":12345678901234567890,"x":1.0}'), call('b', '{"broken')] },
      { role: 'tool', content: [result('a', '1'), result('b', '2')] },
    ],
  });
  assert.ok(wire.body.includes('"input":{"id":12345678901234567890,"x":1.0}'));
  assert.ok(wire.body.includes('"input":{"raw_arguments":"{\\"broken"}'));
});

test('bug-42: images inside tool results stay images', () => {
  const { body } = bodyOf({
    messages: [
      user('go'),
      { role: 'assistant', content: [call('a', '{}')] },
      {
        role: 'tool',
        content: [
          {
            type: 'tool-result',
            callId: 'a',
            isError: false,
            content: [{ type: 'image', source: { type: 'base64', mediaType: null, data: 'iVBORw0KGgoAAA' } }],
          },
        ],
      },
    ],
  });
  assert.deepEqual((body['messages'] as { content: unknown[] }[])[2]?.content[0], {
    type: 'tool_result',
    tool_use_id: 'a',
    content: [{ type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'iVBORw0KGgoAAA' } }],
  });
});

test('bug-36: signed and redacted thinking go back as they came; foreign reasoning is left out and announced', () => {
  const provenance = { provider: 'x', model: 'y', transport: 'openai-responses', account: null } as const;
  const { body, codes } = bodyOf({
    messages: [
      user('go'),
      {
        role: 'assistant',
        content: [
          { type: 'reasoning', text: '', summary: [], opaque: { kind: 'signature', data: 'sig', provenance: null } },
          { type: 'reasoning', text: '', summary: [], opaque: { kind: 'redacted', data: 'red', provenance: null } },
          { type: 'reasoning', text: 'foreign', summary: [], opaque: { kind: 'encrypted', data: 'e', provenance } },
          text('Yes.'),
        ],
      },
      user('more'),
    ],
  });
  assert.deepEqual((body['messages'] as { content: unknown[] }[])[1]?.content, [
    { type: 'thinking', thinking: '', signature: 'sig' },
    { type: 'redacted_thinking', data: 'red' },
    text('Yes.'),
  ]);
  assert.deepEqual(codes, ['param_dropped:messages']);
});

test('bug-47: an adaptive model gets adaptive thinking and an effort, never a budget, and no sampling', () => {
  const { body, codes } = bodyOf(
    { sampling: { temperature: 0.2, topP: 0.9 } },
    { deployment: claude(ADAPTIVE, { sampling: 'never' }), effort: 'high' },
  );
  assert.deepEqual(body['thinking'], { type: 'adaptive' });
  assert.deepEqual(body['output_config'], { effort: 'high' });
  assert.equal(body['temperature'], undefined);
  assert.deepEqual(codes, ['param_dropped:temperature', 'param_dropped:top_p']);
});

test('none on a model that always thinks becomes its lowest effort, with a warning', () => {
  const { body, codes } = bodyOf({}, { deployment: claude(ADAPTIVE), effort: 'none' });
  assert.deepEqual(body['output_config'], { effort: 'low' });
  assert.deepEqual(codes, ['param_clamped:reasoning.effort']);
});

test('a budget is at least 1024, below max_tokens, and leaves room for the answer', () => {
  const deployment = claude(BUDGET);
  assert.deepEqual(bodyOf({}, { deployment, effort: 'high' }).body['thinking'], {
    type: 'enabled',
    budget_tokens: 16_384,
  });
  assert.deepEqual(bodyOf({ maxOutputTokens: 4096 }, { deployment, effort: 'max' }).body['thinking'], {
    type: 'enabled',
    budget_tokens: 4096 - 1024,
  });
  const small = bodyOf({ maxOutputTokens: 1500 }, { deployment, effort: 'high' });
  assert.deepEqual(small.body['thinking'], { type: 'disabled' });
  assert.equal(small.body['max_tokens'], 1500);
  assert.deepEqual(small.codes, ['param_clamped:reasoning.effort']);
});

test('bug-50: the budget that a client named is the budget that is sent', () => {
  const reasoning = { effort: null, budgetTokens: 5000, summary: null, mode: null };
  const { body } = bodyOf({ reasoning }, { deployment: claude(BUDGET), effort: 'medium' });
  assert.deepEqual(body['thinking'], { type: 'enabled', budget_tokens: 5000 });
});

test('bug-25: a limit of 0 is a limit', () => {
  assert.equal(bodyOf({ maxOutputTokens: 0 }).body['max_tokens'], 0);
});

const weather = {
  type: 'function',
  name: 'get.weather',
  description: 'Weather',
  parameters: { type: 'object', properties: { city: { type: 'string' } } },
  strict: null,
} as const;
const time = { ...weather, name: 'time', parameters: null } as const;

test('bug-51: allowed tools and one-call-at-a-time reach the provider', () => {
  const { body, codes, wire } = bodyOf({
    tools: [weather, time],
    toolChoice: { type: 'allowed', mode: 'required', names: ['get.weather'] },
    parallelToolCalls: false,
  });
  const [tool] = body['tools'] as Record<string, unknown>[];
  assert.equal((body['tools'] as unknown[]).length, 1);
  assert.match(tool?.['name'] as string, /^get_weather_[0-9a-f]{8}$/);
  assert.equal(wire.context.toolNames.get(tool?.['name'] as string), 'get.weather');
  assert.deepEqual(body['tool_choice'], { type: 'any', disable_parallel_tool_use: true });
  assert.deepEqual(codes, ['cache_lost:tool_choice']);
});

test('a tool choice is auto, any, tool or none', () => {
  const choose = (toolChoice: CanonicalRequest['toolChoice']) =>
    bodyOf({ tools: [time], toolChoice, parallelToolCalls: null }).body['tool_choice'];
  assert.deepEqual(choose({ type: 'auto' }), { type: 'auto' });
  assert.deepEqual(choose({ type: 'required' }), { type: 'any' });
  assert.deepEqual(choose({ type: 'none' }), { type: 'none' });
  assert.deepEqual(choose({ type: 'tool', kind: 'function', name: 'time' }), { type: 'tool', name: 'time' });
  assert.equal(choose(null), undefined);
});

test('a model that cannot be forced to call may choose, with a warning', () => {
  const deployment = claude({}, { forcedToolChoice: false });
  const { body, codes } = bodyOf({ tools: [time], toolChoice: { type: 'required' } }, { deployment });
  assert.deepEqual(body['tool_choice'], { type: 'auto' });
  assert.deepEqual(codes, ['param_clamped:tool_choice']);
});

test('a forced call switches thinking off where both cannot be had', () => {
  const { body, codes } = bodyOf(
    { tools: [time], toolChoice: { type: 'required' } },
    { deployment: claude(BUDGET), effort: 'high' },
  );
  assert.deepEqual(body['thinking'], { type: 'disabled' });
  assert.deepEqual(body['tool_choice'], { type: 'any' });
  assert.deepEqual(codes, ['param_clamped:reasoning.effort']);
});

test('bug-52: a custom tool becomes a function with one string and is remembered for the answer', () => {
  const { body, wire } = bodyOf({
    tools: [
      {
        type: 'custom',
        name: 'apply_patch',
        description: 'Patch',
        format: { type: 'grammar', syntax: 'lark', definition: 'start: "a"' },
      },
    ],
  });
  assert.deepEqual((body['tools'] as Record<string, unknown>[])[0]?.['input_schema'], {
    type: 'object',
    properties: { input: { type: 'string' } },
    required: ['input'],
    additionalProperties: false,
  });
  assert.ok(wire.context.wrappedTools.has('apply_patch'));
});

test('a schema is reduced to what the provider enforces, and every change is reported', () => {
  const { body, wire } = bodyOf({
    responseFormat: {
      type: 'json-schema',
      name: 'person',
      description: null,
      strict: true,
      schema: {
        type: 'object',
        properties: {
          age: { type: 'integer', minimum: 0 },
          tags: { type: 'array', items: { type: 'string' }, minItems: 1 },
        },
        required: ['age'],
      },
    },
  });
  assert.deepEqual(body['output_config'], {
    format: {
      type: 'json_schema',
      schema: {
        type: 'object',
        properties: {
          age: { type: 'integer', description: '(minimum: 0)' },
          tags: { type: 'array', items: { type: 'string' }, minItems: 1 },
        },
        required: ['age'],
        additionalProperties: false,
      },
    },
  });
  assert.equal(
    wire.warnings[0]?.message,
    'The schema was changed to what the provider enforces: minimum became part of the description; additionalProperties: false was set.',
  );
});

test('bug-66: cache breakpoints reach the provider, at most four, longer lifetimes first', () => {
  const cache = { ttl: '1h' } as const;
  const marked = (value: string, ttl: '5m' | '1h') => ({ ...text(value), cache: { ttl } });
  const { body, codes } = bodyOf({
    tools: [{ ...time, cache }],
    messages: [
      { role: 'system', content: [marked('s', '1h')] },
      { role: 'user', content: [marked('1', '1h'), marked('2', '5m'), marked('3', '1h')] },
    ],
  });
  assert.deepEqual((body['tools'] as Record<string, unknown>[])[0]?.['cache_control'], {
    type: 'ephemeral',
    ttl: '1h',
  });
  assert.equal((body['system'] as Record<string, unknown>[])[0]?.['cache_control'], undefined);
  const [turn] = body['messages'] as { content: Record<string, unknown>[] }[];
  assert.deepEqual(
    turn?.content.map((block) => block['cache_control']),
    [{ type: 'ephemeral', ttl: '1h' }, { type: 'ephemeral' }, { type: 'ephemeral' }],
  );
  assert.deepEqual(codes, ['cache_lost:cache_control', 'param_clamped:cache_control.ttl']);
});

test('what the protocol does not have is announced, member by member', () => {
  const { codes } = bodyOf({
    sampling: { seed: 1, logprobs: true, frequencyPenalty: 0.1, stop: ['\n', 'END'] },
    serviceTier: 'flex',
    metadata: { a: 'b' },
    unknownMembers: ['prediction'],
    outputModalities: ['text', 'audio'],
  });
  assert.deepEqual(codes.toSorted(), [
    'param_dropped:frequency_penalty',
    'param_dropped:logprobs',
    'param_dropped:metadata',
    'param_dropped:modalities',
    'param_dropped:prediction',
    'param_dropped:seed',
    'param_dropped:service_tier',
    'param_dropped:stop',
  ]);
});

test('several choices cannot be said and are refused by the name of the field', () => {
  assert.throws(
    () => bodyOf({ sampling: { choices: 2 } }),
    (error) => error instanceof InvalidRequestError && error.field === 'n',
  );
});

test('instructions come first and the verbosity sentence last in system', () => {
  const { body, codes } = bodyOf(
    { messages: [{ role: 'system', content: [text('Client')] }, user('Hi')] },
    { instructions: { text: 'Component', hash: 'h', path: null }, verbosity: 'low' },
  );
  const system = body['system'] as { text: string }[];
  assert.deepEqual(
    system.map((block) => block.text.split(' ')[0]),
    ['Component', 'Client', 'Answer'],
  );
  assert.deepEqual(codes, ['param_emulated:text.verbosity']);
});

test('a conversation that ends with the assistant ends with a user turn for models that refuse a prefill', () => {
  const { body } = bodyOf({ messages: [user('a'), assistant('b')] }, { deployment: claude(ADAPTIVE) });
  assert.deepEqual((body['messages'] as unknown[])[2], { role: 'user', content: [text('Continue.')] });
  const older = bodyOf({ messages: [user('a'), assistant('b  ')] }, { deployment: claude(BUDGET) });
  assert.deepEqual((older.body['messages'] as unknown[])[1], { role: 'assistant', content: [text('b')] });
});

const passthrough = (source: string, changes: Partial<CanonicalRequest> = {}, target: Partial<Target> = {}) =>
  bodyOf({ source: { protocol: 'anthropic-messages', text: source }, maxOutputTokens: 100, ...changes }, target).wire;

test('Messages to Messages edits the client text and nothing else', () => {
  const source =
    '{ "model": "auto", "max_tokens":100, "messages":[{"role":"user","content":"\\u00e9 1.0"}],\n"context_management":{"10":1,"9":1.0} ,"gearbox":{"mode":"fast"}}';
  assert.equal(
    passthrough(source).body,
    '{ "model": "claude-x", "max_tokens":100, "messages":[{"role":"user","content":"\\u00e9 1.0"}],\n"context_management":{"10":1,"9":1.0}}',
  );
});

test('bug-47: a budget that a Messages client sends to an adaptive model becomes adaptive thinking', () => {
  const source = '{"model":"auto","max_tokens":100,"thinking":{"type":"enabled","budget_tokens":2000},"temperature":1}';
  const wire = passthrough(
    source,
    { sampling: { temperature: 1 } },
    { deployment: claude(ADAPTIVE, { sampling: 'never' }), effort: 'medium' },
  );
  assert.deepEqual(JSON.parse(wire.body), {
    model: 'claude-x',
    max_tokens: 100,
    thinking: { type: 'adaptive' },
    output_config: { effort: 'medium' },
  });
  assert.deepEqual(
    wire.warnings.map((warning) => warning.param),
    ['thinking', 'temperature'],
  );
});

test('instructions go behind the system text of a Messages client, whose first block stays first', () => {
  const instructions = { text: 'Component', hash: 'h', path: null };
  const system = (own: string) =>
    (JSON.parse(passthrough(`{"system":${own},"messages":[]}`, {}, { instructions }).body) as { system: unknown })
      .system;
  assert.equal(system('"Own"'), 'Own\n\nComponent');
  assert.deepEqual(system('[{"type":"text","text":"Own"}]'), [text('Own'), text('Component')]);
  assert.deepEqual(system('[ ]'), [text('Component')]);
});

test('what a Messages client says and the model takes stays byte for byte, without a warning', () => {
  const source =
    '{"model":"claude-x","max_tokens":100,"thinking":{"type":"adaptive", "display":"omitted"},"output_config":{"effort":"high"},"temperature":0.5,"top_p":0.9,"stop_sequences":["\\n"],"tool_choice":{"type":"any"}}';
  const reasoning = { effort: 'high', budgetTokens: null, summary: null, mode: null } as const;
  const sampling = { temperature: 0.5, topP: 0.9, stop: ['\n'] };
  const wire = passthrough(source, { reasoning, sampling }, { deployment: claude(ADAPTIVE), effort: 'high' });
  assert.equal(wire.body, source);
  assert.deepEqual(wire.warnings, []);
});

test('a lowered limit that leaves no room for the budget of a Messages client lowers the budget', () => {
  const source = '{"model":"a","max_tokens":20000,"thinking":{"type":"enabled","budget_tokens":8000}}';
  const reasoning = { effort: null, budgetTokens: 8000, summary: null, mode: null };
  const target = { deployment: claude(BUDGET), effort: 'high', maxOutputTokens: 4096 } as const;
  const wire = passthrough(source, { reasoning, maxOutputTokens: 20_000 }, target);
  assert.equal(wire.body, '{"model":"claude-x","max_tokens":4096,"thinking":{"type":"enabled","budget_tokens":3072}}');
});

test('a forced choice of a Messages client that the model refuses becomes auto and keeps its other members', () => {
  const source =
    '{"model":"a","max_tokens":100,"tool_choice":{"type":"tool","name":"f","disable_parallel_tool_use":true}}';
  const toolChoice = { type: 'tool', kind: 'function', name: 'f' } as const;
  const wire = passthrough(source, { toolChoice }, { deployment: claude({}, { forcedToolChoice: false }) });
  assert.equal(
    wire.body,
    '{"model":"claude-x","max_tokens":100,"tool_choice":{"type":"auto","disable_parallel_tool_use":true}}',
  );
});
