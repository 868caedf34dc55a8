/** Every way in which an upstream fails, seen by the client, by the record, and by the upstream itself. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import OpenAI from 'openai';
import type { EndedExchange } from '../../src/router/exchange.ts';
import { validateChatStream } from '../contract/chat-stream-validator.ts';
import { FAULT_SECRETS, post, startRig, toBody, until, type Rig, type Target, type Told } from './fault-rig.ts';

const TARGETS: readonly Target[] = ['auto/fast', 'auto/thinking'];

interface ErrorBody {
  readonly error: { readonly message: string; readonly type: string; readonly code: string };
  readonly gearbox: {
    readonly decision_id: string;
    readonly attempts: readonly { readonly result: string; readonly cost_usd: number | null; readonly error: string }[];
  };
}

/** Script of the lab, the status that the client must see, and the error's code. */
const REFUSALS: readonly (readonly [script: string, status: number, code: RegExp])[] = [
  ['400', 400, /./],
  ['401', 502, /^upstream_auth$/],
  ['status status=402', 502, /^upstream_billing$/],
  ['status status=403', 502, /^upstream_auth$/],
  ['status status=404', 502, /^upstream_model_not_found$/],
  ['status status=408', 504, /./],
  ['status status=413', 413, /./],
  ['status status=418', 400, /./],
  ['429 retry_after_s=7', 429, /rate_limit/],
  ['500', 502, /./],
  ['503', 503, /./],
  ['status status=504', 504, /./],
  ['529', 503, /./],
  ['refuse', 502, /^upstream_reset$/],
  ['garbage', 502, /upstream_/],
  ['html', 502, /^upstream_garbage$/],
];

/**
 * Some 25 ms from event to event: on a busy machine quicker ones all arrive in one read, the break with them, and then the
 * gateway rightly says it by the status.
 */
const STREAMED = 'tokens_per_second=40';
/** A whole answer comes after its last token: within the time that silence may last here. */
const WHOLE = 'tokens_per_second=300';

/** What goes wrong in an answer that had begun; for a whole answer there is still time to say so honestly. */
const BREAKS: readonly string[] = [
  'reset after_bytes=900',
  'cut after_events=5',
  'half-event after_events=5',
  'stream-error after_events=5',
].map((script) => `${script} output_tokens=20 ttft_ms=2`);

let rig: Rig;
const rejections: unknown[] = [];
const onRejection = (reason: unknown): void => void rejections.push(reason);

before(async () => {
  process.on('unhandledRejection', onRejection);
  rig = await startRig({
    timeScale: 1,
    settings: (s) => ({ ...s, timeouts: { ...s.timeouts, idleMs: 300, firstByteMs: 300 } }),
  });
});

after(async () => {
  await rig.close();
  process.off('unhandledRejection', onRejection);
  assert.deepEqual(rejections, []);
});

const ask = async (
  model: Target,
  script: string,
  stream: boolean,
): Promise<{ told: Told; exchange: EndedExchange }> => {
  const count = rig.ended.length;
  const told = await post(rig.url, toBody(model, `Tell me about boats. [[lab:${script}]]`, stream));
  assert.equal(rig.ended.length, count + 1, 'one request, one record');
  const exchange = rig.ended.at(-1);
  assert.ok(exchange !== undefined);
  return { told, exchange };
};

const checkRecord = async ({ decided, attempts, result }: EndedExchange): Promise<void> => {
  assert.equal(result, 'failed');
  assert.equal(attempts.length, 1);
  assert.equal(attempts[0]?.report.result, 'failed');
  await rig.gearbox.store.flush();
  const stored = await rig.gearbox.reader.decision(decided.id);
  assert.equal(stored?.decision.result, 'failed');
  assert.deepEqual(
    stored?.attempts.map((attempt) => attempt.result),
    ['failed'],
  );
  assert.ok((stored?.attempts[0]?.json ?? '').includes('"error":{'), 'the fault is in the row');
};

const checkErrorAnswer = (told: Told, exchange: EndedExchange): ErrorBody => {
  const body = JSON.parse(told.text) as ErrorBody;
  assert.equal(body.gearbox.decision_id, exchange.decided.id);
  assert.equal(body.gearbox.attempts.length, 1);
  assert.equal(body.gearbox.attempts[0]?.result, 'failed');
  assert.equal(told.headers.get('x-gearbox-decision'), exchange.decided.id);
  assert.equal(told.headers.get('x-gearbox-attempts'), '1');
  assert.equal(told.headers.get('content-type'), 'application/json');
  for (const secret of Object.values(FAULT_SECRETS)) assert.ok(!told.text.includes(secret));
  return body;
};

for (const model of TARGETS)
  for (const stream of [false, true])
    describe(`an upstream behind ${model} that refuses a ${stream ? 'stream' : 'whole answer'}`, () => {
      for (const [script, status, code] of REFUSALS)
        it(`with ${script}: the client sees ${status}`, async () => {
          const { told, exchange } = await ask(model, script, stream);
          assert.equal(told.status, status, told.text);
          const { error, gearbox } = checkErrorAnswer(told, exchange);
          assert.match(error.code, code);
          // Garbage may be a real answer that was lost; what was refused costs nothing.
          const isLost = /garbage|html/.test(script);
          assert.equal(gearbox.attempts[0]?.cost_usd, isLost ? null : 0);
          await checkRecord(exchange);
        });
    });

for (const model of TARGETS)
  for (const script of BREAKS) {
    it(`a whole answer of ${model} that breaks by ${script} is an honest 502 or 503`, async () => {
      const { told, exchange } = await ask(model, `${script} ${WHOLE}`, false);
      assert.ok(told.status === 502 || told.status === 503, `${told.status} ${told.text}`);
      checkErrorAnswer(told, exchange);
      await checkRecord(exchange);
    });

    it(`bug-5: a stream of ${model} that breaks by ${script} ends in one error and neither finish nor [DONE]`, async () => {
      const { told, exchange } = await ask(model, `${script} ${STREAMED}`, true);
      assert.equal(told.status, 200);
      const summary = validateChatStream(told.text, { includeUsage: false, rules: 'upstream' });
      assert.equal(summary.ending, 'error');
      assert.equal(summary.choices.get(0)?.finish, null);
      assert.equal(told.text.split('"error":').length - 1 >= 1, true);
      assert.ok(!told.text.includes('[DONE]'));
      assert.ok(told.text.includes(exchange.decided.id));
      await checkRecord(exchange);
    });

    it(`bug-57: a stream of ${model} that breaks by ${script} costs an estimate of what was seen`, async () => {
      const { exchange } = await ask(model, `${script} ${STREAMED}`, true);
      const [attempt] = exchange.attempts;
      assert.equal(attempt?.cost.source, 'estimate');
      assert.ok((attempt?.cost.microUsd ?? 0) > 0);
      const stored = await rig.gearbox.store.flush().then(() => rig.gearbox.reader.decision(exchange.decided.id));
      assert.match(stored?.decision.json ?? '', /estimate_used/);
    });
  }

for (const model of TARGETS) {
  it(`bug-7: an error as the first event of a stream of ${model} keeps its status, and costs nothing`, async () => {
    const { told, exchange } = await ask(model, 'stream-error after_events=0 ttft_ms=2', true);
    // A server error without a number is a 502, an overload a 503.
    assert.equal(told.status, model === 'auto/fast' ? 502 : 503, told.text);
    assert.equal(checkErrorAnswer(told, exchange).gearbox.attempts[0]?.cost_usd, 0);
    await checkRecord(exchange);
  });

  it(`a stream of ${model} that falls silent ends in an error when the time for silence is over`, async () => {
    const { told, exchange } = await ask(model, 'stall after_events=4 ttft_ms=2', true);
    assert.equal(told.status, 200);
    assert.equal(validateChatStream(told.text, { includeUsage: false, rules: 'upstream' }).ending, 'error');
    await checkRecord(exchange);
  });

  for (const stream of [false, true])
    it(`an upstream of ${model} that does not begin to answer a ${stream ? 'stream' : 'whole'} in time is a 504`, async () => {
      const slow = await startRig({
        upstream: () => {},
        settings: (s) => ({ ...s, timeouts: { ...s.timeouts, firstByteMs: 100 } }),
      });
      try {
        const told = await post(slow.url, toBody(model, 'Hello', stream));
        assert.equal(told.status, 504);
        assert.equal((JSON.parse(told.text) as ErrorBody).error.code, 'upstream_timeout');
        assert.equal(slow.ended[0]?.attempts[0]?.cost.microUsd, null, 'nobody knows what it cost');
      } finally {
        await slow.close();
      }
    });
}

it('an answer that takes longer than server.timeouts.total ends in one error that says so', async () => {
  const slow = await startRig({
    upstream: (_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      const timer = setInterval(() => {
        response.write(
          'data: {"id":"c","object":"chat.completion.chunk","created":1,"model":"fast","choices":[{"index":0,"delta":{"role":"assistant","content":"la "},"finish_reason":null}]}\n\n',
        );
      }, 20);
      response.once('close', () => clearInterval(timer));
    },
    settings: (s) => ({ ...s, timeouts: { ...s.timeouts, totalMs: 200 } }),
  });
  try {
    const told = await post(slow.url, toBody('auto/fast', 'Hello', true));
    assert.match(told.text, /upstream_total_timeout/);
    assert.equal(slow.ended[0]?.result, 'failed');
    await until(() => slow.upstreamOpen() === 0, 'the upstream call is closed');
  } finally {
    await slow.close();
  }
});

it('keeps retry-after of a 429, in seconds and in milliseconds', async () => {
  const { told } = await ask('auto/fast', '429 retry_after_s=7', false);
  assert.equal(told.headers.get('retry-after'), '7');
  assert.equal(told.headers.get('retry-after-ms'), '7000');
});

const callsOfSdk = async (script: string): Promise<number> => {
  const client = new OpenAI({ apiKey: 'unused', baseURL: `${rig.url}/v1` });
  const count = rig.ended.length;
  await assert.rejects(
    client.chat.completions.create({ model: 'auto/fast', messages: [{ role: 'user', content: `[[lab:${script}]]` }] }),
  );
  return rig.ended.length - count;
};

it('an official client with its own retries does not hammer on what cannot succeed', async () => {
  for (const script of ['400', '401', 'status status=402', 'status status=404', 'status status=413'])
    assert.equal(await callsOfSdk(script), 1, script);
});

it('an official client retries what may succeed', async () => {
  assert.equal(await callsOfSdk('503'), 3);
});

it('bug-6: logs nothing as a defect for any fault of a provider', () => {
  assert.deepEqual(rig.log, []);
});
