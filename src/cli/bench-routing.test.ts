import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { plantedExamples } from '../../test/samples/planted-examples.ts';
import { writePlantedData } from '../../test/samples/planted-data.ts';
import { renderArtifact } from '../learn/artifact-file.ts';
import { trainArtifact } from '../learn/train.ts';
import { benchCommand } from './bench.ts';
import type { CommandContext } from './command.ts';
import { mergeSections } from './routing-results.ts';

let home = '';
before(async () => {
  home = await mkdtemp(join(tmpdir(), 'gearbox-routing-'));
  await writePlantedData(home, 200);
  const artifact = trainArtifact(plantedExamples(400, 11), { name: 'planted', seed: 1 });
  await writeFile(join(home, 'router.bin'), renderArtifact(artifact));
});
after(() => rm(home, { recursive: true, force: true }));

interface Ran {
  readonly code: number;
  readonly printed: string;
  readonly failed: string;
}

const run = async (args: readonly string[], signal = new AbortController().signal): Promise<Ran> => {
  const [printed, failed]: [string[], string[]] = [[], []];
  const context: CommandContext = {
    args,
    flags: { config: null, home: null, json: true, quiet: true, yes: false, color: false },
    print: (line) => printed.push(line),
    report: () => {},
    fail: (line) => failed.push(line),
    ask: () => assert.fail('nothing may be asked'),
    signal,
  };
  return { code: await benchCommand.run(context), printed: printed.join('\n'), failed: failed.join('\n') };
};

const toArgs = (out: string, more: readonly string[] = []): readonly string[] =>
  ['--data', home, '--artifact', join(home, 'router.bin'), '--out', join(home, out), '--resamples', '40'].concat(more);

const routing = (out: string, sections: string, signal?: AbortSignal): Promise<Ran> =>
  run(
    [
      'routing',
      ...toArgs(out, ['--seeds', '1', '--docs', join(home, out, 'docs', 'quality.md'), '--sections', sections]),
    ],
    signal,
  );

interface Row {
  readonly policy?: string;
  readonly slice?: string;
  readonly headroom?: { readonly low: number; readonly high: number } | null;
  readonly gain_over_length_points?: { readonly low: number };
}

const rowsOf = (printed: string, id: string): readonly Row[] => {
  const { sections } = JSON.parse(printed) as { sections: readonly { id: string; rows: readonly Row[] }[] };
  const found = sections.find((section) => section.id === id);
  assert.ok(found, `no section ${id}`);
  return found.rows;
};

test('the pattern that was planted is found: by the learned router, not by noise; and the same run gives the same text', async () => {
  const first = await routing('one', 'pools-mix-4,shipped');
  assert.deepEqual([first.code, first.failed], [0, '']);
  const pools = rowsOf(first.printed, 'pools-mix-4');
  const headroomOf = (policy: string) => pools.find((row) => row.policy === policy)?.headroom;
  assert.ok((headroomOf('learned')?.low ?? 0) > 0.2, JSON.stringify(headroomOf('learned')));
  const random = headroomOf('random');
  assert.ok(random && random.low <= 0 && random.high >= 0, JSON.stringify(random));

  const shipped = rowsOf(first.printed, 'shipped').find(({ policy, slice }) => policy === 'shipped' && slice === 'all');
  assert.ok((shipped?.headroom?.low ?? 0) > 0.2, JSON.stringify(shipped?.headroom));
  assert.ok((shipped?.gain_over_length_points?.low ?? 0) > 0);

  await routing('two', 'pools-mix-4,shipped');
  for (const file of ['routing.md', 'routing.json', 'docs/figures/routing-mix-4.svg']) {
    const [one, two] = await Promise.all(['one', 'two'].map((out) => readFile(join(home, out, file), 'utf8')));
    assert.ok((one?.length ?? 0) > 500);
    assert.equal(two, one, file);
  }
});

test('one section run again keeps the results of the others, and the document waits for all', async () => {
  await routing('merged', 'pools-mix-4');
  const { printed } = await routing('merged', 'shipped');
  assert.ok(rowsOf(printed, 'pools-mix-4').length > 0);
  assert.ok(rowsOf(printed, 'shipped').length > 0);
  await assert.rejects(readFile(join(home, 'merged', 'docs', 'quality.md')), /ENOENT/);
  const ledger = (await readFile(join(home, 'merged', 'ledger.jsonl'), 'utf8')).trim().split('\n');
  assert.deepEqual(
    ledger.map((line) => (JSON.parse(line) as { ran: readonly string[] }).ran),
    [['pools-mix-4'], ['shipped']],
  );
});

test('an interruption keeps what is stored, is written as partial and is exit code 1', async () => {
  const { code, failed } = await routing('partial', 'pools-mix-4', AbortSignal.abort(new Error('interrupted')));
  assert.equal(code, 1);
  assert.match(failed, /interrupted: partial, without pools-mix-4/);
  const ledger = await readFile(join(home, 'partial', 'ledger.jsonl'), 'utf8');
  assert.equal((JSON.parse(ledger) as { partial: boolean }).partial, true);
});

test('bench offline prints the figures of the section on what ships', async () => {
  const { code, printed } = await run(['offline', ...toArgs('offline')]);
  assert.equal(code, 0);
  const { rows } = JSON.parse(printed) as { rows: readonly Row[] };
  const section = rowsOf((await routing('same', 'shipped')).printed, 'shipped');
  assert.deepEqual(
    rows,
    section.filter(({ slice }) => slice !== undefined),
  );
  assert.match(await readFile(join(home, 'offline', 'offline.md'), 'utf8'), /# Offline\n\nArtifact `planted@/);
});

for (const [args, expected] of [
  [['routing'], /--data: expected the folder of the outcome data/],
  [['routing', '--data', tmpdir()], /--data: expected a folder with sets\.json and a folder bench/],
  [['offline', '--data', 'x', '--speed', '1'], /--speed/],
] as const) {
  test(`bench ${args.join(' ')} is wrong usage`, async () => {
    const { code, failed } = await run(args);
    assert.equal(code, 2);
    assert.match(failed, expected);
  });
}

test('unknown sections and counts are wrong usage, and name what is known', async () => {
  const unknown = await routing('x', 'poetry');
  assert.equal(unknown.code, 2);
  assert.match(unknown.failed, /expected some of shipped, .*given "poetry"/);
  const seeds = await run(['routing', ...toArgs('x', ['--seeds', '0'])]);
  assert.match(seeds.failed, /--seeds: expected a whole number from 1/);
});

test('a fresh section takes the place of a stored one, in the order of the document', () => {
  const section = (id: string, title: string) => ({
    id,
    title,
    markdown: '',
    rows: [],
    figures: [],
    settings: { seeds: 1, resamples: 1, artifact: '' },
  });
  const stored = [section('b', 'old'), section('a', 'old'), section('gone', 'old')];
  assert.deepEqual(
    mergeSections(stored, [section('b', 'new')], ['a', 'b', 'c']).map(({ id, title }) => `${id} ${title}`),
    ['a old', 'b new'],
  );
});
