/** Bad input, end to end: each is a 4xx that names field, expected, given and fix; nothing goes upstream; service goes on. */
import assert from 'node:assert/strict';
import { request } from 'node:http';
import { createConnection } from 'node:net';
import { gzipSync } from 'node:zlib';
import { after, afterEach, before, beforeEach, test } from 'node:test';
import { APIError } from 'openai';
import { PAIR_YAML, send, sendRaw, startGearbox, type Answer, type Json, type TestGearbox } from './gearbox.ts';

const BODY_BYTES = 200_000;
const BODY_TIMEOUT_MS = 300;

const YAML = `${PAIR_YAML}server:
  limits: { body_bytes: ${BODY_BYTES}, header_bytes: 8KiB, json_depth: 20, messages: 10, tools: 5 }
  timeouts: { body: ${BODY_TIMEOUT_MS}ms, headers: 1s }
`;

let gearbox: TestGearbox;
let chatUrl: string;

before(async () => {
  gearbox = await startGearbox({ yaml: YAML, environment: { OPENAI_API_KEY: 'sk-test' } });
  chatUrl = `${gearbox.url}/v1/chat/completions`;
});

after(() => gearbox.close());

const MESSAGES = [{ role: 'user', content: 'Hello' }];

let served = 0;

beforeEach(() => {
  served = gearbox.lab.received().length;
});

afterEach(async () => {
  assert.equal(gearbox.lab.received().length, served, 'nothing bad reaches a provider');
  const good = await send(chatUrl, { body: { model: 'auto', messages: MESSAGES } });
  assert.equal(good.status, 200, 'the server still answers');
});

/** The error is in the protocol's shape and tells everything that is needed to repair the request. */
const assertRefused = (answer: Pick<Answer, 'json' | 'text' | 'status'>, status: number, name: string): Json => {
  assert.equal(answer.status, status, `${name}: ${answer.text.slice(0, 500)}`);
  const { error, gearbox: ours } = answer.json;
  assert.deepEqual(Object.keys(error), ['message', 'type', 'param', 'code'], name);
  assert.ok(error.message.length > 20 && typeof error.code === 'string', name);
  const [blocking] = ours.blocking;
  assert.ok(blocking !== undefined, `${name}: says what blocks`);
  for (const member of ['constraint', 'expected', 'given', 'fix'])
    assert.ok(typeof blocking[member] === 'string' && blocking[member] !== '', `${name}: ${member}`);
  return answer.json;
};

const nested = (depth: number): string =>
  `{"model":"auto","messages":[{"role":"user","content":"x"}],"metadata":${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}}`;

const BAD_TEXTS: readonly (readonly [string, string | Uint8Array])[] = [
  ['no body', ''],
  ['only white space', '   \n'],
  ['malformed JSON', '{"model": "auto", messages: []}'],
  ['truncated JSON', '{"model": "auto", "messages": [{"role": "user", "content": "He'],
  ['a trailing comma', '{"model": "auto", "messages": [],}'],
  ['two documents', '{"model":"auto","messages":[{"role":"user","content":"a"}]}{}'],
  ['an array', '[]'],
  ['a string', '"auto"'],
  ['a number', '7'],
  ['null', 'null'],
  ['form data', 'model=auto&messages=hello'],
  ['nesting beyond the limit', nested(25)],
  ['brackets only', '['.repeat(100_000)],
  ['bytes that are no UTF-8', Buffer.from('7b226d6f64656c223a22ff22', 'hex')],
  ['a cut UTF-8 sequence', Buffer.concat([Buffer.from('{"model":"auto'), Buffer.from([0xe2, 0x82])])],
  [
    'a lone surrogate in UTF-8',
    Buffer.concat([Buffer.from('{"model":"'), Buffer.from([0xed, 0xa0, 0x80, 0x22, 0x7d])]),
  ],
];

test('a body that is no JSON object is refused and its text never repeated', async () => {
  for (const [name, body] of BAD_TEXTS) {
    const answer = await send(chatUrl, { method: 'POST', body });
    const { error } = assertRefused(answer, 400, name);
    assert.equal(error.type, 'invalid_request_error', name);
    assert.ok(!answer.text.includes('He"'), name);
  }
});

const tool = (name: string): Json => ({ type: 'function', function: { name } });

const grammarTool = (syntax: string, definition: string): Json => ({
  type: 'custom',
  custom: { name: 'c', format: { type: 'grammar', grammar: { syntax, definition } } },
});

/** Members that replace good ones, and the field that the error must name. */
const BAD_MEMBERS: readonly (readonly [Json, string, number?])[] = [
  [{ model: undefined }, 'model'],
  [{ model: 7 }, 'model'],
  [{ model: null }, 'model'],
  [{ model: '' }, 'model'],
  [{ model: ['auto'] }, 'model'],
  [{ model: 'no-such-model' }, 'model', 404],
  [{ model: 'x'.repeat(5_000) }, 'model'],
  [{ messages: undefined }, 'messages'],
  [{ messages: 'Hello' }, 'messages'],
  [{ messages: {} }, 'messages'],
  [{ messages: [] }, 'messages'],
  [{ messages: [null] }, 'messages[0]'],
  [{ messages: ['Hello'] }, 'messages[0]'],
  [{ messages: [{ role: 'user' }] }, 'messages[0].content'],
  [{ messages: [{ content: 'Hello' }] }, 'messages[0].role'],
  [{ messages: [{ role: 'human', content: 'Hello' }] }, 'messages[0].role'],
  [{ messages: [...MESSAGES, { role: 'user', content: 7 }] }, 'messages[1].content'],
  [{ messages: [{ role: 'user', content: [{ type: 'text' }] }] }, 'messages[0].content[0].text'],
  [{ messages: Array.from({ length: 11 }, () => MESSAGES[0]) }, 'messages'],
  [{ tools: {} }, 'tools'],
  [{ tools: [{ type: 'function' }] }, 'tools[0].function'],
  [{ tools: [{ type: 'function', function: {} }] }, 'tools[0].function.name'],
  [{ tools: [grammarTool('regex', 'a(?=b)')] }, 'tools[0].custom.format.grammar.definition'],
  [{ tools: [tool('t'), grammarTool('lark', 'start: ("a"')] }, 'tools[1].custom.format.grammar.definition'],
  [{ tools: Array.from({ length: 6 }, (_, index) => tool(`t${index}`)) }, 'tools'],
  [{ temperature: 'warm' }, 'temperature'],
  [{ temperature: null, top_p: [] }, 'top_p'],
  [{ n: 0 }, 'n'],
  [{ n: 1.5 }, 'n'],
  [{ n: 1_000 }, 'n'],
  [{ max_tokens: -1 }, 'max_tokens'],
  [{ max_completion_tokens: 'many' }, 'max_completion_tokens'],
  [{ stream: 'yes' }, 'stream'],
  [{ stream: true, stream_options: 'all' }, 'stream_options'],
  [{ reasoning_effort: 'enormous' }, 'reasoning_effort'],
  [{ verbosity: 'loud' }, 'verbosity'],
  [{ response_format: 'json' }, 'response_format'],
  [{ response_format: { type: 'yaml' } }, 'response_format.type'],
  [{ stop: 7 }, 'stop'],
  [{ metadata: 'x' }, 'metadata'],
  [{ gearbox: 'fast' }, 'gearbox'],
  [{ gearbox: [] }, 'gearbox'],
  [{ gearbox: { mod: 'fast' } }, 'gearbox.mod'],
  [{ gearbox: { mode: 'Fast' } }, 'gearbox.mode'],
  [{ gearbox: { mode: 7 } }, 'gearbox.mode'],
  [{ gearbox: { strict_params: 'true' } }, 'gearbox.strict_params'],
  [{ gearbox: { max_cost_usd: '0.1' } }, 'gearbox.max_cost_usd'],
  [{ gearbox: { max_cost_usd: -1 } }, 'gearbox.max_cost_usd'],
  [{ gearbox: { allow: 'fast' } }, 'gearbox.allow'],
  [{ gearbox: { allow: [] } }, 'gearbox.allow'],
  [{ gearbox: { baseline: 'nobody' } }, 'gearbox.baseline'],
  [{ gearbox: { session_id: 'x'.repeat(300) } }, 'gearbox.session_id'],
];

test('a wrong type or value anywhere is refused with the name of its field', async () => {
  for (const [members, field, status = 400] of BAD_MEMBERS) {
    const name = JSON.stringify(members).slice(0, 100);
    const answer = await send(chatUrl, { body: { model: 'auto', messages: MESSAGES, ...members } });
    const { error } = assertRefused(answer, field === 'model' && answer.status === 404 ? 404 : status, name);
    assert.equal(error.param, field, name);
    assert.ok(answer.text.length < 3_000, `${name}: what was given is shortened`);
  }
});

test('an unknown control gets a suggestion, in the body and as a header', async () => {
  const body = await send(chatUrl, { body: { model: 'auto', messages: MESSAGES, gearbox: { max_cost: 1 } } });
  assert.match(assertRefused(body, 400, 'body').error.message, /Did you mean max_cost_usd\?/);
  const header = await send(chatUrl, {
    body: { model: 'auto', messages: MESSAGES },
    headers: { 'x-gearbox-objektive': 'cost' },
  });
  assert.match(assertRefused(header, 400, 'header').error.message, /Did you mean objective\?/);
  const both = await send(chatUrl, {
    body: { model: 'auto', messages: MESSAGES, gearbox: { mode: 'fast' } },
    headers: { 'x-gearbox-mode': 'thinking' },
  });
  assert.equal(assertRefused(both, 400, 'both').error.code, 'control_conflict');
});

test('a wrong method says which one is right', async () => {
  for (const [method, path] of [
    ['GET', '/v1/chat/completions'],
    ['DELETE', '/v1/chat/completions'],
    ['POST', '/v1/models'],
    ['POST', '/v1/models/auto'],
    ['GET', '/v1/gearbox/decide'],
    ['PUT', '/v1/gearbox/outcomes'],
    ['POST', '/healthz'],
  ] as const) {
    const answer = await send(gearbox.url + path, { method });
    assert.equal(assertRefused(answer, 405, `${method} ${path}`).gearbox.blocking[0].constraint, 'method');
    assert.equal(answer.headers.get('allow'), path.includes('chat') || path.includes('gearbox') ? 'POST' : 'GET, HEAD');
  }
});

/** Raw targets, because clients tidy paths up before they send them. */
const raw = async (target: string, rest = ''): Promise<Answer> => {
  const text = await sendRaw(
    gearbox.url,
    `GET ${target} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n${rest}\r\n`,
  );
  const body = text.slice(text.indexOf('\r\n\r\n') + 4);
  return {
    status: Number(/^HTTP\/1\.1 (\d{3})/.exec(text)?.[1]),
    headers: new Headers(),
    text: body,
    json: body.startsWith('{') ? JSON.parse(body) : null,
  };
};

test('a path that could be read in two ways is refused, an unknown one is not found', async () => {
  for (const target of [
    '//v1/models',
    '/v1//models',
    '/v1/../v1/models',
    '/v1/./models',
    '/v1/%2e%2e/v1/models',
    '/v1/%2E./models',
    '/v1%2fmodels',
    '/v1%2Fchat/completions',
    '/api%2fstatus',
    '/v1/gearbox/decisions/%2e%2e%2fx',
    '/v1/models/a//b',
    '/v1/models/../models',
    '/v1/models/%zz',
    '/v1/models/%ff',
    `/v1/${'x'.repeat(3_000)}`,
    'http://localhost/v1/models',
  ])
    assertRefused(await raw(target), 400, target);
  for (const target of ['/v1', '/V1/models', '/v1/model', '/v2/models', '/api', '/.env', '/v1/chat/completions/'])
    assertRefused(await raw(target), 404, target);
  assert.equal((await raw('/v1/models?limit=1&x=%2f..//')).status, 200, 'a query is no path');
});

test('bytes that are no HTTP get one answer and the connection is closed', async () => {
  for (const bytes of [
    'hello\r\n\r\n',
    '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03',
    'GET / HTTP/9.9\r\nhost: localhost\r\n\r\n',
    'GET /v1/models HTTP/1.1\r\nhost: localhost\r\nbad header\r\n\r\n',
    'POST /v1/chat/completions HTTP/1.1\r\nhost: localhost\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\r\nhello',
    'POST /v1/chat/completions HTTP/1.1\r\nhost: localhost\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n',
    'POST /v1/chat/completions HTTP/1.1\r\nhost: localhost\r\ncontent-length: -5\r\n\r\n',
  ]) {
    const text = await sendRaw(gearbox.url, bytes);
    const json: Json = JSON.parse(text.slice(text.indexOf('\r\n\r\n') + 4));
    assertRefused({ status: Number(text.slice(9, 12)), text, json }, 400, JSON.stringify(bytes));
  }
});

test('a body that the client ends too early is told apart from bytes that are no HTTP', async () => {
  const { hostname, port } = new URL(gearbox.url);
  const text = await new Promise<string>((resolve, reject) => {
    let received = '';
    const socket = createConnection({ host: hostname, port: Number(port) });
    socket.on('data', (chunk) => (received += chunk.toString('latin1')));
    socket.on('error', reject);
    socket.on('close', () => resolve(received));
    socket.end('POST /v1/chat/completions HTTP/1.1\r\nhost: localhost\r\ncontent-length: 500\r\n\r\n{"model": "auto"');
  });
  const json: Json = JSON.parse(text.slice(text.indexOf('\r\n\r\n') + 4));
  const { error } = assertRefused({ status: Number(text.slice(9, 12)), text, json }, 400, 'half');
  assert.equal(error.code, 'request_cut');
  assert.match(error.message, /content-length/);
});

test('a request without a Host header is refused like one with a wrong one', async () => {
  const text = await sendRaw(gearbox.url, 'GET /v1/models HTTP/1.1\r\nconnection: close\r\n\r\n');
  const json: Json = JSON.parse(text.slice(text.indexOf('\r\n\r\n') + 4));
  const { error } = assertRefused({ status: Number(text.slice(9, 12)), text, json }, 400, 'no host');
  assert.equal(error.code, 'host_missing');
});

test('a compressed body is refused for what it is', async () => {
  const body = gzipSync(JSON.stringify({ model: 'auto', messages: MESSAGES }));
  const answer = await send(chatUrl, { body, headers: { 'content-encoding': 'gzip' } });
  assert.equal(assertRefused(answer, 415, 'gzip').error.code, 'unsupported_encoding');
  const plain = { model: 'auto', messages: MESSAGES };
  assert.equal((await send(chatUrl, { body: plain, headers: { 'content-encoding': 'identity' } })).status, 200);
  served += 1;
});

test('headers larger than the limit, and headers that never end, are refused with the limit', async () => {
  const huge = await raw('/v1/models', `x-filler: ${'y'.repeat(9_000)}\r\n`);
  assert.match(assertRefused(huge, 431, 'huge').error.message, /8192 bytes/);
});

test('an oversized body is refused by its declared length before it is read, and by its real one', async () => {
  const text = JSON.stringify({ model: 'auto', messages: [{ role: 'user', content: 'x'.repeat(BODY_BYTES) }] });
  assert.equal(assertRefused(await send(chatUrl, { body: text }), 413, 'declared').error.code, 'request_too_large');
  const head = 'POST /v1/chat/completions HTTP/1.1\r\nhost: localhost\r\n';
  const declared = await sendRaw(gearbox.url, `${head}content-length: ${BODY_BYTES * 1_000}\r\n\r\n{"model"`);
  assert.match(declared, /^HTTP\/1\.1 413 /);
  const chunk = `${(50_000).toString(16)}\r\n${'x'.repeat(50_000)}\r\n`;
  const chunked = await sendRaw(gearbox.url, `${head}transfer-encoding: chunked\r\n\r\n${chunk.repeat(5)}0\r\n\r\n`);
  assert.match(chunked, /^HTTP\/1\.1 413 /);
  assert.match(chunked, /server\.limits\.body_bytes/);
  await assert.rejects(
    gearbox.client().chat.completions.create({
      model: 'auto',
      messages: [{ role: 'user', content: 'x'.repeat(BODY_BYTES * 20) }],
    }),
    (error: unknown) => error instanceof APIError && error.status === 413,
  );
});

/** A client like many: it reads nothing until its whole request is sent. Rejects when the connection breaks first. */
const sendThenRead = (path: string, body: string): Promise<string> => {
  const { hostname, port } = new URL(gearbox.url);
  return new Promise((resolve, reject) => {
    let received = '';
    const socket = createConnection({ host: hostname, port: Number(port) });
    socket.on('error', reject);
    socket.on('close', () => resolve(received));
    socket.pause();
    const head = `POST ${path} HTTP/1.1\r\nhost: localhost\r\ncontent-length: ${body.length}\r\n\r\n`;
    socket.write(head + body, () => {
      socket.on('data', (chunk) => (received += chunk.toString('latin1')));
      socket.resume();
    });
  });
};

test('a client that is still sending when it is refused lives to read why', async () => {
  const body = 'x'.repeat(24 * 1024 * 1024);
  for (const [path, status] of [
    ['/v1/chat/completions', 413],
    ['/v1/gearbox/outcomes', 413],
    ['/v1/nowhere', 404],
  ] as const) {
    const text = await sendThenRead(path, body);
    const json: Json = JSON.parse(text.slice(text.indexOf('\r\n\r\n') + 4));
    assertRefused({ status: Number(text.slice(9, 12)), text, json }, status, path);
  }
});

test('a body that stops halfway gets 408 after the configured time', async () => {
  const startedAt = performance.now();
  const text = await sendRaw(
    gearbox.url,
    'POST /v1/chat/completions HTTP/1.1\r\nhost: localhost\r\ncontent-length: 100\r\n\r\n{"model": "auto"',
  );
  const tookMs = performance.now() - startedAt;
  const json: Json = JSON.parse(text.slice(text.indexOf('\r\n\r\n') + 4));
  assert.equal(
    assertRefused({ status: Number(text.slice(9, 12)), text, json }, 408, 'slow').error.code,
    'request_timeout',
  );
  assert.match(text, /x-should-retry: false/i);
  assert.ok(tookMs >= BODY_TIMEOUT_MS * 0.9, `${tookMs}`);
});

test('a client that leaves in the middle of its body leaves nothing behind', async () => {
  const { hostname, port } = new URL(gearbox.url);
  await new Promise<void>((resolve) => {
    const socket = createConnection({ host: hostname, port: Number(port) }, () => {
      socket.write('POST /v1/chat/completions HTTP/1.1\r\nhost: localhost\r\ncontent-length: 100\r\n\r\n{"model"');
      setTimeout(() => socket.destroy(), 20);
    });
    socket.on('close', () => resolve());
  });
});

test('the same errors come from decide and outcomes', async () => {
  for (const path of ['decide', 'outcomes']) {
    for (const body of ['', '{', '[1', '7'])
      assertRefused(await send(`${gearbox.url}/v1/gearbox/${path}`, { method: 'POST', body }), 400, `${path} ${body}`);
    const large = await send(`${gearbox.url}/v1/gearbox/${path}`, { body: 'x'.repeat(BODY_BYTES + 1) });
    assertRefused(large, 413, path);
  }
});

test('a body over the limit is refused by the admin API too', async () => {
  const headers = { authorization: `Bearer ${gearbox.adminToken}` };
  const answer = await send(`${gearbox.url}/api/outcomes`, { headers, body: `"${'x'.repeat(BODY_BYTES)}"` });
  assert.deepEqual([answer.status, answer.json.error.code], [413, 'request_too_large']);
});

test('the admin API takes outcomes in chunks, and a method that it does not know without a body is no defect of ours', async () => {
  const authorization = `Bearer ${gearbox.adminToken}`;
  const outcome = { decision_id: 'dec_01KAR3Q8ZC5V9M7T2H4N6PXWYB', kind: 'thumb', value: 1 };
  const { hostname, port } = new URL(gearbox.url);
  const status = await new Promise<number | undefined>((resolve, reject) => {
    const sent = request(
      { hostname, port, path: '/api/outcomes', method: 'POST', headers: { authorization } },
      (answer) => {
        answer.resume();
        resolve(answer.statusCode);
      },
    );
    sent.on('error', reject);
    sent.write(JSON.stringify(outcome).slice(0, 10));
    sent.end(JSON.stringify(outcome).slice(10));
  });
  assert.equal(status, 200, 'read whole; that no such decision is known stands in the answer');
  for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) {
    const answer = await send(`${gearbox.url}/api/status`, { method, headers: { authorization } });
    assert.equal(answer.status, 404, method);
  }
});
