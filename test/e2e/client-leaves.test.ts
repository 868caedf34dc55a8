/** The client leaves, or does not read: upstream is let go at once, one record says so, and nothing is kept behind. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { RequestListener } from 'node:http';
import { createConnection } from 'node:net';
import { after, afterEach, before, it } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import type { EndedExchange } from '../../src/router/exchange.ts';
import { post, startRig, toBody, until, type Rig, type Target } from './fault-rig.ts';

/** Upstream must see the end of a call that nobody waits for within this time. */
const LET_GO_MS = 200;
const MEBIBYTE = 1024 * 1024;

const chunk = (delta: object): string =>
  `data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', created: 1, model: 'fast', choices: [{ index: 0, delta, finish_reason: null }] })}\n\n`;

const ROLE = chunk({ role: 'assistant', content: '' });
const MESSAGE_START = `event: message_start\ndata: ${JSON.stringify({
  type: 'message_start',
  message: {
    id: 'm',
    type: 'message',
    role: 'assistant',
    model: 'thinking',
    content: [],
    stop_reason: null,
    stop_sequence: null,
    usage: { input_tokens: 40, output_tokens: 1 },
  },
})}\n\nevent: content_block_start\ndata: ${JSON.stringify({ type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } })}\n\n`;
const textDelta = (text: string): string =>
  `event: content_block_delta\ndata: ${JSON.stringify({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text } })}\n\n`;

type Behaviour = 'silent' | 'begins' | 'floods';

const FLOOD_BYTES = 20 * MEBIBYTE;
const PIECE = 'x'.repeat(16_000);
let behaviour: Behaviour = 'silent';
let flooded = 0;

const flood = async (response: Parameters<RequestListener>[1], isChat: boolean): Promise<void> => {
  const closed = once(response, 'close');
  const piece = isChat ? chunk({ content: PIECE }) : textDelta(PIECE);
  while (flooded < FLOOD_BYTES && !response.destroyed) {
    flooded += piece.length;
    if (!response.write(piece)) await Promise.race([once(response, 'drain'), closed]);
  }
};

const upstream: RequestListener = (request, response) => {
  request.resume();
  if (behaviour === 'silent') return;
  const isChat = request.url?.includes('chat') === true;
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  response.write(
    isChat ? ROLE + chunk({ content: 'Once upon a time' }) : MESSAGE_START + textDelta('Once upon a time'),
  );
  if (behaviour === 'floods') void flood(response, isChat);
};

let rig: Rig;
const warnings: Error[] = [];
const onWarning = (warning: Error): void => void warnings.push(warning);
const rejections: unknown[] = [];
const onRejection = (reason: unknown): void => void rejections.push(reason);

before(async () => {
  process.on('warning', onWarning);
  process.on('unhandledRejection', onRejection);
  rig = await startRig({ upstream });
});

afterEach(() => {
  assert.deepEqual(rejections, []);
  assert.deepEqual(warnings, []);
});

after(async () => {
  await rig.close();
  process.off('warning', onWarning);
  process.off('unhandledRejection', onRejection);
});

/** A client on a bare socket, which leaves by closing it. */
const connect = async (model: Target, stream: boolean) => {
  const { hostname, port } = new URL(rig.url);
  const body = toBody(model, 'Tell me a story.', stream);
  const socket = createConnection({ host: hostname, port: Number(port) });
  let received = 0;
  socket.on('error', () => {});
  socket.write(
    `POST /v1/chat/completions HTTP/1.1\r\nhost: ${hostname}:${port}\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
  return {
    socket,
    read: () => void socket.on('data', (bytes: Buffer) => (received += bytes.length)),
    received: () => received,
  };
};

const leave = async (client: Awaited<ReturnType<typeof connect>>): Promise<EndedExchange> => {
  const count = rig.ended.length;
  client.socket.destroy();
  await until(() => rig.upstreamOpen() === 0, 'upstream saw the end of the call', LET_GO_MS);
  await until(() => rig.ended.length === count + 1, 'the request is recorded');
  const exchange = rig.ended.at(-1);
  assert.ok(exchange !== undefined);
  return exchange;
};

const checkCancelled = async (exchange: EndedExchange): Promise<void> => {
  assert.equal(exchange.result, 'cancelled');
  assert.deepEqual(
    exchange.attempts.map(({ report, cost }) => [report.result, report.fault, cost.source]),
    [['cancelled', null, 'estimate']],
  );
  assert.ok((exchange.attempts[0]?.cost.microUsd ?? 0) > 0, 'the provider bills what it was sent');
  await rig.gearbox.store.flush();
  const stored = await rig.gearbox.reader.decision(exchange.decided.id);
  assert.equal(stored?.decision.result, 'cancelled');
  assert.deepEqual(
    stored?.attempts.map(({ result }) => result),
    ['cancelled'],
  );
  assert.match(stored?.decision.json ?? '', /estimate_used/);
};

for (const model of ['auto/fast', 'auto/thinking'] as const) {
  for (const stream of [true, false])
    it(`bug-57: leaves before the first byte of a ${stream ? 'stream' : 'whole answer'} of ${model}`, async () => {
      behaviour = 'silent';
      const client = await connect(model, stream);
      await until(() => rig.upstreamOpen() === 1, 'upstream was called');
      await checkCancelled(await leave(client));
    });

  it(`bug-57: leaves in the middle of a stream of ${model}`, async () => {
    behaviour = 'begins';
    const client = await connect(model, true);
    client.read();
    await until(() => client.received() > 1_000, 'the stream began');
    const exchange = await leave(client);
    await checkCancelled(exchange);
    assert.ok((exchange.attempts[0]?.report.seenOutputTokens ?? 0) > 0);
  });

  it(`does not buffer a stream of ${model} for a client that does not read, and lets go when it leaves`, async () => {
    behaviour = 'floods';
    flooded = 0;
    const before = process.memoryUsage.rss();
    const client = await connect(model, true);
    client.socket.pause();
    let last = -1;
    while (flooded !== last) {
      last = flooded;
      await wait(250);
    }
    assert.ok(flooded < FLOOD_BYTES, `upstream was paused after ${flooded} bytes`);
    assert.ok(process.memoryUsage.rss() - before < 64 * MEBIBYTE);
    await checkCancelled(await leave(client));
  });
}

it('two hundred clients that leave at any moment leave nothing behind', async () => {
  behaviour = 'begins';
  const sockets = (): number => process.getActiveResourcesInfo().filter((name) => name.startsWith('TCP')).length;
  const timers = (): number => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
  const run = async (count: number): Promise<void> => {
    const first = rig.ended.length;
    await Promise.all(
      Array.from({ length: count }, async (_, index) => {
        const client = await connect(index % 2 === 0 ? 'auto/fast' : 'auto/thinking', index % 3 > 0);
        await wait(index % 40);
        client.socket.destroy();
      }),
    );
    await until(() => rig.upstreamOpen() === 0, 'upstream calls are closed', 3_000);
    const whole = rig.ended.slice(first);
    assert.ok(whole.every(({ result }) => result === 'cancelled'));
    assert.equal(new Set(whole.map(({ decided }) => decided.id)).size, whole.length, 'no request is recorded twice');
  };
  await run(20);
  await wait(100);
  const before = { sockets: sockets(), timers: timers() };
  await run(200);
  await until(() => sockets() <= before.sockets + 2, 'sockets are closed', 5_000);
  await until(() => timers() <= before.timers + 5, 'timers are cleared', 5_000);
  assert.deepEqual(rig.log, []);
});

it('a client that leaves does not disturb another one', async () => {
  behaviour = 'silent';
  const leaving = await connect('auto/fast', true);
  await until(() => rig.upstreamOpen() === 1, 'upstream was called');
  behaviour = 'begins';
  const controller = new AbortController();
  const staying = post(rig.url, toBody('auto/fast', 'Hello', true), controller.signal);
  await until(() => rig.upstreamOpen() === 2, 'both are running');
  leaving.socket.destroy();
  await until(() => rig.upstreamOpen() === 1, 'one is left');
  controller.abort();
  await assert.rejects(staying);
  await until(() => rig.upstreamOpen() === 0, 'none is left');
});
