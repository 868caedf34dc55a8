/** A router of one's own through the real server: what it learned decides, is explained, replaced, and replayed. */
import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { loadCatalog } from '../../src/catalog/load.ts';
import { replayDecisions } from '../../src/cli/replay.ts';
import { checkConfiguration, type CheckedConfiguration } from '../../src/config/check.ts';
import { loadPoolComponents, ROUTERS_FOLDER } from '../../src/index.ts';
import { createRandom } from '../../src/math/random.ts';
import { createRulesPolicy } from '../../src/policy/rules.ts';
import { replayDecision } from '../../src/router/replay.ts';
import { isKnown, samplePrompt, writeSampleRouter, type Family, type SampleRouter } from '../samples/trained.ts';
import { send, startGearbox, type Json, type TestGearbox } from './gearbox.ts';

let folder = '';
let first: SampleRouter;
let gearbox: TestGearbox;

const yamlWith = (router: string, labUrl: string): string => `
version: 1
providers:
  openai: { base_url: '${labUrl}/v1' }
components:
  fast: { model: openai/gpt-6-luna, effort: none }
  thinking: { model: openai/gpt-6.1-sol, effort: auto }
models:
  auto: { components: [fast, thinking], router: '${router}' }
`;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gearbox-own-router-'));
  first = await writeSampleRouter(join(folder, 'first.bin'), 'first');
  gearbox = await startGearbox({
    yaml: yamlWith(join(folder, 'first.bin'), '{lab}'),
    environment: { OPENAI_API_KEY: 'sk-test' },
  });
});

after(async () => {
  await gearbox.close();
  await rm(folder, { recursive: true, force: true });
});

const knownPrompt = (family: Family): string => {
  const random = createRandom(11);
  for (;;) {
    const text = samplePrompt(family, random);
    if (isKnown(first.artifact, text)) return text;
  }
};

const bodyOf = (content: string): Json => ({ model: 'auto', messages: [{ role: 'user', content }] });

const ask = async (content: string): Promise<Json> => {
  const { status, json } = await send(`${gearbox.url}/v1/chat/completions`, { body: bodyOf(content) });
  assert.equal(status, 200);
  return json.gearbox;
};

const check = async (router: string): Promise<CheckedConfiguration> => {
  const labUrl = gearbox.gearbox.pool().providers.get('openai')?.baseUrl.replace(/\/v1$/, '') ?? '';
  const catalog = await loadCatalog(join(import.meta.dirname, '../../models'));
  return checkConfiguration(yamlWith(router, labUrl), join(folder, 'gearbox.yaml'), {
    environment: { OPENAI_API_KEY: 'sk-test' },
    catalog,
    nowMs: Date.now(),
  });
};

/** A reload does not wait for the copy of its router. */
const untilKept = async (hashes: readonly string[]): Promise<void> => {
  const deadline = performance.now() + 10_000;
  for (;;) {
    const files = await readdir(join(gearbox.home, ROUTERS_FOLDER));
    if (hashes.every((hash) => files.includes(`${hash}.bin`))) return;
    assert.ok(performance.now() < deadline, `only ${files.join()} were kept`);
    await setTimeout(20);
  }
};

const status = async (): Promise<Json> => {
  const headers = { authorization: `Bearer ${gearbox.adminToken}` };
  return (await send(`${gearbox.url}/api/status`, { headers })).json;
};

test('the planted pattern decides over HTTP, and every answer names the router', async () => {
  for (const [family, component] of [
    ['gains', 'thinking'],
    ['equal', 'fast'],
  ] as const) {
    const answered = await ask(knownPrompt(family));
    assert.equal(answered.component, component);
    assert.equal(answered.confidence, 'known');
    assert.match(answered.router, new RegExp(`^first@${first.hash.slice(0, 7)}\\.`));
  }
});

test('a full explanation names the ground, what was measured, and what would flip it', async () => {
  const explained = await send(`${gearbox.url}/v1/gearbox/decide`, { body: bodyOf(knownPrompt('gains')) });
  const { ground, candidates, would_change: changes, signals, confidence } = explained.json;
  assert.equal(ground.known, true);
  assert.ok(ground.similarity >= ground.threshold);
  assert.ok(ground.thinking - ground.fast > 0.05, JSON.stringify(ground));
  assert.ok(candidates.every((candidate: Json) => candidate.source === 'measured'));
  assert.equal(confidence, 'known');
  assert.equal(typeof signals.conversation_type.value, 'string');
  const unseen = changes.find((change: Json) => change.if === 'nothing like it had been seen in training');
  assert.match(unseen?.then ?? '', /^fast/);
  const unfamiliar = await send(`${gearbox.url}/v1/gearbox/decide`, {
    body: bodyOf('Hello, how was your day at work?'),
  });
  assert.equal(unfamiliar.json.confidence, 'unfamiliar');
  assert.deepEqual(
    [unfamiliar.json.ground.known, unfamiliar.json.ground.fast, unfamiliar.json.candidates[0].source],
    [false, null, 'prior'],
  );
});

test('status names the router of every model', async () => {
  const [model] = (await status()).models;
  assert.match(model.router, /^first@/);
  assert.equal(model.router_fault, null);
});

test('a router that cannot be read is an error with its place, and nothing is taken over', async () => {
  await writeFile(join(folder, 'broken.bin'), 'no router');
  for (const [file, given] of [
    ['missing.bin', /missing\.bin: no such file/],
    ['broken.bin', /broken\.bin: a file that cannot be read/],
  ] as const) {
    const { problems, result } = await check(file);
    assert.equal(result, null);
    const [problem] = problems;
    assert.equal(problem?.field, 'models.auto.router');
    assert.equal(problem?.line, 9);
    assert.match(problem?.given ?? '', given);
    assert.notEqual(problem?.fix, '');
  }
});

test('decisions of a router that was replaced are replayed from the file that was kept, and from no other', async () => {
  const pinned = await ask(knownPrompt('gains'));
  const second = await writeSampleRouter(join(folder, 'second.bin'), 'second');
  const { result } = await check('second.bin');
  assert.ok(result !== null);
  const { pool, routers } = result;
  assert.throws(() => gearbox.gearbox.replacePool(pool), /models\.auto\.router: second\.bin was not loaded/);
  assert.match((await status()).models[0].router, /^first@/, 'the last good one stays');
  gearbox.gearbox.replacePool(pool, routers);
  const answered = await ask(knownPrompt('gains'));
  assert.match(answered.router, new RegExp(`^second@${second.hash.slice(0, 7)}`));
  const again = await send(`${gearbox.url}/v1/chat/completions`, {
    body: { ...bodyOf('Hello'), gearbox: { pin: pinned.decision_id } },
  });
  assert.equal(again.status, 409);
  assert.match(again.json.error.message, /was made by first@\S+, which is no longer in force/);

  await gearbox.gearbox.store.flush();
  await untilKept([first.hash, second.hash]);
  const printed: string[] = [];
  const code = await replayDecisions(['--all'], gearbox.gearbox.reader, {
    args: [],
    flags: { config: null, home: gearbox.home, json: true, quiet: true, yes: false, color: false },
    signal: new AbortController().signal,
    print: (line: string) => void printed.push(line),
    report: () => {},
    ask: (_question: string, answer: string) => Promise.resolve(answer),
    fail: (line: string) => void printed.push(line),
  });
  const tally: Json = JSON.parse(printed[0] ?? '{}');
  assert.deepEqual([tally.different, tally.not_replayable, code], [0, 0, 0], printed.join());
  assert.ok(tally.identical >= 4);

  const stored = await gearbox.gearbox.reader.decision(pinned.decision_id);
  assert.ok(stored !== undefined);
  const rules = createRulesPolicy();
  const without = await replayDecision(stored.decision, {
    policies: new Map([[rules.version, rules]]),
    loadComponents: (config, catalog) => loadPoolComponents(gearbox.gearbox.reader, { config, catalog }),
  });
  assert.match(without.type === 'not_replayable' ? without.reason : without.type, /made by first@/);
});

test('a package whose router is missing serves the safe component, flagged, and says so once at the start and in status', async () => {
  const crippled = await startGearbox({
    yaml: yamlWith('', '{lab}').replace(", router: ''", ''),
    environment: { OPENAI_API_KEY: 'sk-test' },
    shippedRouter: join(folder, 'nowhere.bin'),
  });
  try {
    const url = `${crippled.url}/v1/chat/completions`;
    for (const text of ['Hello!', knownPrompt('gains')]) {
      const { json } = await send(url, { body: bodyOf(text) });
      assert.deepEqual(
        [json.gearbox.component, json.gearbox.chosen_by, json.gearbox.reason_codes],
        ['fast', 'safe_default', ['router_failed']],
      );
    }
    assert.equal(crippled.warnings.length, 1);
    assert.match(crippled.warnings[0] ?? '', /default router could not be loaded.*nowhere\.bin/);
    const headers = { authorization: `Bearer ${crippled.adminToken}` };
    const [model] = (await send(`${crippled.url}/api/status`, { headers })).json.models;
    assert.match(model.router_fault, /nowhere\.bin: expected a trained router, given no such file/);
  } finally {
    await crippled.close();
  }
});
