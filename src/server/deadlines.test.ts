import { strict as assert } from 'node:assert';
import { test, type TestContext } from 'node:test';
import { createDeadlines } from './deadlines.ts';

const open = (t: TestContext) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  let now = 0;
  const passed: string[] = [];
  const deadlines = createDeadlines({ limitMs: 100, clock: () => now });
  return {
    passed,
    start: (name: string) => deadlines.start(() => passed.push(name)),
    wait: (milliseconds: number): void => {
      now += milliseconds;
      t.mock.timers.tick(milliseconds);
    },
  };
};

test('each deadline passes after its own time, in the order of their starts', (t) => {
  const { passed, start, wait } = open(t);
  start('first');
  wait(40);
  start('second');
  wait(59);
  assert.deepEqual(passed, []);
  wait(1);
  assert.deepEqual(passed, ['first']);
  wait(39);
  assert.deepEqual(passed, ['first']);
  wait(1);
  assert.deepEqual(passed, ['first', 'second']);
});

test('a lifted deadline never passes, and does not hold up the others', (t) => {
  const { passed, start, wait } = open(t);
  const lift = start('lifted');
  wait(10);
  start('other');
  lift();
  wait(100);
  assert.deepEqual(passed, ['other']);
});

test('a deadline after a time without any passes too', (t) => {
  const { passed, start, wait } = open(t);
  start('early')();
  wait(1_000);
  start('late');
  wait(100);
  assert.deepEqual(passed, ['late']);
});
