import assert from 'node:assert/strict';
import { test } from 'node:test';
import { benchCommand } from './bench.ts';
import type { CommandContext } from './command.ts';

const runWith = async (args: readonly string[]): Promise<{ readonly code: number; readonly errors: string }> => {
  const errors: string[] = [];
  const context: CommandContext = {
    args,
    flags: { config: null, home: null, json: false, quiet: true, yes: false, color: false },
    print: () => assert.fail('nothing may be printed'),
    report: () => {},
    fail: (line) => errors.push(line),
    ask: () => assert.fail('nothing may be asked'),
    signal: new AbortController().signal,
  };
  return { code: await benchCommand.run(context), errors: errors.join('\n') };
};

const MISTAKES: readonly (readonly [readonly string[], RegExp])[] = [
  [[], /expected one of e2e, latency, onboarding, shares, routing, offline, wire, given ""/],
  [['speed'], /expected one of e2e, latency, onboarding, shares, routing, offline, wire, given "speed"/],
  [['e2e'], /--data: expected the folder of the outcome data/],
  [['e2e', '--data', 'x', '--limit', '0'], /--limit: expected a whole number from 1 to 1000000, given "0"/],
  [['e2e', '--data', 'x', '--seed', '1.5'], /--seed: expected a whole number from 0/],
  [
    ['e2e', '--data', 'x', '--objective', 'cheap'],
    /--objective: expected cost, balanced, quality, latency or USD above 0/,
  ],
  [['e2e', '--data', 'x', '--speed', '1'], /--speed/],
  [['onboarding'], /--data: expected the folder of the outcome data/],
  [['onboarding', '--data', 'x', '--limit-models', '0'], /--limit-models: expected a whole number from 1/],
  [['latency', '--rounds', 'seven'], /--rounds: expected a whole number/],
];

for (const [args, expected] of MISTAKES) {
  test(`bench ${args.join(' ')} is wrong usage, and says why before anything is started`, async () => {
    const { code, errors } = await runWith(args);
    assert.equal(code, 2);
    assert.match(errors, expected);
  });
}

test('every option of the help has its default beside it or says what is needed', () => {
  const options = benchCommand.help.split('\n').filter((line) => line.startsWith('  --'));
  assert.ok(options.length >= 14);
  for (const line of options) {
    assert.match(line, /default|^ {2}--data/, line);
  }
});
