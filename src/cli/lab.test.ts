import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { UsageError, type CommandContext } from './command.ts';
import { labCommand } from './lab.ts';

interface Terminal {
  readonly context: CommandContext;
  readonly printed: string[];
  readonly failed: string[];
  readonly stop: () => void;
  /** Resolves with the first printed line. */
  readonly started: Promise<string>;
}

const createTerminal = (args: readonly string[], json = false): Terminal => {
  const printed: string[] = [];
  const failed: string[] = [];
  const stopping = new AbortController();
  const { promise: started, resolve } = Promise.withResolvers<string>();
  const context: CommandContext = {
    args,
    flags: { config: null, home: null, json, quiet: false, yes: false, color: false },
    print: (line) => {
      printed.push(line);
      resolve(line);
    },
    report: () => {},
    fail: (line) => failed.push(line),
    ask: (_, defaultAnswer) => Promise.resolve(defaultAnswer),
    signal: stopping.signal,
  };
  return { context, printed, failed, stop: () => stopping.abort(), started };
};

test('lab prints its address and models, serves, and stops on Ctrl-C with code 0', async () => {
  const terminal = createTerminal(['--port', '0', '--time-scale', '0'], true);
  const running = labCommand.run(terminal.context);
  const { url, models } = JSON.parse(await terminal.started) as { url: string; models: string[] }; // our own line
  assert.deepEqual(models.slice(0, 3), ['fast', 'fast-mini', 'thinking']);
  assert.equal((await fetch(`${url}/v1/models`)).status, 200);
  terminal.stop();
  assert.equal(await running, 0);
  await assert.rejects(fetch(`${url}/v1/models`));
});

test('a taken port, a missing folder and a wrong bind are problems that say what to do', async () => {
  const first = createTerminal(['--port', '0']);
  const running = labCommand.run(first.context);
  const url = /http:\S+/.exec(await first.started)?.[0] ?? '';
  const second = createTerminal(['--port', new URL(url).port]);
  assert.equal(await labCommand.run(second.context), 1);
  assert.match(second.failed[0] ?? '', /is taken\. Choose another with --port/);
  first.stop();
  await running;
  const nowhere = createTerminal(['--port', '0', '--outcomes', '/nowhere/at/all']);
  assert.equal(await labCommand.run(nowhere.context), 1);
  assert.match(nowhere.failed[0] ?? '', /expected prompts\.jsonl/);
  const open = createTerminal(['--port', '0', '--host', '0.0.0.0']);
  assert.equal(await labCommand.run(open.context), 1);
  assert.match(open.failed[0] ?? '', /loopback/);
});

test('wrong options are usage errors', async () => {
  for (const args of [['--prot', '1'], ['--port', '99999'], ['--time-scale', '-1'], ['--sets', 'x'], ['extra']]) {
    const terminal = createTerminal(args);
    // main.ts makes exit code 2 of these, with a hint at the help.
    await assert.rejects(
      labCommand.run(terminal.context),
      (error) => error instanceof UsageError || (error instanceof TypeError && 'code' in error),
      args.join(' '),
    );
  }
});

test('outcome data are played with the sets file that stands beside them', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'gearbox-cli-lab-'));
  const key = '"source":"s","dataset":"d","prompt_id":"1"';
  writeFileSync(join(folder, 'prompts.jsonl'), `{${key},"prompt":"hi"}\n`);
  writeFileSync(join(folder, 'outcomes.jsonl'), `{${key},"model":"m","score":1}\n`);
  writeFileSync(
    join(folder, 'sets.json'),
    '{"sets":[{"id":"mix-fast-thinking","fast_cost":1,"thinking_cost":2,"by_source":{"s/d":{"fast":["m"],"thinking":["m"]}}}]}',
  );
  const terminal = createTerminal(['--port', '0', '--outcomes', folder]);
  const running = labCommand.run(terminal.context);
  await terminal.started;
  terminal.stop();
  assert.equal(await running, 0);
  assert.match(terminal.printed[1] ?? '', /^models: fast, thinking, m, fast-mini/);
  rmSync(folder, { recursive: true, force: true });
});
