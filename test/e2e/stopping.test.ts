/** Signals to a serving process: what runs finishes or is told, everything is recorded, and a kill loses no promise. */
import assert from 'node:assert/strict';
import { rm, writeFile } from 'node:fs/promises';
import type { RequestListener } from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, before, it, type TestContext } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { STORE_FILE } from '../../src/index.ts';
import { openReader } from '../../src/store/sqlite-reader.ts';
import { validateChatStream } from '../contract/chat-stream-validator.ts';
import { post, startWatchedUpstream, toBody, until } from './fault-rig.ts';
import { createPlace, removePlace, serve, start, type Place, type Serving } from './serve-process.ts';

const WORDS = 30;
const WORD_MS = 40;
/** Longer than the time in which several signals count as one. */
const AFTER_ECHO_MS = 700;

const chunk = (delta: object, finish: string | null = null): string =>
  `data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', created: 1, model: 'fast', choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`;

const WHOLE = JSON.stringify({
  id: 'c',
  object: 'chat.completion',
  created: 1,
  model: 'fast',
  choices: [{ index: 0, message: { role: 'assistant', content: 'Yes.' }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 10, completion_tokens: 2, total_tokens: 12 },
});

/** A request for a stream with `hang` in it gets one that never ends; any other takes a second. */
const upstream: RequestListener = (request, response) => {
  let body = '';
  request.on('data', (bytes: Buffer) => (body += bytes.toString('utf8')));
  request.on('end', () => {
    if (!body.includes('"stream":true')) {
      response.writeHead(200, { 'content-type': 'application/json' }).end(WHOLE);
      return;
    }
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write(chunk({ role: 'assistant', content: '' }));
    let words = 0;
    const timer = setInterval(() => {
      words += 1;
      response.write(chunk({ content: `word ${words} ` }));
      if (words < WORDS || body.includes('hang')) return;
      clearInterval(timer);
      response.end(`${chunk({}, 'stop')}data: [DONE]\n\n`);
    }, WORD_MS);
    response.once('close', () => clearInterval(timer));
  });
};

let watched: Awaited<ReturnType<typeof startWatchedUpstream>>;

before(async () => {
  watched = await startWatchedUpstream(upstream);
});

after(() => watched.close());

const toYaml = (more = '', model = 'fast'): string => `
version: 1
providers:
  chatty: { protocol: openai-chat, base_url: "${watched.url}/v1", key: env:CHATTY_KEY }
components:
  fast: { model: chatty/${model}, effort: none, price: { input: 10, output: 20 } }
models:
  auto: { components: [fast] }
${more}`;

const ENVIRONMENT = { CHATTY_KEY: 'unused' };

const open = async (t: TestContext, yaml: string | null): Promise<{ place: Place; server: Serving }> => {
  const place = await createPlace(yaml, ENVIRONMENT);
  const server = await serve(place, yaml === null ? ['--lab'] : []);
  t.after(async () => {
    server.child.kill('SIGKILL');
    await server.finished;
    await removePlace(place);
  });
  return { place, server };
};

const results = async ({ home }: Place): Promise<readonly string[]> => {
  const reader = await openReader({ path: join(home, STORE_FILE) });
  const stored = await reader.decisions({ limit: 100 });
  await reader.close();
  return stored.map(({ decision }) => decision.result);
};

const canConnect = (url: string): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port: Number(new URL(url).port) });
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });

/** A request whose head is not finished yet, so that its connection outlasts the stop of listening. */
const halfAsked = (url: string, path: string) => {
  const socket = connect({ host: '127.0.0.1', port: Number(new URL(url).port) });
  let received = '';
  socket.on('data', (bytes: Buffer) => (received += bytes.toString('utf8')));
  socket.on('error', () => {});
  socket.write(`GET ${path} HTTP/1.1\r\nhost: 127.0.0.1:${new URL(url).port}\r\n`);
  return { finish: () => void socket.write('\r\n'), received: () => received };
};

const validate = (text: string) => validateChatStream(text, { includeUsage: false, rules: 'upstream' });

const untilUpstream = (count: number): Promise<void> =>
  until(() => watched.open() === count, `${count} upstream calls are open`, 5_000);

it('SIGTERM lets a stream finish, refuses new connections, says so at /readyz, writes the record, and exits with 0', async (t) => {
  const { place, server } = await open(t, toYaml());
  const probe = halfAsked(server.url, '/readyz');
  const answer = post(server.url, toBody('auto/fast', 'go', true));
  await untilUpstream(1);
  server.child.kill('SIGTERM');
  await until(() => server.stderr().includes('Stopping'), 'the stop is announced', 3_000);
  await wait(50);
  assert.equal(await canConnect(server.url), false);
  probe.finish();
  await until(() => probe.received().includes('stopping'), 'readyz says stopping');
  assert.match(probe.received(), /^HTTP\/1\.1 503/);
  const summary = validate((await answer).text);
  assert.equal(summary.ending, 'done');
  assert.match(summary.choices.get(0)?.content ?? '', new RegExp(`word ${WORDS} $`));
  const { code, stderr } = await server.finished;
  assert.equal(code, 0, stderr);
  assert.match(stderr, /Stopped\. Everything is on disk\.\n$/);
  assert.deepEqual(await results(place), ['ok']);
});

it('what hangs beyond server.timeouts.shutdown is cut with one error event and one record', async (t) => {
  const { place, server } = await open(t, toYaml('server: { timeouts: { shutdown: 300ms } }'));
  const answer = post(server.url, toBody('auto/fast', 'hang', true));
  await untilUpstream(1);
  server.child.kill('SIGTERM');
  const { text } = await answer;
  assert.equal(validate(text).ending, 'error');
  assert.match(text, /server_stopping/);
  const { code, stderr } = await server.finished;
  assert.equal(code, 0);
  assert.match(stderr, /1 running answer was cut/);
  assert.deepEqual(await results(place), ['failed']);
  await untilUpstream(0);
});

it('a second signal cuts at once what the first one waits for', async (t) => {
  const { place, server } = await open(t, toYaml());
  const answer = post(server.url, toBody('auto/fast', 'hang', true));
  await untilUpstream(1);
  server.child.kill('SIGTERM');
  await wait(AFTER_ECHO_MS);
  assert.equal(server.child.exitCode, null, 'the first one waits');
  server.child.kill('SIGTERM');
  assert.match((await answer).text, /server_stopping/);
  const { code } = await server.finished;
  assert.equal(code, 0);
  assert.deepEqual(await results(place), ['failed']);
});

const modelOf = async (url: string): Promise<string | null> =>
  (await post(url, toBody('auto/fast', 'go', false))).headers.get('x-gearbox-model');

it('SIGHUP takes over a new configuration; a broken one keeps the last good one; running answers keep theirs', async (t) => {
  const { place, server } = await open(t, toYaml());
  const path = join(place.home, 'gearbox.yaml');
  const answer = post(server.url, toBody('auto/fast', 'go', true));
  await untilUpstream(1);
  await writeFile(path, toYaml('', 'other'));
  server.child.kill('SIGHUP');
  await until(() => server.stderr().includes('was read again'), 'the configuration is in force', 5_000);
  assert.equal(await modelOf(server.url), 'chatty/other');
  const running = await answer;
  assert.equal(running.headers.get('x-gearbox-model'), 'chatty/fast');
  assert.equal(validate(running.text).ending, 'done');
  await writeFile(path, 'version: 1\ncomponents: { fast: [');
  server.child.kill('SIGHUP');
  await until(() => server.stderr().includes('the last good configuration stays'), 'the problem is reported', 5_000);
  assert.equal(await modelOf(server.url), 'chatty/other');
});

it('a configuration file that goes away is a mistake: its keys and components stay in force', async (t) => {
  const keyed = `${toYaml()}keys:\n  web: { hash: "sha256:${'0'.repeat(64)}" }\n`;
  const { place, server } = await open(t, keyed);
  assert.equal((await fetch(`${server.url}/v1/models`)).status, 401);
  await rm(join(place.home, 'gearbox.yaml'));
  server.child.kill('SIGHUP');
  await until(() => server.stderr().includes('the last good configuration stays'), 'the problem is reported', 5_000);
  assert.match(server.stderr(), /gearbox\.yaml.* is not there/);
  assert.equal((await fetch(`${server.url}/v1/models`)).status, 401, 'nobody is let in by a missing file');
});

it('a change that only a restart brings into force is named when the rest is taken over', async (t) => {
  const { place, server } = await open(t, toYaml());
  await writeFile(
    join(place.home, 'gearbox.yaml'),
    toYaml('privacy: { text: none }\nserver: { timeouts: { idle: 1m } }\n'),
  );
  server.child.kill('SIGHUP');
  await until(() => server.stderr().includes('was read again'), 'the configuration is in force', 5_000);
  assert.match(server.stderr(), /privacy, server\.timeouts .*restart/);
});

it('SIGHUP without a configuration file is no reason to die', async (t) => {
  const { server } = await open(t, null);
  server.child.kill('SIGHUP');
  await until(() => server.stderr().includes('no gearbox.yaml'), 'the signal is answered', 3_000);
  assert.equal((await fetch(`${server.url}/readyz`)).status, 200);
});

interface Acknowledged {
  readonly outcomes: string[];
  readonly decisions: string[];
}

/** Requests and outcomes as fast as they go, until the server is gone. */
const load = async (url: string, acknowledged: Acknowledged): Promise<void> => {
  try {
    for (;;) {
      const { status, headers } = await post(url, toBody('auto/fast', 'go', false));
      const decision = headers.get('x-gearbox-decision') ?? '';
      assert.equal(status, 200);
      const response = await fetch(`${url}/v1/gearbox/outcomes`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ decision_id: decision, kind: 'thumb', value: 1 }),
      });
      const text = await response.text();
      const [outcome] = (JSON.parse(text) as { outcomes: { outcome_id: string; result: string }[] }).outcomes;
      assert.equal(outcome?.result, 'added', text);
      acknowledged.outcomes.push(outcome?.outcome_id ?? '');
      acknowledged.decisions.push(decision);
    }
  } catch (error) {
    if (error instanceof assert.AssertionError) throw error;
    // The server was killed: fetch says so in one of several ways.
  }
};

it('kill -9 under load: the store opens, every acknowledged outcome is there, and the next server starts', async (t) => {
  const { place, server } = await open(t, toYaml());
  const second = await start(place, ['serve', '--port', '0']).finished;
  assert.equal(second.code, 3);
  assert.match(second.stderr, /store.*is being written by another process.*process \d+ on/);
  const acknowledged: Acknowledged = { outcomes: [], decisions: [] };
  const loads = Array.from({ length: 8 }, () => load(server.url, acknowledged));
  await until(() => acknowledged.outcomes.length > 200, 'outcomes were acknowledged', 20_000);
  server.child.kill('SIGKILL');
  await Promise.all(loads);
  assert.equal((await server.finished).signal, 'SIGKILL');

  const status = await start(place, ['status', '--json']).finished;
  assert.equal(status.code, 3, 'the address that it left behind misleads nobody');
  const asked = await start(place, ['ask', 'Hello', '--json']).finished;
  assert.equal(asked.code, 0, asked.stderr);
  assert.match(asked.stderr, /No server is running/);

  const database = new DatabaseSync(join(place.home, STORE_FILE), { readOnly: true });
  assert.deepEqual({ ...database.prepare('PRAGMA integrity_check').get() }, { integrity_check: 'ok' });
  database.close();
  const next = await serve(place);
  t.after(() => next.child.kill('SIGKILL'));
  const reader = await openReader({ path: join(place.home, STORE_FILE) });
  const kept = new Set((await reader.outcomes({ limit: 10_000 })).map(({ id }) => id));
  assert.deepEqual(
    acknowledged.outcomes.filter((id) => !kept.has(id)),
    [],
  );
  for (const id of acknowledged.decisions.slice(-20)) assert.equal((await reader.decision(id))?.decision.result, 'ok');
  await reader.close();
  next.child.kill('SIGTERM');
  assert.equal((await next.finished).code, 0);
});
