/** Routes beside the model call, end to end: explanations, decisions, outcomes, lists, health, keys, browsers, admin. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { AuthenticationError } from 'openai';
import { PAIR_YAML, send, sendRaw, startGearbox, type Answer, type Json, type TestGearbox } from './gearbox.ts';

const YAML = `${PAIR_YAML}  expert: { model: openai/gpt-6.1-sol, effort: high, role: pro }
models:
  auto: { components: [fast, thinking] }
aliases:
  quick: fast
  ended: { to: fast, sunset: 2026-01-01 }
keys:
  one: { secret: env:KEY_ONE }
  two: { secret: env:KEY_TWO }
  auto-only: { secret: env:KEY_AUTO, models: [auto] }
  fast-only: { secret: env:KEY_FAST, models: [auto/fast] }
  direct-only: { secret: env:KEY_DIRECT, models: [openai/gpt-6-luna] }
  quiet: { secret: env:KEY_QUIET, disclosure: headers, echo_model: requested }
server: { allowed_hosts: [router.example], cors_origins: ['https://app.example'] }
`;

const KEYS = {
  one: 'secret-key-number-one-0001',
  two: 'secret-key-number-two-0002',
  autoOnly: 'secret-key-auto-only-00003',
  fastOnly: 'secret-key-fast-only-00004',
  directOnly: 'secret-key-direct-only-005',
  quiet: 'secret-key-quiet-quiet-006',
} as const;

let gearbox: TestGearbox;

before(async () => {
  gearbox = await startGearbox({
    yaml: YAML,
    environment: {
      OPENAI_API_KEY: 'sk-test',
      KEY_ONE: KEYS.one,
      KEY_TWO: KEYS.two,
      KEY_AUTO: KEYS.autoOnly,
      KEY_FAST: KEYS.fastOnly,
      KEY_DIRECT: KEYS.directOnly,
      KEY_QUIET: KEYS.quiet,
    },
  });
});

after(() => gearbox.close());

const bearer = (key: string): Record<string, string> => ({ authorization: `Bearer ${key}` });

const call = (path: string, key: string, body?: unknown): Promise<Answer> =>
  send(gearbox.url + path, { headers: bearer(key), ...(body === undefined ? {} : { body }) });

const REQUEST = { model: 'auto', messages: [{ role: 'user', content: 'What is the capital of France?' }] };

const chat = (key: string, members: Json = {}): Promise<Answer> =>
  call('/v1/chat/completions', key, { ...REQUEST, ...members });

const decide = async (key: string, members: Json = {}): Promise<string> => {
  const answer = await chat(key, members);
  assert.equal(answer.status, 200, answer.text);
  return answer.headers.get('x-gearbox-decision') ?? '';
};

test('decide explains fully, calls nobody and records nothing', async () => {
  const calls = gearbox.lab.received().length;
  const before = await gearbox.gearbox.store.counts();
  const answer = await call('/v1/gearbox/decide', KEYS.one, REQUEST);
  assert.equal(answer.status, 200);
  assert.equal(answer.json.component, 'fast');
  assert.equal(answer.json.decision_id, null);
  assert.ok(answer.json.candidates.length >= 3);
  assert.ok(answer.json.signals.complexity.value >= 0);
  assert.ok(answer.json.estimate_usd > 0);
  assert.deepEqual(Object.keys(answer.json.versions).toSorted(), [
    'catalog',
    'config',
    'features',
    'prices',
    'router',
    'rules',
  ]);
  assert.equal(gearbox.lab.received().length, calls);
  await gearbox.gearbox.store.flush();
  assert.deepEqual(await gearbox.gearbox.store.counts(), before);
});

test('decide and a real call of the same request choose the same', async () => {
  for (const members of [{}, { reasoning_effort: 'high' }, { model: 'auto/expert' }, { model: 'quick' }]) {
    const explained = await call('/v1/gearbox/decide', KEYS.one, { ...REQUEST, ...members });
    const real = await chat(KEYS.one, members);
    for (const member of ['component', 'model', 'effort', 'reason', 'reason_codes', 'confidence', 'router'])
      assert.deepEqual(real.json.gearbox[member], explained.json[member], member);
  }
});

test('a decision can be read by its own key at once, and by no other', async () => {
  const id = await decide(KEYS.one);
  const own = await call(`/v1/gearbox/decisions/${id}`, KEYS.one);
  assert.equal(own.status, 200);
  assert.deepEqual(
    [own.json.decision_id, own.json.component, own.json.result, own.json.protocol, own.json.attempts.length],
    [id, 'fast', 'ok', 'openai-chat', 1],
  );
  assert.ok(!own.text.includes('capital of France'), 'with keys, no text is kept');
  assert.ok(!own.text.includes(KEYS.one));
  for (const [path, key] of [
    [id, KEYS.two],
    ['dec_01KAR3Q8ZC5V9M7T2H4N6PXWYB', KEYS.one],
    ['1', KEYS.one],
    ['', KEYS.one],
  ] as const) {
    const other = await call(`/v1/gearbox/decisions/${path}`, key);
    assert.deepEqual([other.status, other.json.error.code], [404, 'decision_not_found'], path);
  }
});

test('a pin names an own decision only, and never leaves what the key may call', async () => {
  const id = await decide(KEYS.one);
  assert.equal((await chat(KEYS.one, { gearbox: { pin: id } })).status, 200);
  assert.equal((await chat(KEYS.two, { gearbox: { pin: id } })).status, 409);
});

test('outcomes are taken one by one and as a list, once each', async () => {
  const id = await decide(KEYS.one);
  const one = await call('/v1/gearbox/outcomes', KEYS.one, { decision_id: id, kind: 'thumb', value: 1 });
  assert.deepEqual([one.status, one.json.added], [200, 1]);
  const list = [
    { decision_id: id, kind: 'correct', value: 0.5, evaluator: 'exact-match', outcome_id: 'run-1' },
    { decision_id: id, kind: 'tests', value: { passed: 3, failed: 1 }, outcome_id: 'run-2' },
    { decision_id: id, kind: 'correct', value: 0.5, evaluator: 'exact-match', outcome_id: 'run-1' },
  ];
  const first = await call('/v1/gearbox/outcomes', KEYS.one, list);
  assert.deepEqual(
    first.json.outcomes.map(({ result }: Json) => result),
    ['added', 'added', 'duplicate'],
  );
  const again = await call('/v1/gearbox/outcomes', KEYS.one, list);
  assert.deepEqual([again.status, again.json.added, again.json.duplicates], [200, 0, 3]);
  const stored = await call(`/v1/gearbox/decisions/${id}`, KEYS.one);
  assert.equal(stored.json.outcomes.length, 3);
});

test('outcomes of unknown and of foreign decisions are told apart from nothing, and the rest of the list is taken', async () => {
  const own = await decide(KEYS.one);
  const foreign = await decide(KEYS.two);
  const thumb = (id: string): Json => ({ decision_id: id, kind: 'thumb', value: -1 });
  const mixed = await call('/v1/gearbox/outcomes', KEYS.one, [
    thumb(foreign),
    thumb(own),
    thumb('dec_01KAR3Q8ZC5V9M7T2H4N6PXWYB'),
  ]);
  assert.equal(mixed.status, 200);
  assert.deepEqual(
    mixed.json.outcomes.map(({ result }: Json) => result),
    ['unknown_decision', 'added', 'unknown_decision'],
  );
  const none = await call('/v1/gearbox/outcomes', KEYS.one, thumb(foreign));
  assert.deepEqual([none.status, none.json.unknown_decisions], [404, 1]);
  assert.deepEqual([none.json.error.code, none.json.error.param], ['decision_not_found', 'decision_id']);
  assert.deepEqual([none.json.error.type, none.json.gearbox.attempts], ['invalid_request_error', []]);
  const [blocking] = none.json.gearbox.blocking;
  assert.deepEqual([blocking.constraint, blocking.given], ['decision_id', foreign]);
  assert.match(blocking.fix, /decision_id of an answer that this key received/);
  const untouched = await call(`/v1/gearbox/decisions/${foreign}`, KEYS.two);
  assert.deepEqual(untouched.json.outcomes, []);
});

test('with privacy none a note is dropped, and a wrong outcome names field, expected, given and fix', async () => {
  const id = await decide(KEYS.one);
  const note = 'the user wrote: my name is Zebedee';
  const outcome = { decision_id: id, kind: 'thumb', value: 1, note };
  assert.equal((await call('/v1/gearbox/outcomes', KEYS.one, outcome)).status, 200);
  assert.ok(!(await call(`/v1/gearbox/decisions/${id}`, KEYS.one)).text.includes('Zebedee'));
  for (const [body, field] of [
    [{ ...outcome, kind: 'thumbs' }, 'kind'],
    [{ ...outcome, value: 2 }, 'value'],
    [{ kind: 'thumb', value: 1 }, 'decision_id'],
    [{ ...outcome, at: '2099-01-01T00:00:00Z' }, 'at'],
    [{ ...outcome, kind: 'preference', value: { over: id } }, 'value.over'],
    [[outcome, { ...outcome, extra: 1 }], '[1].extra'],
    [[], 'body'],
    ['text', 'body'],
  ] as const) {
    const answer = await call('/v1/gearbox/outcomes', KEYS.one, typeof body === 'string' ? '"text"' : body);
    assert.equal(answer.status, 400, answer.text);
    const [blocking] = answer.json.gearbox.blocking;
    assert.equal(blocking.constraint, field);
    assert.ok(blocking.expected !== '' && blocking.given !== '' && blocking.fix !== '');
    assert.ok(!answer.text.includes('Zebedee'));
  }
});

test('models are listed in the shape of the protocol that asks', async () => {
  const openai = await call('/v1/models', KEYS.one);
  const names = openai.json.data.map(({ id }: Json) => id);
  assert.equal(openai.json.object, 'list');
  assert.ok(['auto', 'auto/fast', 'quick', 'openai/gpt-6-luna'].every((name) => names.includes(name)));
  assert.ok(!names.includes('ended') && !names.includes('claude-auto'));
  const client = gearbox.client(KEYS.one);
  const listed: string[] = [];
  for await (const model of client.models.list()) listed.push(model.id);
  assert.deepEqual(listed, names);
  const anthropic = await send(`${gearbox.url}/v1/models`, {
    headers: { ...bearer(KEYS.one), 'anthropic-version': '2023-06-01' },
  });
  assert.deepEqual([anthropic.json.data[0].id, anthropic.json.data[0].type], ['claude-auto', 'model']);
  assert.deepEqual(
    [anthropic.json.has_more, anthropic.json.first_id, anthropic.json.last_id],
    [false, 'claude-auto', names.at(-1)],
  );
  assert.equal((await chat(KEYS.one, { model: 'claude-auto' })).json.gearbox.component, 'fast');
});

test('a model id may hold a slash, plain or encoded, in the path and is decoded once', async () => {
  for (const path of ['auto/fast', 'auto%2Ffast', 'auto%2ffast', 'openai/gpt-6-luna', 'openai%2Fgpt-6-luna']) {
    const answer = await call(`/v1/models/${path}`, KEYS.one);
    assert.deepEqual([answer.status, answer.json.id], [200, decodeURIComponent(path)]);
  }
  assert.equal((await gearbox.client(KEYS.one).models.retrieve('auto/fast')).id, 'auto/fast');
  for (const path of ['auto%252Ffast', 'Auto', 'ended', '', 'fast'])
    assert.equal((await call(`/v1/models/${path}`, KEYS.one)).status, 404, path);
});

test('keys: missing, wrong, and in every place that clients put them', async () => {
  const calls = gearbox.lab.received().length;
  const missing = await send(`${gearbox.url}/v1/chat/completions`, { body: REQUEST });
  assert.deepEqual([missing.status, missing.json.error.code], [401, 'missing_api_key']);
  const wrong = await chat('secret-key-number-one-0002');
  assert.deepEqual([wrong.status, wrong.json.error.code], [401, 'invalid_api_key']);
  assert.ok(!wrong.text.includes('secret-key'));
  await assert.rejects(
    gearbox.client('wrong').chat.completions.create({ model: 'auto', messages: [{ role: 'user', content: 'Hi' }] }),
    AuthenticationError,
  );
  for (const path of ['/v1/models', '/v1/gearbox/decisions/dec_01KAR3Q8ZC5V9M7T2H4N6PXWYB'])
    assert.equal((await send(gearbox.url + path)).status, 401);
  assert.equal(gearbox.lab.received().length, calls);
  for (const headers of [{ 'x-api-key': KEYS.one }, { 'x-goog-api-key': KEYS.one }])
    assert.equal((await send(`${gearbox.url}/v1/chat/completions`, { body: REQUEST, headers })).status, 200);
});

test('a key that may call auto calls it and its parts, and no alias or model that it does not list', async () => {
  for (const members of [{}, { model: 'auto/fast' }, { model: 'auto/thinking' }])
    assert.equal((await chat(KEYS.autoOnly, members)).status, 200, JSON.stringify(members));
  for (const model of ['auto/expert', 'quick', 'openai/gpt-6-luna', 'gpt-6-luna']) {
    const members = { model };
    const answer = await chat(KEYS.autoOnly, members);
    assert.deepEqual([answer.status, answer.json.error.code], [403, 'model_not_allowed'], members.model);
  }
  const pro = await chat(KEYS.autoOnly, { gearbox: { mode: 'pro' } });
  assert.deepEqual([pro.status, pro.json.error.param], [400, 'gearbox.mode']);
  assert.equal((await chat(KEYS.one, { gearbox: { mode: 'pro' } })).json.gearbox.component, 'expert');
});

test('a key for one component gets that one, whatever is asked, and sees only its names', async () => {
  const hard = await chat(KEYS.fastOnly, { messages: [{ role: 'user', content: 'Think hard about this: why?' }] });
  assert.deepEqual([hard.json.gearbox.component, hard.json.gearbox.chosen_by], ['fast', 'key']);
  assert.equal(hard.json.gearbox.warnings[0].param, 'explicit_intent');
  assert.equal((await chat(KEYS.fastOnly, { gearbox: { mode: 'thinking' } })).status, 400);
  assert.equal((await chat(KEYS.fastOnly, { model: 'auto/thinking' })).status, 403);
  const models = await call('/v1/models', KEYS.fastOnly);
  assert.deepEqual(
    models.json.data.map(({ id }: Json) => id),
    ['auto', 'auto/fast'],
  );
  assert.equal((await call('/v1/models/auto/thinking', KEYS.fastOnly)).status, 403);
});

test('a key for a deployment calls it directly by its full and its bare id, and not auto', async () => {
  for (const model of ['openai/gpt-6-luna', 'gpt-6-luna'])
    assert.equal((await chat(KEYS.directOnly, { model })).status, 200, model);
  assert.equal((await chat(KEYS.directOnly)).status, 403);
  assert.equal((await chat(KEYS.directOnly, { model: 'auto/fast' })).status, 403);
});

test('a quiet key gets headers only and its own model name back, whole, streamed and in errors', async () => {
  const whole = await chat(KEYS.quiet);
  assert.deepEqual([whole.json.gearbox, whole.json.model], [undefined, 'auto']);
  assert.equal(whole.headers.get('x-gearbox-component'), 'fast');
  const streamed = await chat(KEYS.quiet, { stream: true });
  assert.ok(!streamed.text.includes('"gearbox"'));
  assert.ok(streamed.text.includes('"model":"auto"') && !streamed.text.includes('"model":"gpt'));
  const failed = await chat(KEYS.quiet, { model: 'nothing' });
  assert.deepEqual([failed.status, failed.json.gearbox], [404, undefined]);
  const id = whole.headers.get('x-gearbox-decision') ?? '';
  assert.equal((await call(`/v1/gearbox/decisions/${id}`, KEYS.quiet)).json.component, 'fast');
});

test('health, readiness and the welcome need no key, and metrics none on loopback', async () => {
  assert.equal((await send(`${gearbox.url}/healthz`)).json.status, 'ok');
  assert.equal((await send(`${gearbox.url}/readyz`)).json.status, 'ready');
  const metrics = await send(`${gearbox.url}/metrics`);
  assert.match(metrics.text, /gearbox_requests_total\{component="fast"/);
  assert.match(metrics.text, /gearbox_refused_total\{code="model_not_allowed"\}/);
  assert.ok(!metrics.text.includes('gpt-6-luna'), 'labels are bounded: no names that callers choose');
  assert.match((await send(gearbox.url)).text, /one model name in front of many models/);
  assert.equal((await send(`${gearbox.url}/healthz`, { method: 'HEAD' })).status, 200);
});

const get = (headers: readonly string[], target = '/v1/models'): Promise<string> =>
  sendRaw(
    gearbox.url,
    [`GET ${target} HTTP/1.1`, ...headers, `authorization: Bearer ${KEYS.one}`, 'connection: close', '', ''].join(
      '\r\n',
    ),
  );

test('only known hosts are served, so that no web page can point its own name here', async () => {
  for (const host of ['127.0.0.1', 'localhost:1', '[::1]:80', 'router.example', 'ROUTER.example:443'])
    assert.match(await get([`host: ${host}`]), /^HTTP\/1\.1 200 /, host);
  for (const host of ['evil.example', 'router.example.evil.example', '10.0.0.1', 'localhost.evil.example', 'a b', '@'])
    assert.match(await get([`host: ${host}`]), /^HTTP\/1\.1 (421|400) /, host);
  assert.match(await get([]), /^HTTP\/1\.1 400 /, 'HTTP/1.1 needs a Host header');
  for (const target of ['/metrics', '/', '/api/status'])
    assert.match(await get(['host: evil.example'], target), /^HTTP\/1\.1 421 /, target);
  for (const target of ['/healthz', '/readyz'])
    assert.match(await get(['host: evil.example'], target), /^HTTP\/1\.1 200 /, target);
});

test('pages of configured and local origins may call, others are refused before anything happens', async () => {
  const calls = gearbox.lab.received().length;
  const preflight = await send(`${gearbox.url}/v1/chat/completions`, {
    method: 'OPTIONS',
    headers: {
      origin: 'https://app.example',
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'authorization,content-type,x-stainless-os',
    },
  });
  assert.equal(preflight.status, 204);
  assert.equal(preflight.headers.get('access-control-allow-origin'), 'https://app.example');
  assert.match(preflight.headers.get('access-control-allow-headers') ?? '', /x-stainless-os/);
  assert.match(preflight.headers.get('access-control-allow-methods') ?? '', /POST/);
  for (const origin of ['https://evil.example', 'null', 'https://app.example.evil.example', 'http://app.example']) {
    for (const method of ['OPTIONS', 'POST']) {
      const refused = await send(`${gearbox.url}/v1/chat/completions`, {
        method,
        headers: { origin, ...bearer(KEYS.one) },
        ...(method === 'POST' ? { body: REQUEST } : {}),
      });
      assert.equal(refused.status, 403, `${method} ${origin}`);
      assert.equal(refused.headers.get('access-control-allow-origin'), null);
    }
  }
  assert.equal(gearbox.lab.received().length, calls);
  const allowed = await send(`${gearbox.url}/v1/chat/completions`, {
    headers: { origin: 'http://localhost:5173', ...bearer(KEYS.one) },
    body: REQUEST,
  });
  assert.equal(allowed.headers.get('access-control-allow-origin'), 'http://localhost:5173');
  assert.match(allowed.headers.get('access-control-expose-headers') ?? '', /x-gearbox-decision/);
  assert.match(allowed.headers.get('vary') ?? '', /origin/i);
});

test("a client's request id is echoed and stored, a bad one is replaced, and none is ever the decision's id", async () => {
  const own = await send(`${gearbox.url}/v1/chat/completions`, {
    body: REQUEST,
    headers: { ...bearer(KEYS.one), 'x-request-id': 'my-id-7' },
  });
  assert.equal(own.headers.get('x-request-id'), 'my-id-7');
  const stored = await call(`/v1/gearbox/decisions/${own.headers.get('x-gearbox-decision') ?? ''}`, KEYS.one);
  assert.equal(stored.json.request_id, 'my-id-7');
  for (const bad of ['two words', 'x'.repeat(201)]) {
    const answer = await send(`${gearbox.url}/v1/models`, { headers: { ...bearer(KEYS.one), 'x-request-id': bad } });
    assert.notEqual(answer.headers.get('x-request-id'), bad);
    assert.ok((answer.headers.get('x-request-id') ?? '').length > 10);
  }
  const ids = await Promise.all([chat(KEYS.one), chat(KEYS.one)]);
  assert.notEqual(ids[0].headers.get('x-request-id'), ids[1].headers.get('x-request-id'));
});

const admin = (path: string, options: Json = {}): Promise<Answer> =>
  send(`${gearbox.url}/api${path}`, { ...options, headers: bearer(gearbox.adminToken) });

test('the admin API needs the admin token, and a client key is none', async () => {
  for (const headers of [{}, bearer(KEYS.one), bearer(`${gearbox.adminToken}x`), bearer('')])
    for (const path of ['/status', '/decisions', '/nothing']) {
      const answer = await send(`${gearbox.url}/api${path}`, { headers });
      assert.deepEqual([answer.status, answer.json.error.code], [401, 'admin_token_required'], path);
    }
  assert.equal((await chat(gearbox.adminToken)).status, 401, 'and the admin token is no client key');
});

test('the admin API tells status, components and keys without any secret', async () => {
  const status = await admin('/status');
  assert.equal(status.status, 200);
  assert.deepEqual(
    status.json.components.map(({ name }: Json) => name),
    ['fast', 'thinking', 'expert'],
  );
  assert.equal(status.json.privacy, 'none');
  const texts = [status.text, (await admin('/components')).text, (await admin('/keys')).text].join('');
  for (const secret of [...Object.values(KEYS), 'sk-test', gearbox.adminToken]) assert.ok(!texts.includes(secret));
  const missing = await admin('/nothing');
  assert.deepEqual([missing.status, missing.json.error.code], [404, 'not_found']);
  assert.equal((await admin('/status', { method: 'POST', body: {} })).status, 404);
});

test('decisions are paged newest first without gap or repetition', async () => {
  for (let n = 0; n < 5; n += 1) await decide(KEYS.one);
  await gearbox.gearbox.store.flush();
  const all = (await admin('/decisions?limit=1000')).json.data.map(({ decision_id: id }: Json) => id);
  assert.ok(all.length >= 5);
  const paged: string[] = [];
  let cursor: string | null = null;
  do {
    const page: Answer = await admin(`/decisions?limit=3${cursor === null ? '' : `&cursor=${cursor}`}`);
    assert.ok(page.json.data.length <= 3);
    paged.push(...page.json.data.map(({ decision_id: id }: Json) => id));
    cursor = page.json.next_cursor;
  } while (cursor !== null);
  assert.deepEqual(paged, all);
  assert.deepEqual(all, all.toSorted().toReversed());
  const fast = await admin('/decisions?limit=1000&component=fast');
  assert.ok(fast.json.data.every(({ component }: Json) => component === 'fast'));
  for (const limit of ['0', '-1', '1001', 'x', '1.5', ''])
    assert.equal((await admin(`/decisions?limit=${limit}`)).status, 400, limit);
  assert.equal((await admin('/decisions?cursor=zzz')).json.error.field, 'cursor', 'a page for ever is no page');
  assert.equal((await admin(`/decisions/${all[0]}`)).json.decision_id, all[0]);
  assert.equal((await admin('/decisions/dec_1')).status, 404);
});

test('a query name that a list does not know is refused with the ones that it knows', async () => {
  for (const [path, name, known] of [
    ['/decisions?limit=1&since=2026-11-01', 'since', 'limit, cursor, component'],
    ['/outcomes?component=fast', 'component', 'limit, cursor'],
    ['/components?limit=1', 'limit', 'none'],
    ['/keys?x=', 'x', 'none'],
    ['/status?constructor=1', 'constructor', 'none'],
  ] as const) {
    const answer = await admin(path);
    assert.deepEqual([answer.status, answer.json.error.field], [400, name], path);
    const [blocking] = answer.json.gearbox.blocking;
    assert.deepEqual([blocking.constraint, blocking.expected], [name, known], path);
    assert.ok(blocking.fix !== '');
  }
  assert.equal((await admin('/outcomes?limit=1')).status, 200);
});

test('the operator reports outcomes of any decision, with errors in the same words', async () => {
  const id = await decide(KEYS.two);
  const added = await admin('/outcomes', { body: [{ decision_id: id, kind: 'valid', value: true, outcome_id: 'v1' }] });
  assert.deepEqual([added.status, added.json.added], [200, 1]);
  const again = await admin('/outcomes', { body: { decision_id: id, kind: 'valid', value: true, outcome_id: 'v1' } });
  assert.equal(again.json.duplicates, 1);
  const listed = await admin('/outcomes?limit=1');
  assert.deepEqual([listed.json.data[0].outcome_id, listed.json.data[0].decision_id], ['v1', id]);
  const wrong = await admin('/outcomes', { body: '{"kind":' });
  assert.deepEqual([wrong.status, wrong.json.error.code], [400, 'invalid_json']);
});
