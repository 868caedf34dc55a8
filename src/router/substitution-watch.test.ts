import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sampleComponent } from '../../test/samples/policy.ts';
import type { EndedExchange, PricedAttempt } from './exchange.ts';
import { createSubstitutionWatch, type Substitution } from './substitution-watch.ts';

const HOUR_MS = 3_600_000;

/** An ended exchange as far as the watch looks at it. */
const toEnded = (billedAs: string, substituted = true): EndedExchange => {
  const [deployment] = sampleComponent('fast').deployments;
  const attempt = {
    report: { deployment },
    cost: { microUsd: 1, unknown: null, source: 'usage', billedAs, substituted },
  };
  return { attempts: [attempt as unknown as PricedAttempt] } as unknown as EndedExchange;
};

const createWatch = () => {
  let nowMs = 0;
  const alarms: Substitution[] = [];
  const watch = createSubstitutionWatch({ now: () => nowMs, onAlarm: (alarm) => void alarms.push(alarm) });
  return { ...watch, alarms, wait: (ms: number) => void (nowMs += ms) };
};

test('a substitution is told at once, then once an hour with how often it happened', () => {
  const { listener, list, alarms, wait } = createWatch();
  listener(toEnded('provider/other'));
  listener(toEnded('provider/other'));
  assert.deepEqual(alarms, [
    { asked: 'provider/fast', answered: 'provider/other', count: 1, firstAtMs: 0, lastAtMs: 0 },
  ]);
  wait(HOUR_MS);
  listener(toEnded('provider/other'));
  assert.deepEqual([alarms.length, alarms[1]?.count], [2, 3]);
  assert.deepEqual(list(), [alarms[1]]);
});

test('each pair has its own alarm, and an answer by the model that was asked has none', () => {
  const { listener, list, alarms } = createWatch();
  listener(toEnded('provider/fast', false));
  assert.equal(alarms.length, 0);
  listener(toEnded('provider/one'));
  listener(toEnded('provider/two'));
  assert.deepEqual(
    list().map(({ answered }) => answered),
    ['provider/two', 'provider/one'],
  );
  assert.equal(alarms.length, 2);
});

test('names without end do not fill the memory', () => {
  const { listener, list } = createWatch();
  for (let index = 0; index < 500; index += 1) listener(toEnded(`provider/${index}`));
  assert.equal(list().length, 100);
  assert.equal(list()[0]?.answered, 'provider/499');
});
