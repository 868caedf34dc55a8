import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { createAnswerBody } from './answer-body.ts';

/** A connection that keeps what it was asked for. */
const open = () => {
  const asked: string[] = [];
  const { body, sink } = createAnswerBody({
    pause: () => void asked.push('pause'),
    resume: () => void asked.push('resume'),
    abort: ({ message }) => void asked.push(`abort: ${message}`),
  });
  return { asked, body, sink };
};

const ABORT = 'abort: the rest of the answer is not wanted';

test('a read brings everything that arrived since the last one, and null at the end', async () => {
  const { body, sink } = open();
  const waiting = body.next();
  sink.push(Buffer.from('one '));
  sink.push(Buffer.from('two'));
  assert.equal(String(await waiting), 'one two');
  sink.push(Buffer.from('three'));
  sink.end();
  assert.equal(String(await body.next()), 'three');
  assert.equal(await body.next(), null);
});

test('what arrived before the connection broke is read, then the error', async () => {
  const { body, sink } = open();
  sink.push(Buffer.from('part'));
  sink.fail(new Error('broken'));
  assert.equal(String(await body.next()), 'part');
  await assert.rejects(body.next(), /broken/);
});

test('bytes that nobody reads pause the connection, and reading on resumes it', async () => {
  const { asked, body, sink } = open();
  sink.push(Buffer.alloc(64 * 1024));
  assert.deepEqual(asked, []);
  sink.push(Buffer.alloc(1));
  assert.deepEqual(asked, ['pause']);
  assert.equal((await body.next())?.length, 64 * 1024 + 1);
  const waiting = body.next();
  assert.deepEqual(asked, ['pause', 'resume']);
  sink.end();
  assert.equal(await waiting, null);
});

test('a connection that delivers while it is resumed loses nothing', async () => {
  const { body, sink } = createAnswerBody({
    pause: () => {},
    resume: () => sink.push(Buffer.from('at once')),
    abort: () => {},
  });
  assert.equal(String(await body.next()), 'at once');
});

test('a whole body is read to its end and never paused, a longer one is cut at the limit and its connection closed', async () => {
  const short = open();
  short.sink.push(Buffer.from('abc'));
  const read = short.body.whole(5);
  short.sink.push(Buffer.from('de'));
  short.sink.end();
  const whole = await read;
  assert.deepEqual([String(whole.bytes), whole.cut], ['abcde', false]);
  assert.ok(!short.asked.includes('pause'));

  const long = open();
  const cutting = long.body.whole(5);
  long.sink.push(Buffer.from('abcdef'));
  const cut = await cutting;
  assert.deepEqual([String(cut.bytes), cut.cut], ['abcde', true]);
  assert.equal(long.asked.at(-1), ABORT);
});

test('a whole body whose connection breaks rejects, however much of it arrived', async () => {
  const { body, sink } = open();
  const read = body.whole(100);
  sink.push(Buffer.from('abc'));
  sink.fail(new Error('broken'));
  await assert.rejects(read, /broken/);
});

test('releasing closes a connection in the middle of its answer, and leaves one alone that is over', () => {
  const middle = open();
  middle.body.release(false);
  assert.deepEqual(middle.asked, [ABORT]);
  const over = open();
  over.sink.end();
  over.body.release(false);
  over.body.release(true);
  assert.deepEqual(over.asked, []);
});

test('behind a complete answer a little may follow; what never ends is closed', (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const ending = open();
  ending.body.release(true);
  ending.sink.push(Buffer.from('trailer'));
  ending.sink.end();
  t.mock.timers.tick(2_000);
  assert.deepEqual(ending.asked, ['resume']);
  const endless = open();
  endless.body.release(true);
  t.mock.timers.tick(999);
  assert.deepEqual(endless.asked, ['resume']);
  t.mock.timers.tick(1);
  assert.deepEqual(endless.asked, ['resume', ABORT]);
});
