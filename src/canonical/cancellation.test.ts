import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { createCancellation } from './cancellation.ts';

test('aborting calls every listener once, with the first reason in place', () => {
  const { signal, abort } = createCancellation();
  const seen: unknown[] = [];
  signal.addEventListener('abort', () => seen.push(['one', signal.aborted, signal.reason]));
  signal.addEventListener('abort', () => seen.push(['two', signal.aborted, signal.reason]));
  assert.deepEqual([signal.aborted, signal.reason], [false, undefined]);
  abort('first');
  abort('second');
  assert.deepEqual(seen, [
    ['one', true, 'first'],
    ['two', true, 'first'],
  ]);
  assert.equal(signal.reason, 'first');
});

test('a listener that was removed is not called, also when one before it removes it', () => {
  const { signal, abort } = createCancellation();
  const seen: string[] = [];
  const late = (): void => void seen.push('late');
  const gone = (): void => void seen.push('gone');
  signal.addEventListener('abort', gone);
  signal.removeEventListener('abort', gone);
  signal.addEventListener('abort', () => seen.push('kept'));
  signal.removeEventListener('abort', late);
  abort('now');
  assert.deepEqual(seen, ['kept']);
});

test('an AbortSignal is a cancellation too', () => {
  const controller = new AbortController();
  const take = (signal: { readonly aborted: boolean; readonly reason: unknown }): unknown =>
    signal.aborted ? signal.reason : null;
  controller.abort('left');
  assert.equal(take(controller.signal), 'left');
});
