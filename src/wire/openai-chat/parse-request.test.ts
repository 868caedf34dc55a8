import assert from 'node:assert/strict';
import { test } from 'node:test';
import type OpenAI from 'openai';
import { InvalidRequestError } from '../../errors.ts';
import type { CanonicalRequest } from '../../canonical/request.ts';
import { DEFAULT_CHAT_LIMITS } from './limits.ts';
import { parseChatRequest } from './parse-request.ts';

type Body = OpenAI.Chat.ChatCompletionCreateParams;

const USER = { role: 'user', content: 'Hi' } as const;

/** A body that the official SDK's types accept. */
const parse = (body: Partial<Body>): CanonicalRequest =>
  parseChatRequest(JSON.stringify({ model: 'auto', messages: [USER], ...body }));

/** A body that they do not accept. */
const parseLoose = (body: Record<string, unknown>): CanonicalRequest =>
  parseChatRequest(JSON.stringify({ model: 'auto', messages: [USER], ...body }));

const errorOf = (run: () => unknown): InvalidRequestError => {
  try {
    run();
  } catch (error) {
    assert.ok(error instanceof InvalidRequestError, String(error));
    return error;
  }
  assert.fail('nothing was thrown');
};

const contentOf = (messages: readonly unknown[], index = 0): CanonicalRequest['messages'][number]['content'] =>
  parseLoose({ messages }).messages[index]?.content ?? assert.fail('no such message');

test('the smallest request has no parameters, keeps its text and streams nothing', () => {
  const text = '{"model":"auto","messages":[{"role":"user","content":"Hi"}]}';
  const request = parseChatRequest(text);
  assert.deepEqual(request.source, { protocol: 'openai-chat', text });
  assert.deepEqual(request.messages, [{ role: 'user', content: [{ type: 'text', text: 'Hi' }] }]);
  assert.deepEqual(request.sampling, {});
  assert.equal(request.stream, false);
  assert.equal(request.maxOutputTokens, null);
  assert.equal(request.controls, undefined);
  assert.deepEqual(request.unknownMembers, []);
});

test('bug-50: every parameter of the protocol reaches its place, effort included', () => {
  const request = parse({
    temperature: 0.5,
    top_p: 0.9,
    seed: 7,
    stop: 'END',
    n: 2,
    frequency_penalty: 1,
    presence_penalty: -1,
    logit_bias: { '50256': -100 },
    logprobs: true,
    top_logprobs: 3,
    max_completion_tokens: 100,
    reasoning_effort: 'xhigh',
    verbosity: 'low',
    parallel_tool_calls: false,
    service_tier: 'flex',
    prompt_cache_key: 'k',
    prompt_cache_retention: '24h',
    prompt_cache_options: { mode: 'explicit' },
    modalities: ['text', 'audio'],
    safety_identifier: 'u1',
    user: 'u2',
    metadata: { a: 'b' },
    stream: true,
    stream_options: { include_usage: true },
  });
  assert.deepEqual(request.sampling, {
    temperature: 0.5,
    topP: 0.9,
    seed: 7,
    stop: ['END'],
    choices: 2,
    frequencyPenalty: 1,
    presencePenalty: -1,
    logitBias: { '50256': -100 },
    logprobs: true,
    topLogprobs: 3,
  });
  assert.equal(request.maxOutputTokens, 100);
  assert.equal(request.reasoning.effort, 'xhigh');
  assert.equal(request.verbosity, 'low');
  assert.equal(request.parallelToolCalls, false);
  assert.equal(request.serviceTier, 'flex');
  assert.deepEqual(request.cache, { key: 'k', retention: '24h', options: { mode: 'explicit' } });
  assert.deepEqual(request.outputModalities, ['text', 'audio']);
  assert.equal(request.endUser, 'u1');
  assert.deepEqual(request.metadata, { a: 'b' });
  assert.equal(request.stream && request.includeUsage, true);
  assert.deepEqual(request.unknownMembers, []);
});

test('null means absent for every parameter', () => {
  const names =
    'temperature top_p top_k seed stop n frequency_penalty presence_penalty logit_bias logprobs top_logprobs ' +
    'max_completion_tokens max_tokens reasoning_effort verbosity parallel_tool_calls service_tier prompt_cache_key ' +
    'prompt_cache_options modalities user metadata stream stream_options tools tool_choice functions function_call ' +
    'response_format gearbox';
  const nulls = Object.fromEntries(names.split(' ').map((name) => [name, null]));
  const { source: given, ...withNulls } = parseLoose(nulls);
  const { source: plain, ...without } = parseLoose({});
  assert.notEqual(given.text, plain.text);
  assert.deepEqual(withNulls, without);
});

test('unknown members are accepted and listed; our own controls are kept for the router', () => {
  const request = parseLoose({ prediction: { type: 'content', content: 'x' }, min_p: 0.1, gearbox: { mode: 'fast' } });
  assert.deepEqual(request.unknownMembers, ['prediction', 'min_p']);
  assert.deepEqual(request.controls, { mode: 'fast' });
});

test('usage is included only in a stream', () => {
  assert.equal(parseLoose({ stream_options: { include_usage: true } }).includeUsage, false);
});

test('content parts: text, image by address and by data URL, audio, file by id and by bytes, others as they are', () => {
  const content = [
    { type: 'text', text: 'a' },
    { type: 'image_url', image_url: { url: 'https://x/y.png', detail: 'low' } },
    { type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' } },
    { type: 'image_url', image_url: { url: 'data:text/plain,hello' } },
    { type: 'input_audio', input_audio: { data: 'BBBB', format: 'mp3' } },
    { type: 'file', file: { file_id: 'f1', filename: 'a.pdf' } },
    { type: 'file', file: { file_data: 'data:application/pdf;base64,CCCC' } },
    { type: 'file', file: { file_data: 'DDDD' } },
    { type: 'video_url', video_url: { url: 'https://x/v.mp4' } },
  ];
  assert.deepEqual(contentOf([{ role: 'user', content }]), [
    { type: 'text', text: 'a' },
    { type: 'image', source: { type: 'url', url: 'https://x/y.png' }, detail: 'low' },
    { type: 'image', source: { type: 'base64', mediaType: 'image/png', data: 'AAAA' } },
    { type: 'image', source: { type: 'url', url: 'data:text/plain,hello' } },
    { type: 'audio', source: { type: 'base64', mediaType: 'audio/mpeg', data: 'BBBB' }, format: 'mp3' },
    { type: 'file', source: { type: 'file', fileId: 'f1' }, filename: 'a.pdf' },
    { type: 'file', source: { type: 'base64', mediaType: 'application/pdf', data: 'CCCC' }, filename: null },
    { type: 'file', source: { type: 'base64', mediaType: null, data: 'DDDD' }, filename: null },
    { type: 'foreign', protocol: 'openai-chat', value: { type: 'video_url', video_url: { url: 'https://x/v.mp4' } } },
  ]);
});

test('bug-64: several system and developer messages all survive, in the order sent', () => {
  const messages = [
    { role: 'system', content: 'a' },
    { role: 'developer', content: [{ type: 'text', text: 'b' }] },
    { role: 'system', content: 'c', name: 'rules' },
    USER,
  ];
  assert.deepEqual(
    parseLoose({ messages }).messages.map((message) => [message.role, message.content[0]]),
    [
      ['system', { type: 'text', text: 'a' }],
      ['developer', { type: 'text', text: 'b' }],
      ['system', { type: 'text', text: 'c' }],
      ['user', { type: 'text', text: 'Hi' }],
    ],
  );
});

test('bug-63: an assistant message keeps reasoning, text, refusal and every parallel call; results keep their ids', () => {
  const messages = [
    USER,
    {
      role: 'assistant',
      content: 'Looking.',
      refusal: 'no',
      reasoning_content: 'hm',
      tool_calls: [
        { id: 'c1', type: 'function', function: { name: 'f', arguments: '{"a":1}' } },
        { id: 'c2', type: 'custom', custom: { name: 'g', input: 'free' } },
        {
          id: 'c3',
          function: { name: 'f', arguments: '' },
          extra_content: { google: { thought_signature: 'sig' } },
        },
      ],
    },
    { role: 'tool', tool_call_id: 'c2', content: 'two' },
    { role: 'tool', tool_call_id: 'c1', content: [{ type: 'text', text: 'one' }] },
  ];
  const signature = { kind: 'thought-signature', data: 'sig', provenance: null };
  assert.deepEqual(contentOf(messages, 1), [
    { type: 'reasoning', text: 'hm', summary: [], opaque: null },
    { type: 'text', text: 'Looking.' },
    { type: 'refusal', text: 'no' },
    { type: 'tool-call', id: 'c1', name: 'f', kind: 'function', input: '{"a":1}' },
    { type: 'tool-call', id: 'c2', name: 'g', kind: 'custom', input: 'free' },
    { type: 'tool-call', id: 'c3', name: 'f', kind: 'function', input: '', opaque: signature },
  ]);
  const results = parseLoose({ messages })
    .messages.slice(2)
    .flatMap((message) => message.content);
  assert.deepEqual(results, [
    { type: 'tool-result', callId: 'c2', content: [{ type: 'text', text: 'two' }], isError: false },
    { type: 'tool-result', callId: 'c1', content: [{ type: 'text', text: 'one' }], isError: false },
  ]);
});

test('an assistant message with null content and only calls has no empty text', () => {
  const call = { id: 'c', type: 'function', function: { name: 'f', arguments: '{}' } };
  const parts = contentOf([USER, { role: 'assistant', content: null, tool_calls: [call] }], 1);
  assert.deepEqual(
    parts.map((part) => part.type),
    ['tool-call'],
  );
});

test('bug-35: a signature that a chat client sends back in reasoning_details is read as one', () => {
  const reasoning_details = [
    { type: 'reasoning.text', text: 'hm', signature: 'S', format: 'anthropic-claude-v1', index: 0 },
    { type: 'reasoning.encrypted', data: 'R', format: 'anthropic-claude-v1' },
  ];
  const message = { role: 'assistant', content: 'x', reasoning_content: 'hm', reasoning_details };
  assert.deepEqual(contentOf([USER, message], 1).slice(0, 2), [
    { type: 'reasoning', text: 'hm', summary: [], opaque: { kind: 'signature', data: 'S', provenance: null } },
    { type: 'reasoning', text: '', summary: [], opaque: { kind: 'redacted', data: 'R', provenance: null } },
  ]);
  const foreign = [{ type: 'reasoning.text', text: 'hm', format: 'unknown' }];
  assert.deepEqual(contentOf([USER, { role: 'assistant', content: 'x', reasoning_details: foreign }], 1)[0], {
    type: 'reasoning',
    text: '',
    summary: [],
    opaque: { kind: 'details', data: JSON.stringify(foreign), provenance: null },
  });
});

test('legacy functions, function_call and function messages become tools, calls and results with matching ids', () => {
  const request = parseLoose({
    functions: [{ name: 'f', description: 'd', parameters: { type: 'object' } }],
    function_call: { name: 'f' },
    messages: [
      USER,
      { role: 'assistant', content: null, function_call: { name: 'f', arguments: '{}' } },
      { role: 'function', name: 'f', content: '42' },
    ],
  });
  assert.deepEqual(request.tools, [
    { type: 'function', name: 'f', description: 'd', parameters: { type: 'object' }, strict: null },
  ]);
  assert.deepEqual(request.toolChoice, { type: 'tool', kind: 'function', name: 'f' });
  const [call] = request.messages[1]?.content ?? [];
  const [result] = request.messages[2]?.content ?? [];
  assert.ok(call?.type === 'tool-call' && result?.type === 'tool-result');
  assert.equal(call.id, result.callId);
  assert.equal(request.messages[2]?.role, 'tool');
});

test('bug-52: function and custom tools are read nested as specified and flat as Cursor sends them', () => {
  const grammar = { syntax: 'lark', definition: 'start: "a"' };
  const request = parseLoose({
    tools: [
      { type: 'function', function: { name: 'a', parameters: { z: 1, a: 2 }, strict: true } },
      { type: 'function', name: 'b', description: 'flat' },
      { type: 'custom', custom: { name: 'c', format: { type: 'grammar', grammar } } },
      { type: 'custom', name: 'd', format: { type: 'grammar', ...grammar } },
      { type: 'custom', name: 'e' },
      { type: 'web_search', search_context_size: 'low' },
    ],
  });
  const format = { type: 'grammar', ...grammar };
  assert.deepEqual(request.tools, [
    { type: 'function', name: 'a', description: null, parameters: { z: 1, a: 2 }, strict: true },
    { type: 'function', name: 'b', description: 'flat', parameters: null, strict: null },
    { type: 'custom', name: 'c', description: null, format },
    { type: 'custom', name: 'd', description: null, format },
    { type: 'custom', name: 'e', description: null, format: { type: 'text' } },
    {
      type: 'hosted',
      name: 'web_search',
      protocol: 'openai-chat',
      value: { type: 'web_search', search_context_size: 'low' },
    },
  ]);
  assert.deepEqual(Object.keys(request.tools[0]?.type === 'function' ? (request.tools[0].parameters ?? {}) : {}), [
    'z',
    'a',
  ]);
});

test('bug-51: every form of tool_choice is read, allowed_tools with its names', () => {
  assert.deepEqual(parse({ tool_choice: 'required' }).toolChoice, { type: 'required' });
  assert.deepEqual(parse({ tool_choice: { type: 'function', function: { name: 'f' } } }).toolChoice, {
    type: 'tool',
    kind: 'function',
    name: 'f',
  });
  assert.deepEqual(parse({ tool_choice: { type: 'custom', custom: { name: 'g' } } }).toolChoice, {
    type: 'tool',
    kind: 'custom',
    name: 'g',
  });
  const tools = [
    { type: 'function', function: { name: 'f' } },
    { type: 'custom', name: 'g' },
  ];
  const allowed = { type: 'allowed', mode: 'required', names: ['f', 'g'] };
  assert.deepEqual(
    parse({ tool_choice: { type: 'allowed_tools', allowed_tools: { mode: 'required', tools } } }).toolChoice,
    allowed,
  );
  assert.deepEqual(parseLoose({ tool_choice: { type: 'allowed_tools', mode: 'required', tools } }).toolChoice, allowed);
});

test('bug-56: cache marks are kept on parts, messages, calls, results and tools', () => {
  const cache_control = { type: 'ephemeral', ttl: '1h' };
  const request = parseLoose({
    tools: [{ type: 'function', function: { name: 'f' }, cache_control: { type: 'ephemeral' } }],
    messages: [
      { role: 'system', content: [{ type: 'text', text: 's', cache_control }] },
      { role: 'user', content: 'u', cache_control },
      { role: 'assistant', tool_calls: [{ id: 'c', function: { name: 'f' } }], cache_control },
      { role: 'tool', tool_call_id: 'c', content: 'r', cache_control },
      {
        role: 'user',
        content: [{ type: 'text', text: 'o', prompt_cache_breakpoint: { mode: 'explicit', ttl: '12h' } }],
      },
    ],
  });
  const marks = request.messages.map(({ content: [part] }) => part !== undefined && 'cache' in part && part.cache);
  assert.deepEqual(marks, [{ ttl: '1h' }, { ttl: '1h' }, { ttl: '1h' }, { ttl: '1h' }, { ttl: '12h' }]);
  assert.deepEqual(request.tools[0]?.type === 'function' && request.tools[0].cache, { ttl: null });
});

test('response formats', () => {
  assert.deepEqual(parse({ response_format: { type: 'json_object' } }).responseFormat, { type: 'json-object' });
  const json_schema = { name: 'n', schema: { type: 'object' }, strict: true };
  assert.deepEqual(parse({ response_format: { type: 'json_schema', json_schema } }).responseFormat, {
    type: 'json-schema',
    name: 'n',
    description: null,
    schema: { type: 'object' },
    strict: true,
  });
});

test('bug-25: max_tokens 0 is an error and never the default; two different limits are an error', () => {
  assert.equal(errorOf(() => parse({ max_tokens: 0 })).field, 'max_tokens');
  assert.equal(parse({ max_tokens: 5, max_completion_tokens: 5 }).maxOutputTokens, 5);
  const error = errorOf(() => parse({ max_tokens: 5, max_completion_tokens: 6 }));
  assert.equal(error.field, 'max_tokens');
  assert.match(error.message, /max_completion_tokens.*deprecated/);
});

const WRONG: readonly (readonly [Record<string, unknown>, string, RegExp])[] = [
  [{ model: undefined }, 'model', /required/],
  [{ model: '' }, 'model', /empty/],
  [{ messages: undefined }, 'messages', /required/],
  [{ messages: [] }, 'messages', /at least one message/],
  [{ messages: {} }, 'messages', /expected an array, got an object\. Send an array\.$/],
  [{ messages: ['x'] }, 'messages[0]', /expected an object/],
  [{ messages: [{ role: 'boss', content: 'x' }] }, 'messages[0].role', /"boss"/],
  [{ messages: [{ role: 'user' }] }, 'messages[0].content', /at least one content part/],
  [{ messages: [{ role: 'user', content: 5 }] }, 'messages[0].content', /string or an array/],
  [
    { messages: [USER, USER, { role: 'user', content: [{ type: 'image_url', image_url: { url: 5 } }] }] },
    'messages[2].content[0].image_url.url',
    /expected a string, got 5/,
  ],
  [{ messages: [{ role: 'user', content: [{ type: 'file', file: {} }] }] }, 'messages[0].content[0].file', /file_id/],
  [{ messages: [{ role: 'tool', content: 'x' }] }, 'messages[0].tool_call_id', /required/],
  [
    { messages: [{ role: 'assistant', tool_calls: [{ id: 'a', function: { name: 'f', arguments: {} } }] }] },
    'messages[0].tool_calls[0].function.arguments',
    /expected a string, got an object/,
  ],
  [{ messages: undefined, input: 'x' }, 'messages', /\/v1\/responses/],
  [{ temperature: 3 }, 'temperature', /number from 0 to 2, got 3/],
  [{ temperature: '1' }, 'temperature', /got a string/],
  [{ n: 1.5 }, 'n', /integer from 1 to 128/],
  [{ stream: 'yes' }, 'stream', /true or false/],
  [{ stop: [1] }, 'stop[0]', /expected a string/],
  [{ reasoning_effort: 'ultra' }, 'reasoning_effort', /none, minimal, low, medium, high, xhigh, max, got "ultra"/],
  [{ tool_choice: 'force' }, 'tool_choice', /auto, none, required/],
  [{ tools: [{ function: { name: 'f' } }] }, 'tools[0].type', /required/],
  [{ tools: [{ type: 'function', function: {} }] }, 'tools[0].function.name', /required/],
  [{ response_format: { type: 'xml' } }, 'response_format.type', /json_schema/],
  [{ response_format: { type: 'json_schema' } }, 'response_format.json_schema', /required/],
];

test('a wrong field is named with its path, what was expected, what was given, and a fix', () => {
  for (const [body, field, message] of WRONG) {
    const error = errorOf(() => parseLoose(body));
    assert.equal(error.field, field);
    assert.match(error.message, message);
    assert.equal(error.status, 400);
    const [blocking] = error.blocking;
    assert.equal(blocking?.constraint, field);
    assert.ok(blocking.expected !== '' && blocking.given !== '' && blocking.fix.endsWith('.'));
  }
});

test('an error never repeats prompt text', () => {
  const secret = 'my secret plan, in a sentence';
  const bodies: Record<string, unknown>[] = [
    { messages: [{ role: secret, content: 'x' }] },
    { messages: [{ role: 'user', content: [secret] }] },
    { messages: secret },
    { reasoning_effort: secret },
    { tool_choice: secret },
    { stop: { a: secret } },
  ];
  for (const body of bodies) assert.doesNotMatch(errorOf(() => parseLoose(body)).message, /secret/);
});

test('limits hold and are named', () => {
  const text = JSON.stringify({ model: 'auto', messages: [USER, USER, USER] });
  const error = errorOf(() => parseChatRequest(text, { ...DEFAULT_CHAT_LIMITS, maxMessages: 2 }));
  assert.equal(error.field, 'messages');
  assert.match(error.message, /at most 2 items, got 3/);
});

test('a body that is not an object is refused', () => {
  assert.equal(errorOf(() => parseChatRequest('[]')).field, 'body');
  assert.equal(errorOf(() => parseChatRequest('{')).code, 'invalid_json');
});

test('a conversation of 5,000 messages is parsed in time that grows with its length only', () => {
  const body = (count: number): string =>
    JSON.stringify({ model: 'auto', messages: Array.from({ length: count }, () => USER) });
  const small = body(500);
  const large = body(5000);
  // The best of several: one round may be interrupted by whatever else the machine does.
  const measure = (text: string): number => {
    const rounds = Array.from({ length: 8 }, () => {
      const started = performance.now();
      parseChatRequest(text);
      return performance.now() - started;
    });
    return Math.min(...rounds);
  };
  measure(small);
  const ratio = measure(large) / Math.max(measure(small), 0.1);
  assert.ok(ratio < 60, `ten times the messages cost ${ratio.toFixed(0)} times the time`);
});
