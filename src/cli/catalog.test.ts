import { strict as assert } from 'node:assert';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { catalogCommand, createCatalogCommand } from './catalog.ts';
import type { CommandContext, SharedFlags } from './command.ts';
import { DownloadError } from './models-dev-download.ts';
import { packageRoot } from './package-root.ts';

const FLAGS: SharedFlags = { config: null, home: null, json: false, quiet: false, yes: false, color: false };

interface Setup {
  readonly flags?: Partial<SharedFlags>;
  readonly answer?: string;
  readonly list?: unknown;
  readonly folder?: string;
}

/** One line a call and nothing else: `console.log`, which may stand behind it, prints every argument. */
const collect =
  (lines: string[]) =>
  (...parts: readonly string[]): void => {
    assert.equal(parts.length, 1);
    lines.push(...parts);
  };

const runCommand = async (args: readonly string[], { flags, answer, list, folder }: Setup = {}) => {
  const lines = { printed: [] as string[], reported: [] as string[], failed: [] as string[], asked: [] as string[] };
  const command = createCatalogCommand({
    folder: folder ?? join(packageRoot, 'models'),
    download: async () => {
      if (list === undefined) throw new DownloadError('https://models.dev/api.json: no network');
      return JSON.stringify(list);
    },
    now: () => new Date('2026-11-23T12:00:00Z'),
  });
  const context: CommandContext = {
    args,
    flags: { ...FLAGS, ...flags },
    print: collect(lines.printed),
    report: collect(lines.reported),
    fail: collect(lines.failed),
    ask: async (question, defaultAnswer) => {
      lines.asked.push(question);
      return answer ?? defaultAnswer;
    },
    signal: new AbortController().signal,
  };
  return { code: await command.run(context), ...lines, output: lines.printed.join('\n') };
};

const LAB_MODELS = ['claude-haiku-4.5.toml', 'claude-opus-4.8.toml', 'claude-opus-5.5.toml'];

/** A catalog of three real files, so that a whole list for it is short. */
const withCatalog = async (run: (folder: string) => Promise<void>): Promise<void> => {
  const folder = await mkdtemp(join(tmpdir(), 'gearbox-catalog-command-'));
  try {
    for (const file of LAB_MODELS) {
      await cp(join(packageRoot, 'models/anthropic', file), join(folder, 'anthropic', file));
    }
    // Successors outside the three would be refused.
    const path = join(folder, 'anthropic/claude-haiku-4.5.toml');
    await writeFile(path, (await readFile(path, 'utf8')).replace(/^successors.*\n/m, ''));
    await run(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
};

const listOf = (haikuInput: number, rest: Readonly<Record<string, unknown>> = {}) => ({
  anthropic: {
    models: {
      'claude-haiku-4-5': { cost: { input: haikuInput, output: 5, cache_read: 0.1, cache_write: 1.25 } },
      'claude-opus-4-8': { cost: { input: 5, output: 25 } },
      'claude-opus-5-5': { cost: { input: 4, output: 20 }, ...rest },
    },
  },
});

const haiku = 'anthropic/claude-haiku-4.5.toml';

test('list prints one aligned line a model, and the hashes beside it', async () => {
  const { code, printed, reported } = await runCommand(['list']);
  assert.equal(code, 0);
  assert.match(printed[0] ?? '', /^MODEL +STATUS +CONTEXT +OUTPUT +IN \$\/M +CACHED +OUT \$\/M +PRICE OF +EFFORTS$/);
  assert.ok(printed.length > 60);
  const astra = printed.find((line) => line.startsWith('openai/gpt-6-astra'));
  assert.match(astra ?? '', /active +1\.05M +128k +10 +1 +50 +2026-09-03 +low,medium,high,xhigh,max$/);
  assert.match(printed.find((line) => line.startsWith('openai/gpt-6-luna')) ?? '', / 2026-09-22\? /);
  assert.match(printed.find((line) => line.startsWith('xai/grok-4.6')) ?? '', / +- +- +- +- +none,/);
  assert.match(reported.join('\n'), /models\. Catalog [0-9a-f]{12}, prices [0-9a-f]{12}/);
});

test('list --lab keeps one lab, and an unknown lab is a usage error that names the known ones', async () => {
  const { printed } = await runCommand(['list', '--lab', 'deepseek']);
  assert.ok(printed.length >= 3 && printed.slice(1).every((line) => line.startsWith('deepseek/')));
  const { code, failed } = await runCommand(['list', '--lab', 'qwen']);
  assert.equal(code, 2);
  assert.match(failed.join('\n'), /--lab: expected one of alibaba, anthropic,.*got "qwen"/);
});

test('list --json holds the facts with units in their names and null for what nobody says', async () => {
  const { output } = await runCommand(['list', '--lab', 'xai'], { flags: { json: true } });
  const models = JSON.parse(output) as { id: string; price: unknown; limits: { context_tokens: number } }[];
  const grok = models.find(({ id }) => id === 'xai/grok-4.6');
  assert.equal(grok?.price, null);
  assert.equal(grok?.limits.context_tokens, 1_000_000);
});

test('show prints everything about one model, by id, by bare id and by alias', async () => {
  const { code, output } = await runCommand(['show', 'openai/gpt-6-astra']);
  assert.equal(code, 0);
  for (const pattern of [
    /^openai\/gpt-6-astra {2}GPT-6 Astra/,
    /above 272000 input tokens +20 +- +- +75/,
    /service tier fast +20 +2 +25 +100/,
    /models\.dev, 2026-09-03/,
  ]) {
    assert.match(output, pattern);
  }
  assert.match((await runCommand(['show', 'claude-haiku-4-5-20251001'])).output, /^anthropic\/claude-haiku-4\.5 /);
  assert.match((await runCommand(['show', 'grok-4.6'])).output, /price +unknown: the configuration can give one/);
  assert.match(
    (await runCommand(['show', 'gpt-oss-120b'])).output,
    /price +no list price.*\nhosts\n.*\n.*\n +at groq \(2026-07-02\) +0\.15 +0\.075 +- +0\.6/,
  );
  const json = JSON.parse((await runCommand(['show', 'gpt-5.5'], { flags: { json: true } })).output) as { id: string };
  assert.equal(json.id, 'openai/gpt-5.5');
});

test('show of a model that is nearly one is a usage error with suggestions', async () => {
  const { code, failed } = await runCommand(['show', 'gpt-5.55']);
  assert.equal(code, 2);
  assert.match(failed.join('\n'), /no model "gpt-5\.55"\. Did you mean openai\/gpt-5\.5/);
});

for (const [args, pattern] of [
  [[], /Expected list, show, diff, update, got nothing/],
  [['lsit'], /Did you mean "list"/],
  [['show'], /expected the id of a model/],
  [['show', 'a', 'b'], /unexpected "b"/],
  [['list', '--write'], /no option --write/],
  [['diff', '--colour'], /--colour/],
] as const) {
  test(`"catalog ${args.join(' ')}" is a usage error`, async () => {
    const { code, failed } = await runCommand(args);
    assert.equal(code, 2);
    assert.match(failed.join('\n'), pattern);
  });
}

test('diff shows old value, new value and per cent, writes nothing, and exits with 1', async () => {
  await withCatalog(async (folder) => {
    const before = await readFile(join(folder, haiku), 'utf8');
    const { code, printed, reported } = await runCommand(['diff'], { folder, list: listOf(1.5) });
    assert.equal(code, 1);
    assert.match(printed[1] ?? '', /^anthropic\/claude-haiku-4\.5 +price\.input_usd_per_mtok +1 +1\.5 +\+50\.0 %$/);
    assert.match(reported.join('\n'), /1 of 3 compared models differ; 0 are not in the list/);
    assert.equal(await readFile(join(folder, haiku), 'utf8'), before);
  });
});

test('diff of an equal list exits with 0', async () => {
  await withCatalog(async (folder) => {
    const { code, printed } = await runCommand(['diff'], { folder, list: listOf(1) });
    assert.deepEqual([code, printed], [0, []]);
  });
});

test('diff --json names every change, and reads a file with --from', async () => {
  await withCatalog(async (folder) => {
    const from = join(folder, 'api.json');
    await writeFile(from, JSON.stringify(listOf(1.5)));
    const { code, output } = await runCommand(['diff', '--from', from], { folder, flags: { json: true } });
    assert.equal(code, 1);
    assert.deepEqual((JSON.parse(output) as { models: unknown }).models, [
      {
        id: 'anthropic/claude-haiku-4.5',
        listed_as: 'anthropic/claude-haiku-4-5',
        changes: [{ field: 'price.input_usd_per_mtok', from: 1, to: 1.5, percent: 50 }],
      },
    ]);
  });
});

test('update without --write shows and writes nothing', async () => {
  await withCatalog(async (folder) => {
    const before = await readFile(join(folder, haiku), 'utf8');
    const { code, printed, reported } = await runCommand(['update'], { folder, list: listOf(1.5) });
    assert.equal(code, 0);
    assert.equal(printed.length, 2);
    assert.match(reported.join('\n'), /update --write/);
    assert.equal(await readFile(join(folder, haiku), 'utf8'), before);
  });
});

test('update --write asks first, and no answer means no', async () => {
  await withCatalog(async (folder) => {
    const before = await readFile(join(folder, haiku), 'utf8');
    const { code, asked } = await runCommand(['update', '--write'], { folder, list: listOf(1.5) });
    assert.equal(code, 0);
    assert.deepEqual(asked, ['Write 1 file(s)? [yes/no]']);
    assert.equal(await readFile(join(folder, haiku), 'utf8'), before);
  });
});

for (const [title, setup] of [
  ['a yes', { answer: 'yes' }],
  ['--yes', { flags: { yes: true } }],
] as const) {
  test(`update --write with ${title} writes value, source and date, and keeps comments`, async () => {
    await withCatalog(async (folder) => {
      const list = listOf(1.5, { limit: { context: 2_000_000 } });
      const { code } = await runCommand(['update', '--write'], { folder, list, ...setup });
      assert.equal(code, 0);
      const text = await readFile(join(folder, haiku), 'utf8');
      assert.match(
        text,
        /\[price\]\n(# .*\n)+source = "models\.dev"\nas_of = "2026-11-23"\nverified = true\ninput_usd_per_mtok = 1\.5\n/,
      );
      const opus = await readFile(join(folder, 'anthropic/claude-opus-5.5.toml'), 'utf8');
      assert.match(opus, /context_tokens = 2_000_000/);
      assert.match(opus, /\[facts\]\nsource = "models\.dev"\nas_of = "2026-11-23"/);
      assert.match(opus, /\[price\]\n(# .*\n)*source = "models\.dev"\nas_of = "2026-10-03"/);
      const again = await runCommand(['diff'], { folder, list });
      assert.equal(again.code, 0);
    });
  });
}

test('update refuses a price that moves too far, names it, and writes it only with --force', async () => {
  await withCatalog(async (folder) => {
    const before = await readFile(join(folder, haiku), 'utf8');
    const setup = { folder, list: listOf(10), flags: { yes: true } };
    const refused = await runCommand(['update', '--write'], setup);
    assert.equal(refused.code, 1);
    assert.match(
      refused.failed.join('\n'),
      /claude-haiku-4\.5: input_usd_per_mtok 1 → 10: a factor of 10\.0.*\n.*--force/,
    );
    assert.equal(await readFile(join(folder, haiku), 'utf8'), before);
    const forced = await runCommand(['update', '--write', '--force'], setup);
    assert.equal(forced.code, 0);
    assert.match(await readFile(join(folder, haiku), 'utf8'), /input_usd_per_mtok = 10\n/);
  });
});

test('without a network the command exits with 3 and says why', async () => {
  const { code, failed } = await runCommand(['update']);
  assert.equal(code, 3);
  assert.match(failed.join('\n'), /no network/);
});

test('a list in another format and a missing file are problems, exit code 1', async () => {
  const wrong = await runCommand(['diff'], { list: [] });
  assert.equal(wrong.code, 1);
  assert.match(wrong.failed.join('\n'), /expected the list of models in the format/);
  const missing = await runCommand(['diff', '--from', '/nowhere/api.json']);
  assert.equal(missing.code, 1);
  assert.match(missing.failed.join('\n'), /\/nowhere\/api\.json/);
});

test('the exported command works on the package’s own catalog', async () => {
  assert.equal(catalogCommand.name, 'catalog');
  assert.match(catalogCommand.help, /catalog update --from api\.json --write/);
  assert.match(await readFile(join(packageRoot, 'package.json'), 'utf8'), /"name": "gearbox"/);
});
