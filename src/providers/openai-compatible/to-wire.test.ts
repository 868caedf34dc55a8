import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { deploymentOf, modelOf, requestOf, targetOf } from '../../../test/fixtures/provider-request.ts';
import type { CanonicalRequest } from '../../canonical/request.ts';
import type { Deployment } from '../../catalog/component.ts';
import { InvalidRequestError } from '../../errors.ts';
import type { Target } from '../provider.ts';
import { toWire } from './to-wire.ts';

const EFFORTS = ['none', 'low', 'medium', 'high'] as const;
const reasoning = { control: 'effort', efforts: EFFORTS, defaultEffort: 'medium' } as const;

const openai = (changes: Parameters<typeof modelOf>[0] = {}): Deployment =>
  deploymentOf({
    id: 'openai/gpt-x',
    provider: 'openai',
    baseUrl: 'https://api.openai.com/v1',
    upstreamModel: 'gpt-x',
    model: modelOf({
      lab: 'openai',
      reasoning,
      capabilities: { sampling: 'without-reasoning', verbosity: true },
      ...changes,
    }),
  });
const plain = deploymentOf({ provider: 'vllm', upstreamModel: 'llama' });

const pass = (text: string, changes: Partial<CanonicalRequest> = {}, target: Partial<Target> = {}) => {
  const request = requestOf({ source: { protocol: 'openai-chat', text }, ...changes });
  const wire = toWire(request, targetOf({ deployment: plain, ...target }));
  return { body: wire.body, codes: wire.warnings.map((warning) => `${warning.code}:${warning.param}`) };
};

test('chat to chat replaces the model, drops our own member and leaves every other byte', () => {
  const text =
    '{"gearbox":{"mode":"fast"},"messages" : [ {"role":"user","content":"\\u00e9\\/ 1"} ], "seed":12345678901234567890,\n "model":"auto","metadata":{"10":"a","9":1.0}}';
  assert.deepEqual(pass(text), {
    body: '{"messages" : [ {"role":"user","content":"\\u00e9\\/ 1"} ], "seed":12345678901234567890,\n "model":"llama","metadata":{"10":"a","9":1.0}}',
    codes: [],
  });
});

test('a stream asks for usage and keeps the client’s other stream options', () => {
  const stream = { stream: true };
  const body = (text: string, changes = {}, target = {}) => pass(text, { ...stream, ...changes }, target).body;
  assert.equal(body('{"stream":true}'), '{"stream":true,"model":"llama","stream_options":{"include_usage":true}}');
  assert.equal(
    body('{"model":"a","stream":true,"stream_options":{"include_obfuscation":false}}'),
    '{"model":"llama","stream":true,"stream_options":{"include_obfuscation":false,"include_usage":true}}',
  );
  assert.equal(
    body('{"model":"a","stream":true,"stream_options":null}'),
    '{"model":"llama","stream":true,"stream_options":{"include_usage":true}}',
  );
  const own = '{"model":"a","stream":true,"stream_options":{ "include_usage":true }}';
  assert.equal(body(own, { includeUsage: true }), own.replace('"a"', '"llama"'));
});

test('bug-18: stream_options does not reach a server that refuses it', () => {
  const deployment = deploymentOf({ provider: 'mistral', upstreamModel: 'm' });
  const { body } = pass(
    '{"model":"a","stream":true,"stream_options":{"include_usage":true}}',
    { stream: true, includeUsage: true },
    { deployment },
  );
  assert.equal(body, '{"model":"m","stream":true}');
});

test('an effort is set, kept, replaced or removed as the target says', () => {
  const controls = (effort: 'high' | null) => ({
    reasoning: { effort, budgetTokens: null, summary: null, mode: null },
  });
  const deployment = openai();
  assert.equal(
    pass('{"model":"a"}', {}, { deployment, effort: 'low' }).body,
    '{"model":"gpt-x","reasoning_effort":"low"}',
  );
  assert.equal(
    pass('{"model":"a","reasoning_effort" : "high"}', controls('high'), { deployment, effort: 'high' }).body,
    '{"model":"gpt-x","reasoning_effort" : "high"}',
  );
  assert.deepEqual(pass('{"model":"a","reasoning_effort":"high"}', controls('high'), { deployment, effort: null }), {
    body: '{"model":"gpt-x"}',
    codes: ['param_dropped:reasoning_effort'],
  });
  assert.deepEqual(pass('{"model":"a"}', {}, { deployment, effort: 'xhigh' }), {
    body: '{"model":"gpt-x","reasoning_effort":"high"}',
    codes: ['param_clamped:reasoning_effort'],
  });
  assert.deepEqual(pass('{"model":"a","reasoning_effort":"high"}', controls('high'), { effort: 'high' }), {
    body: '{"model":"llama"}',
    codes: ['param_clamped:reasoning_effort'],
  });
});

test('each family of servers hears the effort in its own words', () => {
  const toggle = modelOf({ reasoning: { control: 'toggle', efforts: ['none', 'high'] } });
  const body = (provider: string, effort: 'none' | 'high', text = '{"model":"a"}') =>
    JSON.parse(
      pass(text, {}, { deployment: deploymentOf({ provider, upstreamModel: 'm', model: toggle }), effort }).body,
    ) as object;
  assert.deepEqual(body('openrouter', 'high'), { model: 'm', reasoning: { effort: 'high' } });
  assert.deepEqual(body('deepseek', 'none'), { model: 'm', thinking: { type: 'disabled' } });
  assert.deepEqual(body('dashscope', 'high'), { model: 'm', enable_thinking: true });
  assert.deepEqual(body('vllm', 'none', '{"model":"a","chat_template_kwargs":{"x":1}}'), {
    model: 'm',
    chat_template_kwargs: { x: 1, enable_thinking: false },
  });
});

test('the output limit takes the name that the server knows', () => {
  const limit = { maxOutputTokens: 50 };
  assert.equal(pass('{"model":"a","max_completion_tokens":50}', limit).body, '{"model":"llama","max_tokens":50}');
  assert.equal(
    pass('{"model":"a","max_tokens":50}', limit, { deployment: openai() }).body,
    '{"model":"gpt-x","max_completion_tokens":50}',
  );
  const older = openai({ reasoning: { control: 'none', efforts: [], defaultEffort: null } });
  assert.equal(
    pass('{"model":"a","max_tokens":50}', limit, { deployment: older }).body,
    '{"model":"gpt-x","max_tokens":50}',
  );
  assert.equal(
    pass('{"model":"a","max_tokens":50}', limit, { maxOutputTokens: 20 }).body,
    '{"model":"llama","max_tokens":20}',
  );
});

test('bug-25: max_tokens 0 stays 0', () => {
  assert.equal(pass('{"model":"a","max_tokens":0}', { maxOutputTokens: 0 }).body, '{"model":"llama","max_tokens":0}');
});

test('sampling goes while an OpenAI model reasons, each member with a warning, and stays at effort none', () => {
  const text = '{"temperature":0.2,"model":"a","logprobs":true,"stop":["x"],"seed":1}';
  assert.deepEqual(pass(text, {}, { deployment: openai(), effort: 'low' }), {
    body: '{"model":"gpt-x","seed":1,"reasoning_effort":"low"}',
    codes: ['param_dropped:temperature', 'param_dropped:logprobs', 'param_dropped:stop'],
  });
  assert.deepEqual(pass(text, {}, { deployment: openai(), effort: 'none' }), {
    body: '{"temperature":0.2,"model":"gpt-x","logprobs":true,"stop":["x"],"seed":1,"reasoning_effort":"none"}',
    codes: [],
  });
});

test('verbosity is native where the model has it and a sentence elsewhere', () => {
  const text = '{"model":"a","verbosity":"low","messages":[{"role":"user","content":"Hi"}]}';
  const asked = { verbosity: 'low' } as const;
  assert.equal(pass(text, asked, { deployment: openai(), verbosity: 'low' }).body, text.replace('"a"', '"gpt-x"'));
  const emulated = pass(text, asked, { verbosity: 'low' });
  const body = JSON.parse(emulated.body) as { verbosity?: string; messages: { role: string; content: string }[] };
  assert.equal(body.verbosity, undefined);
  assert.equal(body.messages[0]?.role, 'system');
  assert.match(body.messages[0]?.content ?? '', /^Answer as briefly/);
  assert.deepEqual(emulated.codes, ['param_emulated:verbosity']);
});

test('instructions join the client’s first system message and leave the other messages as written', () => {
  const instructions = { text: 'Say "x".', hash: 'h', path: null };
  const messages = (own: string) => pass(`{"model":"a","messages":${own}}`, {}, { instructions }).body.slice(28, -1);
  assert.equal(
    messages('[ {"role":"system","content":"A\\u00e9"}, {"role":"user","content":"\\u00e9"} ]'),
    '[ {"role":"system","content":"Say \\"x\\".\\n\\nA\\u00e9"}, {"role":"user","content":"\\u00e9"} ]',
  );
  assert.equal(
    messages('[{"role":"developer","content":[{"type":"text","text":"A"}]}]'),
    '[{"role":"system","content":[{"type":"text","text":"Say \\"x\\"."},{"type":"text","text":"A"}]}]',
    'a server that knows no developer',
  );
  assert.equal(
    messages('[{"role":"user","content":"A"}]'),
    '[{"role":"system","content":"Say \\"x\\"."},{"role":"user","content":"A"}]',
  );
  assert.equal(messages('[ ]'), '[{"role":"system","content":"Say \\"x\\"."}]');
});

test('bug-48: reasoning of another model goes where it would be refused, and only there', () => {
  const text =
    '{"model":"a","messages":[{"role":"assistant","reasoning_content":"r","content":"x"},{"role":"user","content":"\\"reasoning\\""}]}';
  assert.equal(
    pass(text, {}, { deployment: openai() }).body,
    '{"model":"gpt-x","messages":[{"role":"assistant","content":"x"},{"role":"user","content":"\\"reasoning\\""}]}',
  );
  assert.equal(pass(text).body, text.replace('"a"', '"llama"'));
});

test('bug-49: a tool turn whose reasoning the client lost gets a blank where the model insists on one', () => {
  const deployment = deploymentOf({
    provider: 'deepseek',
    upstreamModel: 'd',
    model: modelOf({ lab: 'deepseek', reasoning: { control: 'toggle', efforts: ['none', 'high'] } }),
  });
  const text =
    '{"model":"a","messages":[{"role":"assistant","content":null,"tool_calls":[]},{"role":"tool","content":"1"}]}';
  const body = JSON.parse(pass(text, {}, { deployment, effort: 'high' }).body) as { messages: object[] };
  assert.deepEqual(body.messages[0], { role: 'assistant', content: null, tool_calls: [], reasoning_content: ' ' });
  assert.ok(!pass(text, {}, { deployment, effort: 'none' }).body.includes('reasoning_content'));
});

const f = { type: 'function', name: 'f', description: null, parameters: { type: 'object' }, strict: true } as const;

test('tools that a model takes only without reasoning clamp the effort; only over Responses, they are refused', () => {
  const clamped = pass(
    '{"model":"a"}',
    { tools: [f] },
    { deployment: openai({ capabilities: { chatTools: 'without-reasoning' } }), effort: 'high' },
  );
  assert.deepEqual(clamped, {
    body: '{"model":"gpt-x","reasoning_effort":"none"}',
    codes: ['param_clamped:reasoning_effort'],
  });
  assert.throws(
    () => pass('{"model":"a"}', { tools: [f] }, { deployment: openai({ capabilities: { chatTools: 'never' } }) }),
    (error) => error instanceof InvalidRequestError && error.field === 'tools',
  );
});

const built = (changes: Partial<CanonicalRequest>, target: Partial<Target> = {}) => {
  const wire = toWire(requestOf(changes), targetOf({ deployment: plain, ...target }));
  const body = JSON.parse(wire.body) as Record<string, unknown>;
  return { wire, body, codes: wire.warnings.map((warning) => `${warning.code}:${warning.param}`) };
};
const text = (value: string) => ({ type: 'text', text: value }) as const;

test('a conversation with tools and pictures is built for clients of other protocols', () => {
  const image = { type: 'image', source: { type: 'base64', mediaType: 'image/png', data: 'AAAA' } } as const;
  const { body } = built({
    stream: true,
    messages: [
      { role: 'system', content: [text('A')] },
      { role: 'developer', content: [text('B')] },
      { role: 'user', content: [text('Look'), image] },
      {
        role: 'assistant',
        content: [text('ok'), { type: 'tool-call', id: 'c1', name: 'f', kind: 'function', input: '' }],
      },
      {
        role: 'user',
        content: [{ type: 'tool-result', callId: 'c1', isError: true, content: [text('no'), image] }, text('Why?')],
      },
    ],
    tools: [f],
    toolChoice: { type: 'tool', kind: 'function', name: 'f' },
    maxOutputTokens: 9,
  });
  const url = { type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' } };
  assert.deepEqual(body, {
    model: 'llama',
    messages: [
      { role: 'system', content: 'A\n\nB' },
      { role: 'user', content: [text('Look'), url] },
      {
        role: 'assistant',
        content: 'ok',
        tool_calls: [{ id: 'c1', type: 'function', function: { name: 'f', arguments: '{}' } }],
      },
      { role: 'tool', tool_call_id: 'c1', content: 'Error: no' },
      { role: 'user', content: [text('From the result of tool call c1:'), url, text('Why?')] },
    ],
    tools: [{ type: 'function', function: { name: 'f', parameters: { type: 'object' } } }],
    tool_choice: { type: 'function', function: { name: 'f' } },
    max_tokens: 9,
    stream: true,
    stream_options: { include_usage: true },
  });
});

test('bug-53: strict stays at OpenAI; elsewhere it goes with a warning', () => {
  assert.deepEqual(built({ tools: [f] }).codes, ['param_dropped:tools']);
  const { body, codes } = built({ tools: [f] }, { deployment: openai() });
  assert.equal((body['tools'] as { function: { strict: boolean } }[])[0]?.function.strict, true);
  assert.deepEqual(codes, []);
});

test('bug-33: a grammar tool stays a grammar tool at OpenAI and is wrapped and remembered elsewhere', () => {
  const tools = [
    { type: 'custom', name: 'patch', description: 'P', format: { type: 'grammar', syntax: 'lark', definition: 'g' } },
  ] as const;
  assert.deepEqual(built({ tools }, { deployment: openai() }).body['tools'], [
    {
      type: 'custom',
      custom: {
        name: 'patch',
        description: 'P',
        format: { type: 'grammar', grammar: { syntax: 'lark', definition: 'g' } },
      },
    },
  ]);
  const wrapped = built({ tools });
  assert.equal((wrapped.body['tools'] as { type: string }[])[0]?.type, 'function');
  assert.ok(wrapped.wire.context.wrappedTools.has('patch'));
});

test('bug-38: reasoning goes back on tool turns to the labs that insist on it', () => {
  const deployment = deploymentOf({
    model: modelOf({ lab: 'moonshot', reasoning: { control: 'toggle', efforts: ['none', 'high'] } }),
  });
  const { body } = built(
    {
      messages: [
        { role: 'user', content: [text('go')] },
        {
          role: 'assistant',
          content: [
            { type: 'reasoning', text: 'because', summary: [], opaque: null },
            { type: 'tool-call', id: 'c', name: 'f', kind: 'function', input: '{}' },
          ],
        },
        { role: 'tool', content: [{ type: 'tool-result', callId: 'c', content: [text('1')], isError: false }] },
      ],
    },
    { deployment, effort: 'high' },
  );
  assert.equal((body['messages'] as { reasoning_content?: string }[])[1]?.reasoning_content, 'because');
});

test('what only OpenAI knows is announced where it is not sent', () => {
  const changes = {
    cache: { key: 'k', retention: null, options: null },
    serviceTier: 'flex',
    endUser: 'u',
    unknownMembers: ['x'],
  };
  const { body, codes } = built(changes);
  assert.equal(body['user'], 'u');
  assert.deepEqual(codes, ['param_dropped:x', 'param_dropped:service_tier', 'param_dropped:prompt_cache_key']);
  assert.equal(built(changes, { deployment: openai() }).body['prompt_cache_key'], 'k');
});
