import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sampleAlias, samplePool, sampleProvider, sampleUnified } from '../../test/samples/pool.ts';
import type { Pool } from '../catalog/pool.ts';
import { InvalidRequestError } from '../errors.ts';
import { findModel, listModelNames, resolveModel, toCallableName } from './resolve.ts';

/** `unified auto`, `component fast`, `direct provider/x`, with the alias that led there behind it. */
const meaning = (name: string, pool: Pool): string | null => {
  const found = findModel(name, pool);
  if (found === undefined) return null;
  const via = found.alias === null ? '' : ` via ${found.alias.name}`;
  switch (found.type) {
    case 'unified':
      return `unified ${found.model.name}${via}`;
    case 'component':
      return `component ${found.component.name} of ${found.model?.name ?? 'none'}${via}`;
    case 'direct':
      return `direct ${found.deployment.id}${via}`;
  }
};

const refusal = (name: string, pool: Pool): InvalidRequestError => {
  try {
    resolveModel(name, pool);
  } catch (error) {
    assert.ok(error instanceof InvalidRequestError);
    return error;
  }
  return assert.fail(`resolved: ${name}`);
};

test('names are tried in the order of the contract', () => {
  const pool = samplePool({
    models: [sampleUnified('auto'), sampleUnified('cheap', { components: ['fast'] })],
    aliases: [
      sampleAlias('gpt-4o', 'fast'),
      sampleAlias('best', 'auto'),
      sampleAlias('o3', 'provider/thinking'),
      // Each of these names also means something further down; the earlier rule wins.
      sampleAlias('auto', 'fast'),
      sampleAlias('auto/fast', 'thinking'),
      sampleAlias('openai/gpt-x', 'fast'),
      sampleAlias('claude-x', 'thinking'),
    ],
  });
  for (const [name, expected] of [
    ['auto', 'unified auto'],
    ['cheap', 'unified cheap'],
    ['claude-auto', 'unified auto'],
    ['auto/fast', 'component fast of auto'],
    ['cheap/thinking', 'component thinking of cheap'],
    ['auto/pro', 'component pro of auto'],
    ['gpt-4o', 'component fast of none via gpt-4o'],
    ['best', 'unified auto via best'],
    ['o3', 'direct provider/thinking via o3'],
    ['openai/gpt-x', 'component fast of none via openai/gpt-x'],
    ['claude-x', 'component thinking of none via claude-x'],
    ['anthropic/claude-x', 'direct anthropic/claude-x'],
    ['provider/never-heard-of/it', 'direct provider/never-heard-of/it'],
    ['gpt-x', 'direct openai/gpt-x'],
    ['fast', 'direct provider/fast'],
  ] as const)
    assert.equal(meaning(name, pool), expected, name);
});

test('a bare id needs exactly one provider that serves it: configured there, or its lab sells it there', () => {
  const pool = samplePool();
  assert.equal(meaning('gpt-x', pool), 'direct openai/gpt-x');
  assert.equal(meaning('claude-x', pool), 'direct anthropic/claude-x');
  assert.equal(meaning('twin', pool), null, 'both labs have one of that name');
  const error = refusal('twin', pool);
  assert.match(error.message, /served by several providers. Use openai\/twin, anthropic\/twin/);
  const without = samplePool({ providers: [sampleProvider('provider'), sampleProvider('openai')] });
  assert.equal(meaning('claude-x', without), null, 'openai does not sell what the catalog knows of anthropic');
  assert.equal(meaning('twin', without), 'direct openai/twin');
});

test('a direct call of a configured model keeps its facts, under the full and the bare id', () => {
  const pool = samplePool();
  const configured = pool.components.get('thinking')?.deployments[0];
  for (const name of ['provider/thinking', 'thinking']) {
    const found = findModel(name, pool);
    assert.equal(found?.type === 'direct' ? found.deployment : null, configured, name);
  }
});

test('nothing is approximate: case, blanks, prefixes and unknown providers are not found', () => {
  const pool = samplePool({ aliases: [sampleAlias('gpt-4o', 'fast')] });
  for (const name of [
    'Auto',
    'AUTO',
    ' auto',
    'auto ',
    'aut',
    'auto/',
    'auto/Fast',
    'auto/fast/',
    '/auto',
    'GPT-4o',
    'Openai/gpt-x',
    'openai/',
    'nobody/gpt-x',
    'gpt-X',
    '',
    '__proto__',
    'constructor',
  ])
    assert.equal(meaning(name, pool), null, JSON.stringify(name));
});

test('what is not found is a 404 with at most three suggestions that can be called', () => {
  const pool = samplePool({ aliases: [sampleAlias('gpt-4o', 'fast')] });
  for (const [name, near] of [
    ['Auto', 'auto'],
    ['gpt-4', 'gpt-4o'],
    ['auto/fasst', 'auto/fast'],
    ['thinkin', 'auto/thinking'],
  ] as const) {
    const error = refusal(name, pool);
    assert.deepEqual([error.status, error.code, error.field], [404, 'model_not_found', 'model']);
    const suggestions = error.blocking[0]?.expected.split(', ') ?? [];
    assert.ok(suggestions.includes(near), `${name}: ${suggestions.join()}`);
    assert.ok(suggestions.length <= 3);
    for (const suggestion of suggestions) assert.notEqual(meaning(suggestion, pool), null, suggestion);
  }
  const long = refusal('x'.repeat(100_000), pool);
  assert.ok(long.message.length < 600, 'a huge name is not repeated');
});

test('every listed name can be called', () => {
  const pool = samplePool({ aliases: [sampleAlias('gpt-4o', 'fast')] });
  const names = listModelNames(pool);
  assert.deepEqual(new Set(names).size, names.length);
  for (const name of ['auto', 'auto/fast', 'auto/pro', 'gpt-4o', 'provider/fast'])
    assert.ok(names.includes(name), name);
  for (const name of names) assert.notEqual(meaning(name, pool), null, name);
});

test('a component is called under a unified model that has it, else under the first one', () => {
  const pool = samplePool({
    models: [sampleUnified('cheap', { components: ['fast'] }), sampleUnified('auto')],
  });
  for (const [target, name] of [
    ['fast', 'cheap/fast'],
    ['thinking', 'auto/thinking'],
    ['pro', 'cheap/pro'],
    ['auto', 'auto'],
    ['provider/fast', 'provider/fast'],
  ] as const) {
    assert.equal(toCallableName(target, pool), name);
    assert.notEqual(meaning(name, pool), null);
  }
});
