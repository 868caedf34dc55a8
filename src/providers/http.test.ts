import { strict as assert } from 'node:assert';
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { createServer as createTcpServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { after, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { deploymentOf, requestOf, targetOf } from '../../test/fixtures/provider-request.ts';
import type { UpstreamProtocol } from '../canonical/protocol.ts';
import type { CanonicalRequest } from '../canonical/request.ts';
import type { StreamFrame } from '../canonical/stream-part.ts';
import { ConfigError } from '../errors.ts';
import type { ProviderAnswer } from './provider.ts';
import { createProviders } from './registry.ts';
import type { ProvidersOptions } from './registry.ts';

const SECRET = 'sk-very-secret-key-0123456789';
const PROMPT = 'the prompt that nobody may see';

const servers: Server[] = [];
after(() => {
  for (const server of servers) {
    server.close();
    server.closeAllConnections();
  }
});

const listen = async (server: Server | ReturnType<typeof createTcpServer>): Promise<string> => {
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
};

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

const serve = async (handler: Handler): Promise<string> => {
  const server = createServer(handler);
  servers.push(server);
  return listen(server);
};

interface Call {
  readonly baseUrl: string;
  readonly request?: Partial<CanonicalRequest>;
  readonly protocol?: UpstreamProtocol;
  readonly signal?: AbortSignal;
  readonly options?: Partial<ProvidersOptions>;
}

const open = ({ baseUrl, protocol = 'openai-chat', options = {} }: Call) =>
  createProviders(
    [
      {
        name: 'provider',
        protocol,
        baseUrl,
        credentials: 'env:TEST_KEY',
        headers: { 'X-Extra': '1' },
        alsoResponses: false,
        simulated: false,
      },
    ],
    { resolveSecret: () => SECRET, now: () => Date.parse('2026-11-23T10:00:00Z'), ...options },
  );

const send = async (call: Call): Promise<ProviderAnswer> => {
  const providers = open(call);
  const provider = providers.find('provider', call.protocol ?? 'openai-chat');
  assert.ok(provider !== undefined);
  const messages = [{ role: 'user', content: [{ type: 'text', text: PROMPT }] }] as const;
  const answer = await provider.send(
    requestOf({ messages, ...call.request }),
    targetOf({ deployment: deploymentOf({ baseUrl: call.baseUrl }) }),
    { signal: call.signal ?? new AbortController().signal, mode: 'full', strictParams: false },
  );
  void providers.close();
  return answer;
};

const faultOf = async (call: Call) => {
  const answer = await send(call);
  assert.equal(answer.type, 'fault');
  const all = JSON.stringify(answer);
  for (const hidden of [SECRET, PROMPT, 'url-password']) assert.ok(!all.includes(hidden), `${hidden} is in the fault`);
  assert.ok(answer.fault.message.startsWith('provider/model-1: '), answer.fault.message);
  return { ...answer.fault, retryable: answer.retryable };
};

const completion = JSON.stringify({
  id: 'c',
  model: 'm',
  choices: [{ index: 0, message: { role: 'assistant', content: 'Hi' }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 1, completion_tokens: 2, total_tokens: 3 },
});

const json =
  (body: string, status = 200, headers: Record<string, string> = {}): Handler =>
  (_request, response) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(body);
  };

const chunk = (delta: object, finish: string | null = null) =>
  `data: ${JSON.stringify({ id: 'c', model: 'm', choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`;
const SSE = { 'content-type': 'text/event-stream' };
const stream = { stream: true };

const collect = async (answer: ProviderAnswer): Promise<readonly StreamFrame[][]> => {
  assert.equal(answer.type, 'stream');
  const batches: StreamFrame[][] = [];
  for await (const batch of answer.batches) batches.push([...batch]);
  return batches;
};

const typesOf = (batches: readonly StreamFrame[][]) =>
  batches.flat().flatMap((frame) => frame.parts.map((part) => part.type));

test('a whole answer comes back with its text, and the call carries key, type and identity encoding', async () => {
  let seen: IncomingMessage | undefined;
  let body = '';
  const baseUrl = await serve((request, response) => {
    seen = request;
    request.on('data', (data: Buffer) => (body += data.toString()));
    request.on('end', () => json(completion, 200, { 'x-request-id': 'req_1' })(request, response));
  });
  const answer = await send({ baseUrl });
  assert.equal(answer.type, 'whole');
  assert.equal(answer.text, completion);
  assert.equal(answer.upstreamRequestId, 'req_1');
  assert.deepEqual(answer.response.choices[0]?.content, [{ type: 'text', text: 'Hi' }]);
  assert.equal(seen?.url, '/v1/chat/completions');
  const { authorization, 'accept-encoding': encoding, 'x-extra': extra } = seen?.headers ?? {};
  assert.deepEqual([authorization, encoding, extra], [`Bearer ${SECRET}`, 'identity', '1']);
  assert.equal((JSON.parse(body) as { model: string }).model, 'model-1');
});

test('the Messages protocol finds its path under a base URL with and without /v1', async () => {
  const urls: (string | undefined)[] = [];
  const baseUrl = await serve((request, response) => {
    urls.push(request.url);
    assert.equal(request.headers['x-api-key'], SECRET);
    json('{"type":"message","content":[],"stop_reason":"end_turn"}')(request, response);
  });
  for (const base of [baseUrl, baseUrl.slice(0, -3), `${baseUrl}/`])
    await send({ baseUrl: base, protocol: 'anthropic-messages' });
  assert.deepEqual(urls, ['/v1/messages', '/v1/messages', '/v1/messages']);
});

test('a stream is one batch per upstream chunk, and its connection is used again', async () => {
  const sockets = new Set<Socket>();
  const baseUrl = await serve((request, response) => {
    sockets.add(request.socket);
    response.writeHead(200, SSE).write(chunk({ content: 'a' }) + chunk({ content: 'b' }));
    setTimeout(() => response.end(`${chunk({}, 'stop')}data: [DONE]\n\n`), 20);
  });
  const providers = open({ baseUrl });
  for (let turn = 0; turn < 2; turn += 1) {
    const answer = await providers
      .find('provider', 'openai-chat')
      ?.send(requestOf(stream), targetOf({ deployment: deploymentOf({ baseUrl }) }), {
        signal: new AbortController().signal,
        mode: 'full',
        strictParams: false,
      });
    assert.ok(answer !== undefined);
    const batches = await collect(answer);
    assert.deepEqual(
      batches.map((batch) => batch.length),
      [2, 2],
    );
    await delay(20);
  }
  assert.equal(sockets.size, 1);
  await providers.close();
});

test('error statuses become faults with the provider’s own words, and only some are worth a retry', async () => {
  const error = (status: number, body: object) =>
    serve(json(JSON.stringify(body), status)).then((baseUrl) => faultOf({ baseUrl }));
  const rejected = await error(400, { error: { message: 'bad field', type: 'invalid_request_error', code: 'x' } });
  assert.deepEqual([rejected.status, rejected.code, rejected.retryable], [400, 'x', false]);
  assert.match(rejected.message, /bad field/);
  const busy = await error(503, { error: { message: 'busy' } });
  assert.deepEqual([busy.status, busy.retryable], [503, true]);
  const spent = await error(429, { error: { message: 'pay', code: 'insufficient_quota' } });
  assert.deepEqual([spent.status, spent.retryable], [429, false]);
});

test('an upstream 401 or 403 is upstream_auth, and the key that the provider quotes is not passed on', async () => {
  for (const status of [401, 403]) {
    const body = { error: { message: `Incorrect API key provided: ${SECRET}. //user:url-password@host` } };
    const baseUrl = await serve(json(JSON.stringify(body), status));
    const fault = await faultOf({ baseUrl });
    assert.deepEqual([fault.status, fault.code, fault.retryable], [status, 'upstream_auth', false]);
  }
});

test('bug-58: retry-after is read as seconds, as a date and in milliseconds', async () => {
  const headers: [Record<string, string>, number | null][] = [
    [{ 'retry-after': '7' }, 7],
    [{ 'retry-after': 'Mon, 23 Nov 2026 10:00:30 GMT' }, 30],
    [{ 'retry-after-ms': '1500', 'retry-after': '9' }, 1.5],
    [{}, null],
    [{ 'retry-after': 'soon' }, null],
  ];
  for (const [given, seconds] of headers) {
    const baseUrl = await serve(json('{"error":{"message":"slow"}}', 429, given));
    assert.equal((await faultOf({ baseUrl })).retryAfterSeconds, seconds);
  }
});

test('an HTML page, an empty body and a body that is no completion are named for what they are', async () => {
  const bodies: [string, string, RegExp][] = [
    ['<!doctype html><title>Login</title>', 'upstream_garbage', /HTML page/],
    ['', 'upstream_empty', /no body/],
    ['{"hello":1}', 'upstream_garbage', /not a chat completion/],
    ['{"id":', 'upstream_garbage', /not JSON/],
  ];
  for (const [body, code, message] of bodies) {
    const html = { 'content-type': body.startsWith('<') ? 'text/html' : 'application/json' };
    for (const request of [{}, stream]) {
      const baseUrl = await serve(json(body, 200, html));
      const fault = await faultOf({ baseUrl, request });
      assert.equal(fault.code, code);
      assert.match(fault.message, message);
    }
  }
});

test('an error object inside a 200 is a fault with the status that it stands for', async () => {
  const baseUrl = await serve(json('{"error":{"message":"overloaded","code":529}}'));
  assert.deepEqual(
    [(await faultOf({ baseUrl })).status, (await faultOf({ baseUrl, request: stream })).status],
    [529, 529],
  );
});

test('a body shorter than announced, a reset and a refused connection are told apart', async () => {
  const short = await serve((_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' });
    response.write('{"id"');
    setTimeout(() => response.destroy(), 10);
  });
  const reset = await serve((request) => request.socket.destroy());
  const closed = createTcpServer();
  const refused = await listen(closed);
  await new Promise((resolve) => closed.close(resolve));
  const codes = [];
  for (const baseUrl of [short, reset, refused]) {
    const fault = await faultOf({ baseUrl });
    assert.ok(fault.retryable);
    codes.push(fault.code);
  }
  assert.deepEqual(codes, ['upstream_reset', 'upstream_reset', 'upstream_connect']);
});

test('plain text where TLS is expected, and text where HTTP is expected, are faults', async () => {
  const baseUrl = await serve(json(completion));
  assert.equal((await faultOf({ baseUrl: baseUrl.replace('http:', 'https:') })).code, 'upstream_tls');
  const rude = createTcpServer((socket) =>
    socket.on('error', () => {}).once('data', () => socket.end('HELLO\r\n\r\n')),
  );
  const address = await listen(rude);
  assert.equal((await faultOf({ baseUrl: address })).code, 'upstream_garbage');
  rude.close();
});

test('silence before and inside the answer ends at its own limit', async () => {
  const silent = await serve(() => {});
  const before = await faultOf({ baseUrl: silent, options: { headersTimeoutMs: 50 } });
  assert.deepEqual([before.status, before.code], [504, 'upstream_timeout']);
  const half = await serve((_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json' }).write('{');
  });
  assert.equal((await faultOf({ baseUrl: half, options: { bodyTimeoutMs: 50 } })).code, 'upstream_timeout');
});

test('a redirect is not followed', async () => {
  let visits = 0;
  const elsewhere = await serve(() => (visits += 1));
  const baseUrl = await serve(json('', 307, { location: elsewhere }));
  assert.equal((await faultOf({ baseUrl })).code, 'upstream_redirect');
  assert.equal(visits, 0);
});

test('a missing key is a fault that names the reference', async () => {
  const resolveSecret = () => {
    throw new ConfigError('missing');
  };
  const fault = await faultOf({ baseUrl: 'http://127.0.0.1:1/v1', options: { resolveSecret } });
  assert.equal(fault.code, 'upstream_auth');
  assert.match(fault.message, /env:TEST_KEY/);
});

test('a whole answer to a stream request becomes one batch that ends', async () => {
  const baseUrl = await serve(json(completion));
  const batches = await collect(await send({ baseUrl, request: stream }));
  assert.deepEqual(typesOf(batches), ['start', 'block-start', 'block-delta', 'block-end', 'finish', 'usage', 'end']);
});

test('a stream to a whole request is put together, with a body that its own protocol can read', async () => {
  const body = `${chunk({ content: 'H' })}${chunk({ content: 'i' })}${chunk({}, 'stop')}data: {"id":"c","choices":[],"usage":{"prompt_tokens":1}}\n\ndata: [DONE]\n\n`;
  const baseUrl = await serve((_request, response) => {
    response.writeHead(200, SSE).end(body);
  });
  const answer = await send({ baseUrl });
  assert.equal(answer.type, 'whole');
  assert.deepEqual(answer.response.choices, [
    { content: [{ type: 'text', text: 'Hi' }], finish: { kind: 'stop', raw: 'stop' } },
  ]);
  const printed = JSON.parse(answer.text) as { choices: { message: { content: string } }[]; usage: object };
  assert.equal(printed.choices[0]?.message.content, 'Hi');
  assert.deepEqual(printed.usage, { prompt_tokens: 1 });
});

test('bug-5: a stream that breaks off has neither end nor error', async () => {
  const breaks: Handler[] = [
    (_request, response) => {
      response.writeHead(200, SSE).write(chunk({ content: 'a' }));
      setTimeout(() => response.destroy(), 10);
    },
    (_request, response) => {
      response.writeHead(200, SSE).end(chunk({ content: 'a' }));
    },
  ];
  for (const handler of breaks) {
    const types = typesOf(await collect(await send({ baseUrl: await serve(handler), request: stream })));
    assert.deepEqual(types, ['start', 'block-start', 'block-delta']);
  }
});

test('bug-4: an error event without its blank line is still read', async () => {
  const baseUrl = await serve((_request, response) => {
    response.writeHead(200, SSE).end(`${chunk({ content: 'a' })}data: {"error":{"message":"died","code":500}}`);
  });
  const frames = (await collect(await send({ baseUrl, request: stream }))).flat();
  const error = frames.at(-1)?.parts[0];
  assert.equal(error?.type, 'error');
  assert.equal(error.fault.message, 'provider/model-1: died');
});

const endless = async () => {
  const closed = Promise.withResolvers<void>();
  let written = 0;
  const baseUrl = await serve((_request, response) => {
    response.writeHead(200, SSE);
    response.on('close', () => closed.resolve());
    const write = (): void => {
      while (!response.destroyed && response.write(chunk({ content: 'x'.repeat(10_000) }))) written += 1;
      if (!response.destroyed) response.once('drain', write);
    };
    write();
  });
  return { baseUrl, closed: closed.promise, written: () => written };
};

test('an abort ends a stream with the signal’s reason and closes the socket', async () => {
  const upstream = await endless();
  const controller = new AbortController();
  const answer = await send({ baseUrl: upstream.baseUrl, request: stream, signal: controller.signal });
  assert.equal(answer.type, 'stream');
  await assert.rejects(async () => {
    for await (const _batch of answer.batches) controller.abort(new Error('client gone'));
  }, /client gone/);
  await upstream.closed;
});

test('leaving the loop closes the socket, and nothing is read that nobody asked for', async () => {
  const upstream = await endless();
  const answer = await send({ baseUrl: upstream.baseUrl, request: stream });
  assert.equal(answer.type, 'stream');
  await delay(100);
  const before = upstream.written();
  await delay(50);
  assert.equal(upstream.written(), before, 'upstream was read without being asked');
  for await (const _batch of answer.batches) break;
  await upstream.closed;
});

test('return() ends a read that waits, and one that never began', async () => {
  for (const begin of [true, false]) {
    const closed = Promise.withResolvers<void>();
    const baseUrl = await serve((_request, response) => {
      response.on('close', () => closed.resolve());
      response.writeHead(200, SSE).flushHeaders();
    });
    const answer = await send({ baseUrl, request: stream });
    assert.equal(answer.type, 'stream');
    const iterator = answer.batches[Symbol.asyncIterator]();
    const waiting = begin ? iterator.next() : Promise.resolve({ done: true });
    await delay(10);
    await iterator.return?.();
    assert.equal((await waiting).done, true);
    await closed.promise;
  }
});

test('an abort before or while waiting for the answer rejects with its reason', async () => {
  const baseUrl = await serve(() => {});
  const reason = new Error('client gone');
  await assert.rejects(send({ baseUrl, signal: AbortSignal.abort(reason) }), /client gone/);
  const controller = new AbortController();
  setTimeout(() => controller.abort(reason), 20);
  await assert.rejects(send({ baseUrl, signal: controller.signal }), /client gone/);
});

test('calls go through the proxy that is named, and past it where no_proxy says so', async () => {
  let proxied = 0;
  const proxy = await serve((request, response) => {
    proxied += 1;
    json(completion)(request, response);
  });
  // undici tunnels by CONNECT for both kinds of origin unless it forwards plain HTTP; both count as proxied.
  const connectServer = servers.at(-1);
  connectServer?.on('connect', (_request, socket: Socket) => {
    proxied += 1;
    socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n');
  });
  const baseUrl = await serve(json(completion));
  const httpProxy = proxy.replace('/v1', '');
  await send({ baseUrl, options: { httpProxy, noProxy: '127.0.0.1' } });
  assert.equal(proxied, 0);
  await send({ baseUrl, options: { httpProxy } });
  assert.equal(proxied, 1);
});

test('an unusable provider is refused when it is configured', () => {
  const settings = { name: 'p', credentials: null, headers: {}, simulated: false, alsoResponses: false } as const;
  const make = (protocol: UpstreamProtocol, baseUrl: string) => () =>
    createProviders([{ ...settings, protocol, baseUrl }], { resolveSecret: () => '', now: () => 0 });
  assert.throws(make('openai-chat', 'ftp://x'), /providers\.p\.base_url/);
  assert.throws(make('gemini', 'http://x'), /providers\.p\.protocol/);
});
