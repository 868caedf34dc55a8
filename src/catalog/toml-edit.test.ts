import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { parse as parseToml } from 'smol-toml';
import { editToml, renderValue } from './toml-edit.ts';

/** TOML tables have no prototype; plain objects compare with literals. */
const parse = (toml: string) => JSON.parse(JSON.stringify(parseToml(toml))) as Record<string, unknown>;

const text = `# top comment
name = "A # model"  # its name
tags = ["a", "b"] # words

[limits]
context_tokens = 200_000 # since May
# about output
output_tokens = 64_000

# about the price
[price]
input_usd_per_mtok = 1.5

[[price.tiers]]
above = 1
[[price.tiers]]
above = 2
`;

/** `price.tiers[1].above` */
const edit = (path: string, value: string | number | boolean | readonly string[]) => {
  const [, table = '', index, key = ''] = /^(.*?)(?:\[(\d+)\])?\.?([a-z_]+)$/.exec(path) ?? [];
  return { table, index: index === undefined ? null : Number(index), key, value };
};

test('a value is replaced and every other byte stays', () => {
  assert.equal(editToml(text, [edit('limits.context_tokens', 1_050_000)]), text.replace('200_000 #', '1_050_000 #'));
  assert.equal(editToml(text, [edit('name', 'B "b"')]), text.replace('"A # model"', String.raw`"B \"b\""`));
  assert.equal(editToml(text, [edit('tags', ['c'])]), text.replace('["a", "b"]', '["c"]'));
  assert.equal(editToml(text, [edit('price.tiers[1].above', 3)]), text.replace('above = 2', 'above = 3'));
  assert.equal(editToml(text, []), text);
});

test('a key is looked for in its own table only', () => {
  const edited = editToml(text, [edit('price.above', 9), edit('output_tokens', 7)]);
  assert.deepEqual(parse(edited), {
    ...parse(text),
    output_tokens: 7,
    price: { input_usd_per_mtok: 1.5, above: 9, tiers: [{ above: 1 }, { above: 2 }] },
  });
});

test('a new key follows the last one of its table, before the comment that leads to the next table', () => {
  const edited = editToml(text, [edit('limits.input_tokens', 5)]);
  assert.ok(edited.includes('output_tokens = 64_000\ninput_tokens = 5\n\n# about the price\n[price]'), edited);
});

test('missing tables are appended, arrays of tables one after the other', () => {
  const edited = editToml(text, [
    edit('price.tiers[2].above', 3),
    edit('price.tiers[2].verified', true),
    edit('extra.x', 0.25),
  ]);
  const parsed = parse(edited);
  assert.deepEqual(parsed['extra'], { x: 0.25 });
  assert.deepEqual((parsed['price'] as { tiers: unknown }).tiers, [
    { above: 1 },
    { above: 2 },
    { above: 3, verified: true },
  ]);
  assert.ok(edited.endsWith('\n') && !edited.endsWith('\n\n'));
});

test('whole numbers from 10,000 get separators, decimals and small ones do not', () => {
  assert.deepEqual([1, 9_999, 10_000, 1_048_576, 0.003625, 12.5].map(renderValue), [
    '1',
    '9999',
    '10_000',
    '1_048_576',
    '0.003625',
    '12.5',
  ]);
});
