import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { writeSampleRouter } from '../../test/samples/trained.ts';
import { ROLES } from '../catalog/component.ts';
import { loadCatalog } from '../catalog/load.ts';
import { ConfigError } from '../errors.ts';
import { checkBind, isLoopback } from './bind.ts';
import type { Environment } from './environment.ts';
import { blendedPrice } from './components.ts';
import { listModels } from './list-models.ts';
import { loadConfiguration, type LoadedConfiguration, type LoadOptions } from './load.ts';
import { renderProblem } from './problem.ts';
import { toAbilitiesPath } from '../learn/ability-file.ts';
import { hashSecret, MAX_SECRET_BYTES, resolveSecret } from './secret.ts';
import { resolveHome } from './settings.ts';

const catalog = await loadCatalog(fileURLToPath(new URL('../../models', import.meta.url)));
const root = await mkdtemp(join(tmpdir(), 'gearbox-load-'));
after(() => rm(root, { recursive: true, force: true }));

const [work, home] = [join(root, 'work'), join(root, 'home')];
await mkdir(work);
await mkdir(home);

const noModels = (): Promise<never> => Promise.reject(new Error('no server in this test'));

const load = (environment: Environment, options: Partial<LoadOptions> = {}): Promise<LoadedConfiguration> =>
  loadConfiguration({
    config: null,
    lab: false,
    flags: {},
    environment: { GEARBOX_HOME: home, ...environment },
    workingFolder: work,
    catalog,
    labBaseUrl: () => Promise.resolve('http://127.0.0.1:4321/v1'),
    listModels: noModels,
    nowMs: Date.parse('2026-11-23'),
    ...options,
  });

const FILE = 'version: 1\ncomponents: { fast: { model: openai/gpt-5.4-mini } }\n';
const KEY = { OPENAI_API_KEY: 'k' };

const componentsOf = ({ pool }: LoadedConfiguration): readonly (readonly string[])[] =>
  [...pool.components.values()].map(({ name, deployments: [{ id }], effort }) => [name, id, effort]);

test('the file is searched in the documented order', async (t) => {
  const places = {
    flag: join(root, 'flag.yaml'),
    variable: join(root, 'variable.yaml'),
    folder: join(work, 'gearbox.yaml'),
    home: join(home, 'gearbox.yaml'),
  };
  for (const path of Object.values(places)) await writeFile(path, FILE);
  t.after(async () => {
    for (const path of Object.values(places)) await rm(path, { force: true });
  });
  const environment = { ...KEY, GEARBOX_CONFIG: places.variable };
  assert.equal((await load(environment, { config: places.flag })).path, places.flag);
  assert.equal((await load(environment)).path, places.variable);
  assert.equal((await load(KEY)).path, places.folder);
  await rm(places.folder);
  const { path, origin } = await load(KEY);
  assert.deepEqual([path, origin], [places.home, 'file']);
  assert.equal((await load(KEY, { flags: { home: join(root, 'elsewhere') } })).origin, 'environment');
});

test('a file that is named but missing is an error, not a reason to serve something else', async () => {
  await assert.rejects(load(KEY, { config: 'nowhere.yaml' }), /--config: expected a file, given .*nowhere\.yaml/);
  await assert.rejects(load({ ...KEY, GEARBOX_CONFIG: 'nowhere.yaml' }), /GEARBOX_CONFIG: expected a file/);
  await assert.rejects(load(KEY, { config: root }), /something that is no file/);
});

test('a wrong file is refused with every problem in one error', async () => {
  const path = join(root, 'wrong.yaml');
  await writeFile(path, 'version: 2\ncomponents: { fast: { model: openai/gpt-5.5, efort: low } }\n');
  await assert.rejects(load(KEY, { config: path }), (error: unknown) => {
    assert.ok(error instanceof ConfigError);
    assert.deepEqual(
      error.blocking.map(({ constraint }) => constraint),
      ['version', 'components.fast.efort'],
    );
    assert.match(error.message, /wrong\.yaml:1:10 version: .*\n.*wrong\.yaml:2:\d+ components\.fast\.efort/);
    return true;
  });
});

test('files that the configuration refers to are listed for the watcher', async () => {
  const path = join(root, 'refers.yaml');
  await writeFile(join(root, 'coder.md'), 'Be brief.');
  await writeFile(join(root, 'web.key'), 'a-secret-of-enough-characters');
  await writeFile(
    path,
    `version: 1\ncomponents: { fast: { model: openai/gpt-5.5, instructions: coder.md } }\nkeys: { web: { secret: file:web.key } }\n`,
  );
  const { files, settings } = await load(KEY, { config: path });
  assert.deepEqual(files, [join(root, 'coder.md'), join(root, 'web.key'), toAbilitiesPath(settings.home)]);
});

test('routers of unified models are loaded, watched, and start from the folder of the file', async () => {
  const path = join(root, 'routed.yaml');
  const { hash } = await writeSampleRouter(join(root, 'mine.bin'));
  await writeFile(path, `${FILE}models: { auto: { router: mine.bin }, plain: { policy: rules, router: other.bin } }\n`);
  const { pool, routers, files, problems } = await load(KEY, { config: path });
  assert.equal(routers.get('auto')?.hash, hash);
  assert.deepEqual([...routers.keys()], ['auto']);
  assert.equal(pool.models.get('auto')?.router, 'mine.bin');
  assert.ok(files.includes(join(root, 'mine.bin')));
  assert.deepEqual(
    problems.map(({ field, severity }) => [field, severity]),
    [['models.plain.router', 'warning']],
  );
});

test('flag wins over environment, environment over file, file over default', async () => {
  const path = join(root, 'server.yaml');
  await writeFile(path, `${FILE}server: { port: 1111, host: "::1", limits: { body_bytes: 1MiB } }\n`);
  const settings = async (environment: Environment, options: Partial<LoadOptions> = {}) =>
    (await load({ ...KEY, ...environment }, options)).settings;
  assert.deepEqual([(await settings({})).port, (await settings({})).host], [8484, '127.0.0.1']);
  const fromFile = await settings({}, { config: path });
  assert.deepEqual(
    [fromFile.port, fromFile.host, fromFile.limits.bodyBytes, fromFile.limits.jsonDepth],
    [1111, '::1', 1_048_576, 64],
  );
  assert.equal((await settings({ PORT: '2222' }, { config: path })).port, 2222);
  assert.equal((await settings({ PORT: '2222' }, { config: path, flags: { port: 3333 } })).port, 3333);
  await assert.rejects(settings({ PORT: '80a' }), /PORT: expected a port from 0 to 65535, given "80a"/);
});

test('the home folder is the flag, the variable with ~ understood, or .gearbox below the user’s', () => {
  assert.equal(resolveHome({ HOME: '/u', GEARBOX_HOME: '/state' }, '/flag'), '/flag');
  assert.equal(resolveHome({ HOME: '/u', GEARBOX_HOME: '~/state' }), '/u/state');
  assert.equal(resolveHome({ HOME: '/u' }), '/u/.gearbox');
});

test('texts of failures are kept only on loopback without keys, unless the file says otherwise', async () => {
  const path = join(root, 'privacy.yaml');
  const textOf = async (yaml: string, environment: Environment = {}): Promise<string> => {
    await writeFile(path, FILE + yaml);
    return (await load({ ...KEY, K: 'a-secret-of-enough-characters', ...environment }, { config: path })).settings
      .privacy.text;
  };
  assert.equal(await textOf(''), 'failures');
  assert.equal(await textOf('keys: { web: { secret: env:K } }\n'), 'none');
  assert.equal(await textOf('', { HOST: '0.0.0.0' }), 'none');
  assert.equal(await textOf('privacy: { text: all }\nkeys: { web: { secret: env:K } }\n'), 'all');
});

test('budgets, privacy, store and server come out as plain numbers', async () => {
  const path = join(root, 'numbers.yaml');
  await writeFile(
    path,
    `${FILE}budgets: { total: { usd: 20000/month, at_limit: mini } }\nprivacy: { keep: 2d, features: structural }\nstore: { retention_days: 7, max_store_bytes: 2GiB }\nserver: { timeouts: { idle: 90s }, allowed_hosts: [box.local], cors_origins: ["https://a.example"] }\n`,
  );
  const { settings } = await load(KEY, { config: path });
  assert.deepEqual(settings.budgets.get('total'), {
    name: 'total',
    microUsd: 20_000_000_000,
    period: 'month',
    atLimit: 'mini',
  });
  assert.deepEqual(settings.privacy, { text: 'failures', keepMs: 172_800_000, features: 'structural' });
  assert.deepEqual(settings.store, { retentionDays: 7, maxStoreBytes: 2_147_483_648 });
  assert.deepEqual(
    [settings.timeouts.idleMs, settings.allowedHosts, settings.corsOrigins],
    [90_000, ['box.local'], ['https://a.example']],
  );
});

test('one key is enough: a fast and a thinking model of that provider, each with its reason', async () => {
  const loaded = await load(KEY);
  assert.equal(loaded.origin, 'environment');
  assert.deepEqual(loaded.problems.map(renderProblem), []);
  assert.deepEqual([...loaded.pool.components.keys()], ['fast', 'thinking']);
  assert.equal(loaded.pool.models.get('auto')?.baseline, 'thinking');
  assert.equal(loaded.pool.notes.length, 2);
  assert.match(loaded.pool.notes[0] ?? '', /^fast = openai\/\S+ \(\$.*OPENAI_API_KEY is set/);
  const [fast, thinking] = [...loaded.pool.components.values()].map(({ deployments: [{ model }] }) => model);
  assert.ok(fast && thinking);
  assert.ok((blendedPrice(fast) ?? 0) < (blendedPrice(thinking) ?? 0));
  for (const model of [fast, thinking]) {
    assert.equal(model.status, 'active');
    assert.ok(model.sources.facts.verified && model.sources.price?.verified, `${model.id} is verified`);
  }
});

test("with an Anthropic key alone thinking is the lab's newest flagship at a sane price, and the reason is the rule", async () => {
  const loaded = await load({ ANTHROPIC_API_KEY: 'k' });
  assert.deepEqual(componentsOf(loaded), [
    ['fast', 'anthropic/claude-haiku-4.5', 'none'],
    ['thinking', 'anthropic/claude-opus-5.5', 'auto'],
  ]);
  const note = loaded.pool.notes.find((line) => line.startsWith('thinking'));
  assert.equal(
    note,
    'thinking = anthropic/claude-opus-5.5 ($4.00 in, $20.00 out per million tokens): ANTHROPIC_API_KEY is set; the newest of the flagships there that reason, with a confirmed price up to $35 per million output tokens (not all of its other facts are confirmed).',
  );
});

test('with every key that has models in the catalog alone, a pool without errors is built', async () => {
  for (const variable of [
    'OPENAI',
    'ANTHROPIC',
    'GEMINI',
    'DEEPSEEK',
    'XAI',
    'MISTRAL',
    'DASHSCOPE',
    'MOONSHOT',
    'ZAI',
    'OPENROUTER',
  ]) {
    const loaded = await load({ [`${variable}_API_KEY`]: 'k' });
    assert.equal(loaded.origin, 'environment', variable);
    assert.deepEqual(loaded.problems.map(renderProblem), [], variable);
    assert.equal(loaded.pool.simulated, false);
  }
});

test('a lab with one current model gives two settings of it, and says so', async () => {
  const loaded = await load({ ZAI_API_KEY: 'k' });
  const [fast, thinking] = componentsOf(loaded);
  assert.equal(fast?.[1], thinking?.[1]);
  assert.deepEqual([fast?.[2], thinking?.[2]], ['none', 'auto']);
  assert.match(loaded.pool.notes.join('\n'), /one model at two settings: effort none/);
});

test('of several keys the first provider is used, and the others are named', async () => {
  const loaded = await load({ MISTRAL_API_KEY: 'k', ANTHROPIC_API_KEY: 'k' });
  assert.ok(componentsOf(loaded).every(([, id]) => id?.startsWith('anthropic/')));
  assert.match(loaded.pool.notes.at(-1) ?? '', /Also found: Mistral \(MISTRAL_API_KEY\)/);
  assert.deepEqual([...loaded.pool.providers.keys()], ['anthropic', 'mistral']);
});

test('a local server is asked for its models; one model is enough, and its price is taken as 0', async () => {
  const asked: unknown[] = [];
  const loaded = await load(
    { VLLM_BASE_URL: 'http://127.0.0.1:8123', VLLM_API_KEY: 'local' },
    {
      listModels: (from) => {
        asked.push(from);
        return Promise.resolve(['bge-embedding', 'my-own-finetune', 'qwen3.6-35b-a3b']);
      },
    },
  );
  assert.deepEqual(asked, [{ baseUrl: 'http://127.0.0.1:8123/v1', secret: 'local' }]);
  assert.deepEqual(componentsOf(loaded), [
    ['fast', 'vllm/qwen3.6-35b-a3b', 'none'],
    ['thinking', 'vllm/qwen3.6-35b-a3b', 'auto'],
  ]);
  assert.equal(loaded.pool.components.get('fast')?.deployments[0].model.price?.base.output, 0);
  assert.deepEqual(loaded.problems, []);
});

test('a local model that the catalog does not know is used without efforts, and said to be unknown', async () => {
  const loaded = await load({ OLLAMA_HOST: '127.0.0.1' }, { listModels: () => Promise.resolve(['my-own-finetune']) });
  assert.deepEqual(
    componentsOf(loaded).map(([, id, effort]) => [id, effort]),
    [
      ['ollama/my-own-finetune', 'none'],
      ['ollama/my-own-finetune', 'provider'],
    ],
  );
  assert.match(loaded.pool.notes.join('\n'), /does not know my-own-finetune/);
  assert.ok(loaded.problems.every(({ severity }) => severity === 'warning'));
});

test('a variable may name the models, so that nobody is asked', async () => {
  const loaded = await load({ OLLAMA_HOST: '127.0.0.1', OLLAMA_MODEL: 'qwen3.6-35b-a3b, qwen3-32b' });
  assert.deepEqual(
    componentsOf(loaded).map(([, id]) => id),
    ['ollama/qwen3.6-35b-a3b', 'ollama/qwen3-32b'],
  );
});

test('a host of many labs’ models is asked what it has', async () => {
  const loaded = await load(
    { GROQ_API_KEY: 'k' },
    { listModels: () => Promise.resolve(['whisper-large-v3', 'qwen/qwen3.6-27b', 'qwen/qwen3.7-max']) },
  );
  assert.deepEqual(
    componentsOf(loaded).map(([, id]) => id),
    ['groq/qwen/qwen3.6-27b', 'groq/qwen/qwen3.7-max'],
  );
});

test('a server that cannot be asked leaves the lab, and the notes say what was tried', async () => {
  const loaded = await load({ OLLAMA_HOST: '127.0.0.1' });
  assert.equal(loaded.origin, 'lab');
  assert.match(
    loaded.pool.notes[0] ?? '',
    /OLLAMA_HOST is set, but it could not be asked for its models; start it, or set OLLAMA_MODEL/,
  );
});

test('without keys and file the lab answers in six roles, at the prices of real models that it names', async () => {
  const { pool, origin } = await load({});
  assert.equal(origin, 'lab');
  assert.equal(pool.simulated, true);
  assert.deepEqual([...pool.components.keys()], [...ROLES]);
  assert.deepEqual(pool.models.get('auto')?.components, ['fast', 'thinking']);
  const real = await load(KEY);
  for (const role of ['fast', 'thinking']) {
    const [lab, likely] = [pool, real.pool].map(({ components }) => components.get(role)?.deployments[0].model);
    assert.deepEqual(lab?.price, likely?.price, role);
    assert.equal(lab?.id, `lab/${role}`);
    assert.ok(likely !== undefined && lab.name.includes(likely.name), `${lab?.name} names ${likely?.name}`);
  }
  for (const component of pool.components.values()) {
    assert.equal(component.simulated, true);
    assert.equal(component.deployments[0].baseUrl, 'http://127.0.0.1:4321/v1');
    assert.ok(pool.notes.some((note) => note.startsWith(`${component.name} = lab ${component.name}, simulated`)));
  }
  const price = (role: string): number =>
    blendedPrice(pool.components.get(role)?.deployments[0].model ?? assert.fail(role)) ?? 0;
  assert.ok(
    price('fast-mini') <= price('fast') && price('fast') < price('thinking') && price('thinking') <= price('pro'),
  );
});

test('--lab forces the lab whatever keys and files exist, and the lab is started only when it is needed', async () => {
  await writeFile(join(work, 'gearbox.yaml'), FILE);
  assert.equal((await load(KEY, { lab: true })).origin, 'lab');
  await load(KEY, { labBaseUrl: () => assert.fail('the lab was started for a file') });
  await rm(join(work, 'gearbox.yaml'));
});

test('an empty or blank key is no key', async () => {
  assert.equal((await load({ OPENAI_API_KEY: '', ANTHROPIC_API_KEY: '  ' })).origin, 'lab');
});

test('secrets come from variables and files, trimmed, and errors name the reference only', async () => {
  const sources = { environment: { K: ' value \n', TWO: 'a\nb' }, folder: root };
  await writeFile(join(root, 'one.key'), 'from-file\n');
  await writeFile(join(root, 'empty.key'), ' \n');
  await writeFile(join(root, 'two.key'), 'hidden-value\nsecond');
  await writeFile(join(root, 'large.key'), 'x'.repeat(MAX_SECRET_BYTES + 1));
  assert.equal(await resolveSecret('env:K', sources), 'value');
  assert.equal(await resolveSecret('file:one.key', sources), 'from-file');
  assert.equal(await resolveSecret(`file:${join(root, 'one.key')}`, sources), 'from-file');
  await assert.rejects(
    resolveSecret('env:MISSING', sources),
    /env:MISSING: expected an environment variable with a secret/,
  );
  await assert.rejects(resolveSecret('env:toString', sources), /not set or empty/);
  await assert.rejects(resolveSecret('env:TWO', sources), /one line of text/);
  await assert.rejects(
    resolveSecret('file:missing.key', sources),
    /file:missing\.key: expected a readable file, given ENOENT/,
  );
  await assert.rejects(resolveSecret('file:empty.key', sources), /not set or empty/);
  await assert.rejects(resolveSecret('file:large.key', sources), /at most 65536 bytes/);
  await assert.rejects(resolveSecret('file:.', sources), /EISDIR/);
  for (const reference of ['file:two.key', 'hidden-value', 'vault:hidden-value'])
    await assert.rejects(
      resolveSecret(reference, sources),
      (error: unknown) =>
        error instanceof ConfigError && !JSON.stringify([error.message, error.blocking]).includes('hidden-value'),
    );
});

test('the hash of a secret is its SHA-256', () => {
  assert.equal(hashSecret('abc'), 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
});

test('every address but loopback is refused without client keys, and the refusal explains', () => {
  for (const host of ['127.0.0.1', '127.9.9.9', 'localhost', 'LOCALHOST', '::1', '[::1]', '::ffff:127.0.0.1']) {
    assert.equal(isLoopback(host), true, host);
    assert.equal(checkBind({ host, keys: [] }), null, host);
  }
  for (const host of ['0.0.0.0', '::', '192.168.1.4', '127.example.com', '127.0.0.1.evil.example', 'my-machine', '']) {
    const error = checkBind({ host, keys: [] });
    assert.equal(error?.code, 'bind_without_keys', host);
    assert.match(error.message, /spend your money.*gearbox keys new/s);
    assert.equal(checkBind({ host, keys: [{ name: 'web' }] }), null, host);
  }
});

test('a real server’s list of models is read with the key, and slow, failing or endless ones are given up', async (t) => {
  const seen: (string | undefined)[] = [];
  const server = createServer((request, response) => {
    seen.push(request.headers.authorization);
    if (request.url === '/good/models') response.end('{"object":"list","data":[{"id":"a"},{"id":"b/c"}]}');
    else if (request.url === '/bad/models') response.writeHead(401).end('{}');
    else if (request.url === '/odd/models') response.end('<html>');
    else if (request.url === '/huge/models') response.end(`{"data":[],"x":"${'x'.repeat(3_000_000)}"}`);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  assert.deepEqual(await listModels({ baseUrl: `${base}/good`, secret: 's' }), ['a', 'b/c']);
  assert.deepEqual(seen, ['Bearer s']);
  for (const path of ['bad', 'odd', 'huge', 'never'])
    await assert.rejects(listModels({ baseUrl: `${base}/${path}`, secret: null }), path);
  await assert.rejects(listModels({ baseUrl: 'http://127.0.0.1:9', secret: null }));
});
