import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { KNOWN_PROVIDERS, recogniseProvider } from './known-providers.ts';
import { loadProfiles, parseProviderFile } from './load-profiles.ts';

const GOOD = `title = "Example"
order = 10
protocol = "openai-chat"
base_url = "https://api.example.org/v1"
keys = ["EXAMPLE_API_KEY"]

[facts]
source = "example.org"
as_of = "2026-11-01"
verified = true
`;

const problemsOf = (content: string, file = 'example.toml'): readonly string[] => {
  const parsed = parseProviderFile(file, content);
  return parsed.type === 'problems'
    ? parsed.problems.map(({ field, expected, given, fix }) => `${field}: ${expected}; ${given}; ${fix}`)
    : [];
};

test('what a profile leaves unsaid is what a hosted server with effort words understands', () => {
  const parsed = parseProviderFile('example.toml', GOOD);
  assert.ok(parsed.type === 'profile');
  const { name, keyRequired, alsoResponses, dialect } = parsed.profile;
  assert.deepEqual([name, keyRequired, alsoResponses], ['example', true, false]);
  assert.deepEqual([dialect.reasoning, dialect.maxTokens, [...dialect.knows]], ['effort', 'max_tokens', ['top_k']]);
});

test('a mistake is named with file, field, what was expected and the fix', () => {
  assert.match(problemsOf(GOOD.replace('keys', 'keyz'))[0] ?? '', /^keyz: one of title, .*Did you mean "keys"\?$/);
  assert.match(problemsOf(GOOD.replace('/v1"', '/v1/"'))[0] ?? '', /^base_url: an address without a trailing slash/);
  assert.match(problemsOf(`${GOOD}[wire]\nknows = ["custom_tool"]`)[0] ?? '', /Did you mean "custom_tools"\?$/);
  assert.match(problemsOf(`${GOOD}[wire]\nreasonings = "effort"`)[0] ?? '', /Did you mean "reasoning"\?$/);
  assert.match(problemsOf(GOOD.replace('EXAMPLE_API_KEY', 'sk-123'))[0] ?? '', /the name of an environment variable/);
  assert.match(problemsOf('title = ')[0] ?? '', /^line 1/);
  assert.match(problemsOf(GOOD, 'Example.toml')[0] ?? '', /lower-case letters/);
});

test('one name for two providers is refused', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'gearbox-profiles-'));
  try {
    await writeFile(join(folder, 'one.toml'), GOOD.replace('order = 10', 'order = 10\naliases = ["two"]'));
    await writeFile(join(folder, 'two.toml'), GOOD);
    assert.throws(() => loadProfiles(folder), /two\.toml: aliases: expected names of one provider, got "two"/);
  } finally {
    await rm(folder, { recursive: true });
  }
});

test('a server is recognised by its name, by its host and by its port, and by nothing like them', () => {
  const of = (name: string, baseUrl: string) => recogniseProvider(name, baseUrl)?.name;
  assert.equal(of('kimi', 'https://proxy.example.org'), 'moonshotai');
  assert.equal(of('mine', 'https://res.openai.azure.com/openai/v1'), 'azure');
  assert.equal(of('mine', 'https://dashscope.aliyuncs.com/compatible-mode/v1'), 'alibaba');
  assert.equal(of('mine', 'http://gpu-box:11434/v1'), 'ollama');
  assert.equal(of('mine', 'https://api.mistral.ai.example.org/v1'), undefined);
  assert.equal(of('mine', 'https://notapi.groq.com.example/v1'), undefined);
  assert.equal(of('openai-proxy', 'http://127.0.0.1:1/v1'), undefined);
});

test('every shipped profile says where its facts come from', () => {
  assert.ok(KNOWN_PROVIDERS.length >= 20);
  for (const { name, facts } of KNOWN_PROVIDERS) assert.ok(facts.source.length > 5 && facts.asOf !== '', name);
});
