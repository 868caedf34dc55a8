import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createTurnMemory, type TurnEntry } from './turn-memory.ts';

const entry = (id: string, atMs = 0): TurnEntry => ({
  id,
  component: 'fast',
  effort: null,
  turns: 1,
  atMs,
  movesDown: 0,
  warm: [],
});

const create = (maxTurns = 3) => createTurnMemory({ now: () => 1_000, maxTurns, lifetimeMs: 500 });

const idsOf = (saved: readonly (readonly [string, TurnEntry])[]): readonly string[] => saved.map(([, { id }]) => id);

test('what is new is taken once, the latest of a key, in the order of the latest', () => {
  const memory = create();
  memory.put('a', entry('1'));
  memory.put('b', entry('2'));
  memory.put('a', entry('3'));
  assert.deepEqual(idsOf(memory.takeNew()), ['2', '3']);
  assert.deepEqual(memory.takeNew(), []);
  assert.deepEqual(idsOf(memory.all()), ['2', '3']);
});

test('what an earlier process knew comes first, is bounded with the rest, and is not new', () => {
  const memory = create();
  memory.put('b', entry('own'));
  memory.takeNew();
  memory.restore([
    ['a', entry('1')],
    ['b', entry('2')],
    ['c', entry('3')],
    ['d', entry('4')],
  ]);
  assert.deepEqual(idsOf(memory.all()), ['3', '4', 'own']);
  assert.deepEqual(memory.takeNew(), []);
});

test('a turn that is forgotten by number is not taken, and one that is too old is not read', () => {
  const memory = create(1);
  memory.put('a', entry('1', 900));
  memory.put('b', entry('2', 499));
  assert.deepEqual(idsOf(memory.takeNew()), ['2']);
  assert.equal(memory.read('b'), null);
  assert.equal(memory.read('a'), null);
});
