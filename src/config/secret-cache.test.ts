import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createSecretCache } from './secret-cache.ts';

const createFile = () => {
  let nowMs = 0;
  let content: string | null = 'one';
  let reads = 0;
  const cache = createSecretCache({
    resolve: (reference) => {
      reads += 1;
      return content === null ? Promise.reject(new Error('gone')) : Promise.resolve(`${reference} ${content}`);
    },
    now: () => nowMs,
  });
  return {
    cache,
    reads: () => reads,
    write: (text: string | null) => void (content = text),
    wait: (ms: number) => void (nowMs += ms),
  };
};

test('a file is read once for the calls of one second, and a key that was replaced is used in the next', async () => {
  const { cache, reads, write, wait } = createFile();
  assert.deepEqual(await Promise.all([cache('file:k'), cache('file:k')]), ['file:k one', 'file:k one']);
  write('two');
  wait(999);
  assert.equal(await cache('file:k'), 'file:k one');
  assert.equal(reads(), 1);
  wait(1);
  assert.equal(await cache('file:k'), 'file:k two');
});

test('each file has its own, and a variable is read every time', async () => {
  const { cache, reads } = createFile();
  assert.notEqual(await cache('file:a'), await cache('file:b'));
  await cache('env:A');
  await cache('env:A');
  assert.equal(reads(), 4);
});

test('a failure is not kept: the next call tries again', async () => {
  const { cache, write } = createFile();
  write(null);
  await assert.rejects(cache('file:k'), /gone/);
  write('one');
  assert.equal(await cache('file:k'), 'file:k one');
});
