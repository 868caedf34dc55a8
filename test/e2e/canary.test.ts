/** Secrets and prompts planted everywhere, every fault driven through, then looked for wherever bytes could end up. */
import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import type { RequestListener } from 'node:http';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, before, it } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { STORE_FILE } from '../../src/index.ts';
import { createLab } from '../../src/lab/lab.ts';
import { ADMIN_TOKEN_FILE } from '../../src/server/admin-token.ts';
import { post, startRig, startWatchedUpstream, toBody } from './fault-rig.ts';
import { createPlace, removePlace, serve, type Place, type Serving } from './serve-process.ts';

/** None of them has a shape by which a pattern could know it. */
const SECRETS = {
  CHATTY_KEY: 'providercanary71c09d',
  CLAUDISH_KEY: 'claudecanary83b1ae',
  ECHO_KEY: 'echocanary94d2bf',
  CLIENT_KEY: 'clientcanary-55aa66bb77cc88dd99ee00ff11aa22bb',
};
const PROXY_PASSWORD = 'proxycanary2f3e4d';
const WRONG_KEY = 'wrongcanary-0f0e0d0c0b0a09080706';
const PROMPT = 'promptcanary about zeppelins';
const ANSWER = 'answercanary about boats';

/** A provider that quotes the key it was given, and the prompt, in whatever it says. */
const echo: RequestListener = (request, response) => {
  let body = '';
  request.on('data', (bytes: Buffer) => (body += bytes.toString('utf8')));
  request.on('end', () => {
    const error = {
      message: `Incorrect key ${(request.headers.authorization ?? '').slice('Bearer '.length)} given`,
      type: 'server_error',
    };
    if (!body.includes('"stream":true')) {
      response.writeHead(500, { 'content-type': 'application/json' }).end(JSON.stringify({ error }));
      return;
    }
    const delta = { role: 'assistant', content: ANSWER };
    const event = { id: 'c', object: 'chat.completion.chunk', created: 1, model: 'm' };
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write(`data: ${JSON.stringify({ ...event, choices: [{ index: 0, delta, finish_reason: null }] })}\n\n`);
    setTimeout(() => response.end(`data: ${JSON.stringify({ error })}\n\n`), 30);
  });
};

const lab = createLab({ timeScale: 0 });
let echoing: Awaited<ReturnType<typeof startWatchedUpstream>>;
let place: Place;
let server: Serving;
/** Everything that clients were told. */
const told: string[] = [];

const toYaml = (labUrl: string, echoUrl: string): string => `
version: 1
providers:
  chatty: { protocol: openai-chat, base_url: "${labUrl}/v1", key: env:CHATTY_KEY }
  claudish: { protocol: anthropic-messages, base_url: "${labUrl}", key: env:CLAUDISH_KEY }
  echoing: { protocol: openai-chat, base_url: "${echoUrl}/v1", key: env:ECHO_KEY }
components:
  fast: { model: chatty/fast, effort: none, price: { input: 10, output: 20 } }
  thinking: { model: claudish/thinking, effort: high, price: { input: 10, output: 20 } }
  echo: { model: echoing/m, effort: none, role: coder, price: { input: 10, output: 20 } }
models:
  auto: { components: [fast, thinking, echo] }
keys:
  web: { secret: env:CLIENT_KEY }
privacy: { text: none }
`;

interface Asked {
  readonly model: string;
  readonly prompt: string;
  readonly stream: boolean;
  readonly signal?: AbortSignal;
}

const call = async ({ model, prompt, stream, signal }: Asked): Promise<number> => {
  const response = await fetch(`${server.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${SECRETS.CLIENT_KEY}` },
    body: JSON.stringify({ model, stream, messages: [{ role: 'user', content: prompt }] }),
    ...(signal === undefined ? {} : { signal }),
  });
  const headers = JSON.stringify([...response.headers]);
  told.push(headers, await response.text());
  return response.status;
};

const SCRIPTS = [
  `ok text="${ANSWER}" tokens_per_event=100`,
  '400',
  '401',
  '429',
  '500',
  '529',
  'refuse',
  'garbage',
  'html',
  'reset after_bytes=700',
  'cut',
  'half-event',
  'stream-error',
  'tool-call',
];

const raw = async (headers: Record<string, string>, body: string): Promise<void> => {
  const response = await fetch(`${server.url}/v1/chat/completions`, { method: 'POST', headers, body });
  assert.ok(response.status >= 400);
  told.push(await response.text());
};

const driveBadRequests = async (): Promise<void> => {
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${SECRETS.CLIENT_KEY}` };
  await raw({ ...headers, authorization: `Bearer ${WRONG_KEY}` }, '{}');
  await raw(headers, `{"model":"auto","messages":[{"role":"user","content":"${PROMPT}`);
  await raw(headers, JSON.stringify({ model: 'auto', messages: [{ role: PROMPT, content: PROMPT }] }));
  await raw(headers, JSON.stringify({ model: 'auto', messages: PROMPT }));
  await raw({ ...headers, 'x-gearbox-mode': 'nonsense' }, toBody('auto/fast', PROMPT, false));
};

before(async () => {
  const { url } = await lab.listen();
  echoing = await startWatchedUpstream(echo);
  place = await createPlace(toYaml(url, echoing.url), {
    ...SECRETS,
    HTTPS_PROXY: `http://someone:${PROXY_PASSWORD}@127.0.0.1:9`,
  });
  server = await serve(place, ['--log', 'debug']);
  for (const model of ['auto', 'auto/fast', 'auto/thinking'])
    for (const script of SCRIPTS)
      for (const stream of [false, true]) await call({ model, prompt: `${PROMPT} [[lab:${script}]]`, stream });
  for (const stream of [false, true]) await call({ model: 'auto/echo', prompt: PROMPT, stream });
  const controller = new AbortController();
  setTimeout(() => controller.abort(), 100);
  await call({
    model: 'auto/fast',
    prompt: `${PROMPT} [[lab:stall]]`,
    stream: true,
    signal: controller.signal,
  }).catch(() => {});
  await driveBadRequests();
  await wait(300);
});

after(async () => {
  server.child.kill('SIGKILL');
  await server.finished;
  await removePlace(place);
  await echoing.close();
  await lab.close();
});

const adminToken = async (): Promise<string> => (await readFile(join(place.home, ADMIN_TOKEN_FILE), 'utf8')).trim();

const files = async (): Promise<readonly { readonly name: string; readonly bytes: Buffer }[]> => {
  const entries = await readdir(place.home, { recursive: true, withFileTypes: true });
  return Promise.all(
    entries
      .filter((entry) => entry.isFile())
      .map(async (entry) => ({ name: entry.name, bytes: await readFile(join(entry.parentPath, entry.name)) })),
  );
};

const pages = async (): Promise<readonly string[]> => {
  const headers = { authorization: `Bearer ${await adminToken()}` };
  const paths = [
    '/metrics',
    '/api/status',
    '/api/components',
    '/api/keys',
    '/api/decisions?limit=1000',
    '/api/outcomes',
  ];
  return Promise.all(
    paths.map(async (path) => {
      const response = await fetch(`${server.url}${path}`, { headers });
      assert.equal(response.status, 200, path);
      return response.text();
    }),
  );
};

const toForms = (secret: string): readonly string[] => [
  secret,
  Buffer.from(secret).toString('base64').replace(/=+$/, ''),
  Buffer.from(secret).toString('hex'),
];

const allSecrets = async (): Promise<readonly string[]> => [
  ...Object.values(SECRETS),
  PROXY_PASSWORD,
  WRONG_KEY,
  await adminToken(),
];

const checkAbsent = (where: string, text: string, planted: readonly string[]): void => {
  for (const one of planted.flatMap(toForms)) {
    const at = text.indexOf(one);
    assert.equal(at, -1, `${where}: …${text.slice(Math.max(0, at - 100), at + 60)}…`);
  }
};

it('something was driven: successes and failures are in the store', async () => {
  const [metrics = ''] = await pages();
  assert.match(metrics, /result="ok"/);
  assert.match(metrics, /result="failed"/);
  assert.match(metrics, /result="cancelled"/);
});

it('no secret is in anything that a client was told', async () => {
  const planted = await allSecrets();
  for (const text of told) checkAbsent('answer', text, planted);
});

it('no secret, no prompt and no answer is in the log', async () => {
  const planted = [...(await allSecrets()), PROMPT, ANSWER, 'promptcanary', 'answercanary'];
  checkAbsent('stderr', server.stderr(), planted);
  checkAbsent('stdout', server.stdout(), planted);
});

it('no secret, no prompt and no answer is on disk, in the metrics or in the admin API', async () => {
  const planted = [...(await allSecrets()), 'promptcanary', 'answercanary'];
  for (const { name, bytes } of await files())
    checkAbsent(
      name,
      bytes.toString('latin1'),
      // The file whose purpose is to hold it.
      name === ADMIN_TOKEN_FILE ? planted.filter((one) => one !== bytes.toString('utf8').trim()) : planted,
    );
  for (const page of await pages()) checkAbsent('admin', page, planted);
});

it('with privacy.text failures the text is kept, and is gone from the disk when its time is over', async () => {
  const rig = await startRig({
    settings: (s) => ({ ...s, privacy: { ...s.privacy, text: 'failures', keepMs: 400 } }),
  });
  try {
    await post(rig.url, toBody('auto/fast', `${PROMPT} [[lab:500]]`, false));
    await post(rig.url, toBody('auto/fast', `${PROMPT} [[lab:ok text="${ANSWER}" tokens_per_event=100]]`, true));
    await rig.gearbox.store.flush();
    const [failed, answered] = rig.ended.map(({ decided }) => decided.id);
    const kept = await rig.gearbox.reader.text(answered ?? '');
    assert.match(kept?.request ?? '', /promptcanary/);
    assert.match(kept?.answer ?? '', /answercanary/);
    assert.match((await rig.gearbox.reader.text(failed ?? ''))?.request ?? '', /promptcanary/);
    await wait(500);
    await rig.gearbox.store.maintain();
    await rig.gearbox.store.flush();
    assert.equal(await rig.gearbox.reader.text(answered ?? ''), undefined);
    const path = join(rig.home, STORE_FILE);
    // What SQLite does by itself once enough was written.
    const outside = new DatabaseSync(path);
    outside.exec('PRAGMA wal_checkpoint(TRUNCATE)');
    outside.close();
    assert.equal((await readFile(path)).includes('promptcanary'), false, 'deleted text is overwritten');
  } finally {
    await rig.close();
  }
});
