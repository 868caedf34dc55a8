import assert from 'node:assert/strict';
import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { after, before, describe, test } from 'node:test';
import OpenAI, { APIError, AuthenticationError, BadRequestError } from 'openai';
import { ConfigError } from '../errors.ts';
import { createLab, type Lab } from './lab.ts';
import { createScript } from './script.ts';

const NOW_MS = 1_764_000_000_000;

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly chunks: readonly Buffer[];
  readonly text: string;
  /** Code of the error that ended the body; null where it ended properly. */
  readonly broken: string | null;
}

interface Asking {
  readonly url: string;
  readonly path?: string;
  readonly method?: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** Leaves after so many milliseconds. */
  readonly leaveAfterMs?: number;
}

const codeOf = (error: Error & { readonly code?: string }): string => error.code ?? error.message;

/** Raw HTTP: nothing between the test and the bytes. Rejects where not even headers come. */
const ask = ({ url, path = '/v1/chat/completions', method = 'POST', body, headers, leaveAfterMs }: Asking) =>
  new Promise<Answer>((resolve, reject) => {
    const request = httpRequest(url + path, { method, agent: false, ...(headers ? { headers } : {}) }, (response) => {
      const chunks: Buffer[] = [];
      const finish = (broken: string | null): void => {
        clearTimeout(timer);
        const text = Buffer.concat(chunks).toString('utf8');
        resolve({ status: response.statusCode ?? 0, headers: response.headers, chunks, text, broken });
      };
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => finish(null));
      response.on('error', (error) => finish(codeOf(error)));
      // Node reports a reset on the request even where the answer has begun.
      request.removeAllListeners('error').on('error', (error) => finish(codeOf(error)));
    });
    const timer = setTimeout(() => request.destroy(), leaveAfterMs ?? 4_000);
    request.on('error', (error) => {
      clearTimeout(timer);
      reject(error);
    });
    request.end(body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body));
  });

const say = (content: string, members: object = {}) => ({
  model: 'fast',
  messages: [{ role: 'user', content }],
  ...members,
});

const stream = (content: string, members: object = {}) => say(content, { stream: true, ...members });

const message = (content: string, members: object = {}) => ({ ...say(content), max_tokens: 1_000, ...members });

/** `data:` payloads of an event stream, unparsed. */
const dataOf = (text: string): readonly string[] =>
  text
    .split('\n')
    .filter((line) => line.startsWith('data: '))
    .map((line) => line.slice(6));

// Members are read from answers and asserted at once: a wrong shape fails the test.
// oxlint-disable-next-line typescript/no-explicit-any
const json = (text: string): any => JSON.parse(text);

let lab: Lab;
let url = '';

before(async () => {
  lab = createLab({ timeScale: 0, now: () => NOW_MS, keepReceived: 5 });
  ({ url } = await lab.listen());
});
after(() => lab.close());

describe('Chat Completions', () => {
  test('a whole answer has the shape of the protocol and says that it is simulated', async () => {
    const answer = await ask({ url, body: say('What is the capital of France?') });
    assert.equal(answer.status, 200);
    assert.equal(answer.headers['content-type'], 'application/json');
    const body = json(answer.text);
    assert.equal(body.object, 'chat.completion');
    assert.equal(body.created, NOW_MS / 1_000);
    assert.equal(body.model, 'fast');
    assert.match(body.choices[0].message.content, /simulated, no model was called/);
    assert.match(body.choices[0].message.content, /What is the capital of France\?/);
    assert.equal(body.choices[0].finish_reason, 'stop');
    // 30 characters in, 4 a token.
    assert.equal(body.usage.prompt_tokens, 8);
    assert.equal(body.usage.total_tokens, body.usage.prompt_tokens + body.usage.completion_tokens);
  });

  test('a stream opens with the role, ends with finish, usage and [DONE], and says what the whole answer says', async () => {
    const whole = json((await ask({ url, body: say('same words', { model: 'thinking' }) })).text);
    const body = stream('same words', { model: 'thinking', stream_options: { include_usage: true } });
    const answer = await ask({ url, body });
    assert.match(String(answer.headers['content-type']), /^text\/event-stream/);
    const lines = dataOf(answer.text);
    assert.equal(lines.at(-1), '[DONE]');
    const chunks = lines.slice(0, -1).map(json);
    assert.equal(new Set(chunks.map(({ id, created, model }) => `${id} ${created} ${model}`)).size, 1);
    assert.equal(chunks[0].choices[0].delta.role, 'assistant');
    const read = (member: string): string => chunks.map((chunk) => chunk.choices[0]?.delta[member] ?? '').join('');
    assert.equal(read('content'), whole.choices[0].message.content);
    assert.equal(read('reasoning_content'), whole.choices[0].message.reasoning_content);
    const finishes = chunks.filter((chunk) => chunk.choices[0]?.finish_reason);
    assert.equal(finishes.length, 1);
    assert.deepEqual(chunks.at(-1).choices, []);
    assert.deepEqual(chunks.at(-1).usage, whole.usage);
    assert.ok(chunks.slice(0, -1).every((chunk) => chunk.usage === null));
  });

  test('without include_usage no chunk speaks of usage or has no choice', async () => {
    const chunks = dataOf((await ask({ url, body: stream('x') })).text)
      .slice(0, -1)
      .map(json);
    assert.ok(chunks.every((chunk) => !('usage' in chunk) && chunk.choices.length === 1));
  });

  test('the same request gets the same bytes, another request another id', async () => {
    for (const body of [say('twice'), stream('twice')]) {
      assert.equal((await ask({ url, body })).text, (await ask({ url, body })).text);
    }
    const ids = await Promise.all(['a', 'b'].map(async (word) => json((await ask({ url, body: say(word) })).text).id));
    assert.notEqual(ids[0], ids[1]);
  });

  test('effort none silences thinking and high doubles it; hybrid is two models under one name', async () => {
    const reasoningTokens = async (model: string, members: object): Promise<number> => {
      const body = json((await ask({ url, body: say('x', { model, ...members }) })).text);
      return body.usage.completion_tokens_details.reasoning_tokens;
    };
    const medium = await reasoningTokens('thinking', {});
    assert.ok(medium > 50);
    assert.equal(await reasoningTokens('thinking', { reasoning_effort: 'none' }), 0);
    assert.ok((await reasoningTokens('thinking', { reasoning_effort: 'high' })) >= 2 * medium);
    assert.ok((await reasoningTokens('thinking', { reasoning_effort: 'low' })) < medium);
    assert.equal(await reasoningTokens('fast', { reasoning_effort: 'high' }), 0);
    assert.equal(await reasoningTokens('hybrid', { reasoning_effort: 'none' }), 0);
    assert.equal(await reasoningTokens('hybrid', { chat_template_kwargs: { enable_thinking: false } }), 0);
    assert.ok((await reasoningTokens('hybrid', { reasoning_effort: 'high' })) > 0);
  });

  test('the limit on output counts reasoning first and ends in length', async () => {
    const short = json((await ask({ url, body: say('x', { max_completion_tokens: 2 }) })).text);
    assert.equal(short.choices[0].message.content, 'Hello fr');
    assert.equal(short.choices[0].finish_reason, 'length');
    assert.equal(short.usage.completion_tokens, 2);
    const starved = json((await ask({ url, body: say('x', { model: 'thinking', max_completion_tokens: 5 }) })).text);
    assert.equal(starved.choices[0].message.content, '');
    assert.equal(starved.usage.completion_tokens_details.reasoning_tokens, 5);
  });

  test('structured output meets its schema', async () => {
    const schema = {
      type: 'object',
      required: ['name', 'age', 'tags', 'kind'],
      properties: {
        name: { type: 'string', minLength: 5 },
        age: { type: 'integer', minimum: 18 },
        tags: { type: 'array', minItems: 1, items: { $ref: '#/$defs/tag' } },
        kind: { enum: ['a', 'b'] },
        optional: { type: 'string' },
      },
      $defs: { tag: { anyOf: [{ type: 'boolean' }, { type: 'null' }] } },
    };
    const body = say('x', { response_format: { type: 'json_schema', json_schema: { name: 's', schema } } });
    const content = json(json((await ask({ url, body })).text).choices[0].message.content);
    assert.deepEqual(content, { name: 'lab--', age: 18, tags: [true], kind: 'a' });
    const free = json((await ask({ url, body: say('x', { response_format: { type: 'json_object' } }) })).text);
    assert.equal(typeof json(free.choices[0].message.content).lab, 'string');
  });

  test('several choices come with dense indexes, whole and streamed', async () => {
    const whole = json((await ask({ url, body: say('x', { n: 3 }) })).text);
    assert.deepEqual(
      whole.choices.map((choice: { index: number }) => choice.index),
      [0, 1, 2],
    );
    const chunks = dataOf((await ask({ url, body: stream('x', { n: 2 }) })).text)
      .slice(0, -1)
      .map(json);
    const finished = chunks.filter((chunk) => chunk.choices[0].finish_reason === 'stop');
    assert.deepEqual(
      finished.map((chunk) => chunk.choices[0].index),
      [0, 1],
    );
  });

  test('what a real provider refuses is refused, naming the field', async () => {
    const refused: readonly [unknown, RegExp][] = [
      ['{', /not JSON/],
      [{ model: 'fast', messages: [] }, /messages/],
      [{ model: 'fast', messages: [{ role: 'robot', content: 'x' }] }, /messages\.0\.role/],
      [say('x', { gearbox: {} }), /^.*gearbox: extra inputs/],
      [say('x', { stream_options: { include_usage: true } }), /stream_options/],
      [say('x', { tool_choice: 'required' }), /tool_choice/],
      [{ model: 'fast', messages: [{ role: 'tool', content: 'x' }] }, /tool_call_id/],
      [{ model: 'fast', messages: [{ role: 'tool', content: 'x', tool_call_id: 'call_1' }] }, /answers no tool call/],
      [
        {
          model: 'fast',
          messages: [
            { role: 'assistant', tool_calls: [{ id: 'call_1' }, { id: 'call_2' }] },
            { role: 'tool', content: 'x', tool_call_id: 'call_1' },
            { role: 'user', content: 'x' },
          ],
        },
        /without a result right behind them: call_2/,
      ],
    ];
    for (const [body, pattern] of refused) {
      const answer = await ask({ url, body });
      assert.equal(answer.status, 400, answer.text);
      assert.match(json(answer.text).error.message, pattern);
      assert.equal(json(answer.text).error.type, 'invalid_request_error');
    }
    const unknown = await ask({ url, body: say('x', { model: 'gpt-9' }) });
    assert.equal(unknown.status, 404);
    assert.equal(json(unknown.text).error.code, 'model_not_found');
  });
});

describe('Anthropic Messages', () => {
  const path = '/v1/messages';
  const tool = { name: 'weather', input_schema: { type: 'object', required: ['city'], properties: { city: { type: 'string' } } } }; // prettier-ignore

  test('a whole answer has thinking, text, stop reason and usage', async () => {
    const body = json((await ask({ url, path, body: message('hello', { model: 'thinking' }) })).text);
    assert.equal(body.type, 'message');
    assert.deepEqual(
      body.content.map(({ type }: { type: string }) => type),
      ['thinking', 'text'],
    );
    assert.equal(body.stop_reason, 'end_turn');
    assert.equal(body.usage.input_tokens, 2);
    assert.equal(body.usage.cache_read_input_tokens, 0);
  });

  test('a stream keeps the order of the protocol and says what the whole answer says', async () => {
    const members = { model: 'thinking', tools: [tool] };
    const prompt = '[[lab:tool-call]] weather?';
    const whole = json((await ask({ url, path, body: message(prompt, members) })).text);
    const { text } = await ask({ url, path, body: message(prompt, { ...members, stream: true }) });
    const events = dataOf(text).map(json);
    const names = text.split('\n').filter((line) => line.startsWith('event: ')).map((line) => line.slice(7)); // prettier-ignore
    assert.deepEqual(
      names,
      events.map(({ type }) => type),
    );
    assert.equal(names[0], 'message_start');
    assert.deepEqual(names.slice(-2), ['message_delta', 'message_stop']);
    const starts = events.filter(({ type }) => type === 'content_block_start');
    assert.deepEqual(starts.map(({ index, content_block: block }) => [index, block.type]), [[0, 'thinking'], [1, 'tool_use']]); // prettier-ignore
    const deltas = events.filter(({ type }) => type === 'content_block_delta');
    const read = (member: string): string => deltas.map(({ delta }) => delta[member] ?? '').join('');
    assert.equal(read('thinking'), whole.content[0].thinking);
    assert.match(Buffer.from(read('signature'), 'base64').toString(), /^lab-signature-/);
    assert.deepEqual(json(read('partial_json')), whole.content[1].input);
    assert.deepEqual(whole.content[1].input, { city: 'lab' });
    assert.equal(whole.stop_reason, 'tool_use');
    const end = events.at(-2);
    assert.equal(end.delta.stop_reason, 'tool_use');
    assert.equal(end.usage.output_tokens, whole.usage.output_tokens);
  });

  test('a tool result is answered with text, so that loops end', async () => {
    const body = {
      ...message('', { tools: [tool], tool_choice: { type: 'any' } }),
      messages: [
        { role: 'user', content: '[[lab:tool-call]]' },
        { role: 'assistant', content: [{ type: 'tool_use', id: 'toolu_1', name: 'weather', input: {} }] },
        { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'toolu_1', content: 'rain' }] },
      ],
    };
    assert.equal(json((await ask({ url, path, body })).text).stop_reason, 'end_turn');
  });

  test('reasoning comes back only with a signature of the lab', async () => {
    const first = json((await ask({ url, path, body: message('x', { model: 'thinking' }) })).text);
    const again = (content: unknown) => ({
      ...message('', { model: 'thinking' }),
      messages: [
        { role: 'user', content: 'x' },
        { role: 'assistant', content },
        { role: 'user', content: 'go on' },
      ],
    });
    assert.equal((await ask({ url, path, body: again(first.content) })).status, 200);
    const foreign = [
      { type: 'thinking', thinking: 'hm', signature: 'EqQBCgIYAhIM' },
      { type: 'text', text: 'y' },
    ];
    const refused = await ask({ url, path, body: again(foreign) });
    assert.equal(refused.status, 400);
    assert.match(json(refused.text).error.message, /messages\.1: invalid signature/);
  });

  test('a conversation opens with the user, and each tool call has its result right behind it', async () => {
    const call = { role: 'assistant', content: [{ type: 'tool_use', id: 'toolu_1', name: 'weather', input: {} }] };
    const result = { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'toolu_1', content: 'rain' }] };
    const user = { role: 'user', content: 'x' };
    const statusOf = async (...messages: readonly object[]): Promise<number> =>
      (await ask({ url, path, body: { ...message(''), messages } })).status;
    assert.equal(await statusOf(user, call, result), 200);
    assert.equal(await statusOf(user, call, user), 400);
    assert.equal(await statusOf(user, call), 400);
    assert.equal(await statusOf(user, result), 400);
    assert.equal(await statusOf(call, result), 400);
  });

  test('thinking that is switched off stays off, whatever effort stands beside it', async () => {
    const off = { model: 'thinking', thinking: { type: 'disabled' }, output_config: { effort: 'high' } };
    const body = json((await ask({ url, path, body: message('x', off) })).text);
    assert.deepEqual(
      body.content.map(({ type }: { type: string }) => type),
      ['text'],
    );
  });

  test('errors have the shape of the protocol', async () => {
    for (const [body, status, type] of [
      [say('x'), 400, 'invalid_request_error'],
      [message('x', { reasoning_effort: 'low' }), 400, 'invalid_request_error'],
      [message('x', { model: 'claude-9' }), 404, 'not_found_error'],
      [message('[[lab:529]]'), 529, 'overloaded_error'],
    ] as const) {
      const answer = await ask({ url, path, body });
      assert.equal(answer.status, status);
      assert.equal(json(answer.text).error.type, type);
    }
  });

  test('tokens are counted without a call', async () => {
    const body = { model: 'fast', messages: [{ role: 'user', content: '12345678' }] };
    assert.deepEqual(json((await ask({ url, path: `${path}/count_tokens`, body })).text), { input_tokens: 2 });
    assert.equal((await ask({ url, path: `${path}/count_tokens`, body: '{' })).status, 400);
  });
});

describe('every failure, in both protocols', () => {
  const protocols = [
    { path: '/v1/chat/completions', done: '[DONE]' },
    { path: '/v1/messages', done: 'message_stop' },
  ] as const;

  for (const { path, done } of protocols) {
    const asking = (directive: string, members: object = {}): Asking => ({
      url,
      path,
      body: message(`[[lab:${directive}]]`, { stream: true, ...members }),
    });

    test(`${path}: an HTTP error comes with its status, headers and body`, async () => {
      const limited = await ask(asking('429 retry_after_s=7'));
      assert.equal(limited.status, 429);
      assert.equal(limited.headers['retry-after'], '7');
      assert.equal(json(limited.text).error.type, 'rate_limit_error');
      assert.equal((await ask(asking('500'))).status, 500);
      assert.equal((await ask(asking('status status=418'))).status, 418);
    });

    test(`${path}: a refused connection gives no byte`, async () => {
      await assert.rejects(ask(asking('refuse')), { code: 'ECONNRESET' });
    });

    test(`${path}: a reset comes after exactly so many bytes`, async () => {
      const answer = await ask(asking('reset after_bytes=150'));
      assert.equal(answer.status, 200);
      assert.equal(Buffer.byteLength(answer.text), 150);
      assert.notEqual(answer.broken, null);
    });

    test(`${path}: a stall sends headers and so many events, then nothing`, async () => {
      const answer = await ask({ ...asking('stall after_events=2'), leaveAfterMs: 80 });
      assert.equal(dataOf(answer.text).length, 2);
      assert.notEqual(answer.broken, null);
      const silent = await ask({ ...asking('stall', { stream: false }), leaveAfterMs: 80 });
      assert.equal(silent.status, 200);
      assert.equal(silent.text, '');
    });

    test(`${path}: garbage and HTML come with status 200`, async () => {
      const noise = await ask(asking('garbage', { stream: false }));
      assert.equal(noise.headers['content-type'], 'application/json');
      assert.throws(() => json(noise.text));
      assert.match(String((await ask(asking('garbage'))).headers['content-type']), /event-stream/);
      const page = await ask(asking('html'));
      assert.equal(page.status, 200);
      assert.match(String(page.headers['content-type']), /^text\/html/);
      assert.match(page.text, /^<!doctype html>/);
    });

    test(`${path}: an error inside a stream of status 200 is the last event`, async () => {
      for (const count of [0, 2]) {
        const answer = await ask(asking(`stream-error after_events=${count}`));
        const lines = dataOf(answer.text);
        assert.equal(answer.status, 200);
        assert.equal(lines.length, count + 1);
        assert.ok(json(lines.at(-1) ?? '').error.message);
      }
      const whole = await ask(asking('stream-error', { stream: false }));
      assert.equal(whole.status, 200);
      assert.ok(json(whole.text).error);
    });

    test(`${path}: a cut stream ends properly as HTTP but without a finish`, async () => {
      const answer = await ask(asking('cut after_events=3'));
      assert.equal(answer.broken, null);
      assert.equal(dataOf(answer.text).length, 3);
      assert.ok(answer.text.endsWith('\n\n'));
      assert.doesNotMatch(answer.text, new RegExp(`${done.replace('[', '\\[')}|"finish_reason":"`));
      assert.throws(() => json(answer.text));
    });

    test(`${path}: half an event is left hanging`, async () => {
      const answer = await ask(asking('half-event after_events=2'));
      assert.equal(answer.broken, null);
      assert.ok(!answer.text.endsWith('\n\n'));
      assert.throws(() => json(dataOf(answer.text).at(-1) ?? ''));
    });

    test(`${path}: all but the event that ends a stream`, async () => {
      const full = await ask(asking('ok'));
      const answer = await ask(asking('missing-done'));
      assert.match(full.text, new RegExp(done.replace('[', '\\[')));
      assert.equal(dataOf(answer.text).length, dataOf(full.text).length - 1);
      assert.doesNotMatch(answer.text, new RegExp(done.replace('[', '\\[')));
    });
  }

  test('slow headers come late, then all is well', async () => {
    const slow = createLab({ timeScale: 1 });
    try {
      const { url: slowUrl } = await slow.listen();
      const started = performance.now();
      const body = stream('[[lab:slow-headers delay_ms=120 ttft_ms=0 tokens_per_second=0]]');
      const answer = await ask({ url: slowUrl, body });
      assert.ok(performance.now() - started >= 115);
      assert.match(answer.text, /\[DONE\]/);
    } finally {
      await slow.close();
    }
  });

  test('a failure may hit only the first requests of a prompt, or only one model', async () => {
    const flaky = '[[lab:500 times=2]] count me';
    const statuses: number[] = [];
    for (let turn = 0; turn < 4; turn += 1) {
      statuses.push((await ask({ url, body: say(flaky) })).status);
    }
    assert.deepEqual(statuses, [500, 500, 200, 200]);
    assert.equal((await ask({ url, body: say('[[lab:500 times=2]] another prompt') })).status, 500);
    const only = '[[lab:503 model=thinking]]';
    assert.equal((await ask({ url, body: say(only, { model: 'thinking' }) })).status, 503);
    assert.equal((await ask({ url, body: say(only) })).status, 200);
  });
});

describe('scripts', () => {
  test('a header or a directive changes the script; a misspelt one is an error', async () => {
    const headers = { 'x-lab-script': 'ok text="from the header"' };
    const answer = json((await ask({ url, body: say('x'), headers })).text);
    assert.equal(answer.choices[0].message.content, 'from the header');
    for (const directive of ['[[lab:429x]]', '[[lab:ok txt=1]]', '[[lab:ok', '[[lab:429 retry_after_s=soon]]']) {
      assert.equal((await ask({ url, body: say(directive) })).status, 400, directive);
    }
  });

  test('only the last user message can hold a directive', async () => {
    const messages = [
      { role: 'user', content: '[[lab:500]]' },
      { role: 'assistant', content: 'x' },
      { role: 'user', content: 'and now?' },
    ];
    assert.equal((await ask({ url, body: { model: 'fast', messages } })).status, 200);
  });

  test('an exact number of output tokens can be asked for', async () => {
    const body = json((await ask({ url, body: say('[[lab:ok output_tokens=250]]') })).text);
    assert.equal(body.usage.completion_tokens, 250);
  });

  test('bytes are cut without regard to events, the same way for the same seed', async () => {
    const body = stream('[[lab:ok text="Grüße 👋🏽 aus dem Labor" split_bytes=9 seed=4]]');
    const cut = await ask({ url, body });
    assert.ok(cut.chunks.length > 20, `${cut.chunks.length} chunks`);
    const content = dataOf(cut.text).slice(0, -1).map((line) => json(line).choices[0].delta.content ?? ''); // prettier-ignore
    assert.equal(content.join(''), 'Grüße 👋🏽 aus dem Labor');
  });

  test('models of one own are data', async () => {
    const script = createScript({
      text: 'mine',
      toolCalls: [],
      usage: { inputTokens: 11, cachedTokens: 4, outputTokens: 7 },
      finish: 'content_filter',
    });
    const own = createLab({ timeScale: 0, models: { mine: { type: 'script', script } } });
    try {
      const { url: ownUrl } = await own.listen();
      const chat = json((await ask({ url: ownUrl, body: say('x', { model: 'mine' }) })).text);
      assert.equal(chat.choices[0].finish_reason, 'content_filter');
      assert.equal(chat.usage.prompt_tokens, 11);
      assert.equal(chat.usage.prompt_tokens_details.cached_tokens, 4);
      const claude = json(
        (await ask({ url: ownUrl, path: '/v1/messages', body: message('x', { model: 'mine' }) })).text,
      );
      // Anthropic counts cache reads apart.
      assert.equal(claude.usage.input_tokens, 7);
      assert.equal(claude.usage.cache_read_input_tokens, 4);
      assert.equal(claude.stop_reason, 'refusal');
    } finally {
      await own.close();
    }
  });

  test('tokens arrive in time: the first after its delay, the rest at the speed asked', async () => {
    const timed = createLab({ timeScale: 0.5 });
    try {
      const { url: timedUrl } = await timed.listen();
      const started = performance.now();
      const body = stream('[[lab:ok output_tokens=20 ttft_ms=100 tokens_per_second=200]]');
      const answer = await ask({ url: timedUrl, body });
      const took = performance.now() - started;
      // Half of 100 ms and of 20 tokens at 200 a second: 50 + 50.
      assert.ok(took >= 98 && took < 1_000, `${took} ms`);
      assert.ok(answer.chunks.length > 8);
    } finally {
      await timed.close();
    }
  });

  test('what arrived can be looked at, the latest only', async () => {
    const headers = { authorization: 'Bearer made-up' };
    for (let turn = 0; turn < 6; turn += 1) {
      await ask({ url, body: say(`turn ${turn}`), headers });
    }
    const received = lab.received();
    assert.equal(received.length, 5);
    assert.equal(received.at(-1)?.headers['authorization'], 'Bearer made-up');
    assert.match(received.at(-1)?.body ?? '', /turn 5/);
  });
});

describe('the official OpenAI SDK', () => {
  const client = (): OpenAI => new OpenAI({ baseURL: `${url}/v1`, apiKey: 'lab', maxRetries: 1 });
  const tools = [
    {
      type: 'function' as const,
      function: {
        name: 'get_weather',
        parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
      },
    },
  ];

  test('lists models', async () => {
    const ids = (await client().models.list()).data.map(({ id }) => id);
    assert.deepEqual(ids, ['fast', 'fast-mini', 'thinking', 'thinking-mini', 'thinking-nano', 'pro', 'hybrid']);
  });

  test('accumulates a stream into a whole completion', async () => {
    const run = client().chat.completions.stream({
      model: 'pro',
      messages: [{ role: 'user', content: 'Hi' }],
      stream_options: { include_usage: true },
    });
    const completion = await run.finalChatCompletion();
    assert.match(completion.choices[0]?.message.content ?? '', /simulated/);
    assert.ok((completion.usage?.completion_tokens_details?.reasoning_tokens ?? 0) > 0);
  });

  test('calls tools, streamed and whole, forced and in parallel', async () => {
    const messages = [{ role: 'user' as const, content: '[[lab:two-tool-calls]]' }];
    const streamed = await client().chat.completions.stream({ model: 'fast', messages, tools }).finalChatCompletion();
    const calls = streamed.choices[0]?.message.tool_calls ?? [];
    assert.equal(calls.length, 2);
    assert.equal(new Set(calls.map(({ id }) => id)).size, 2);
    assert.equal(streamed.choices[0]?.finish_reason, 'tool_calls');
    const forced = await client().chat.completions.create({
      model: 'fast',
      messages: [{ role: 'user', content: 'x' }],
      tools,
      tool_choice: { type: 'function', function: { name: 'get_weather' } },
    });
    const [call] = forced.choices[0]?.message.tool_calls ?? [];
    assert.ok(call?.type === 'function');
    assert.deepEqual(JSON.parse(call.function.arguments), { city: 'lab' });
  });

  test('sees errors as what they are, and retries what may pass', async () => {
    const create = (content: string) =>
      client().chat.completions.create({ model: 'fast', messages: [{ role: 'user', content }] });
    await assert.rejects(create('[[lab:401]] sdk'), AuthenticationError);
    await assert.rejects(create('[[lab:400]] sdk'), BadRequestError);
    const recovered = await create('[[lab:429 retry_after_s=0 times=1]] sdk');
    assert.equal(recovered.choices[0]?.finish_reason, 'stop');
    await assert.rejects(async () => {
      const events = await client().chat.completions.create({
        model: 'fast',
        stream: true,
        messages: [{ role: 'user', content: '[[lab:stream-error after_events=2]]' }],
      });
      for await (const event of events) {
        assert.ok(event.choices.length > 0);
      }
    }, APIError);
  });
});

describe('the server', () => {
  test('is loopback only and says when its port is taken', async () => {
    assert.throws(() => createLab({ host: '0.0.0.0' }), ConfigError);
    assert.throws(() => createLab({ timeScale: -1 }), ConfigError);
    const port = Number(new URL(url).port);
    await assert.rejects(createLab().listen(port), /Port \d+ is taken/);
  });

  test('serves nothing else, and models in the shape of who asks', async () => {
    const lost = await ask({ url, path: '/v1/images', body: {} });
    assert.equal(lost.status, 404);
    assert.match(json(lost.text).error.message, /\/v1\/chat\/completions/);
    const headers = { 'anthropic-version': '2023-06-01' };
    const models = json((await ask({ url, path: '/v1/models', method: 'GET', headers })).text);
    assert.equal(models.first_id, 'fast');
    assert.equal(models.data[0].type, 'model');
  });

  test('a client that leaves stops its answer, and the lab goes on', async () => {
    const busy = createLab({ timeScale: 1 });
    try {
      const { url: busyUrl } = await busy.listen();
      const body = stream('[[lab:ok output_tokens=1000 ttft_ms=1 tokens_per_second=100]]');
      const answer = await ask({ url: busyUrl, body, leaveAfterMs: 60 });
      assert.notEqual(answer.broken, null);
      const next = await ask({ url: busyUrl, body: say('[[lab:ok text=ok ttft_ms=0 tokens_per_second=0]]') });
      assert.equal(next.status, 200);
    } finally {
      await busy.close();
    }
  });
});
