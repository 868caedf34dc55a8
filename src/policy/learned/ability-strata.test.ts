import assert from 'node:assert/strict';
import { test } from 'node:test';
import { STRUCTURAL_NAMES } from '../../features/structural.ts';
import {
  isToolRequest,
  stratumOf,
  topicsOfStrata,
  toolStratumCount,
  toolStratumOf,
  toStrata,
} from './ability-strata.ts';

const edges = { bins: 3, edges: Float64Array.of(-1, 1, 0, Number.POSITIVE_INFINITY) };

const toStructure = (numbers: Readonly<Record<string, number>>): readonly number[] =>
  STRUCTURAL_NAMES.map((name) => numbers[name] ?? 0);

test('A topic is cut where its difficulty passes an edge, and an edge belongs to the upper side', () => {
  assert.deepEqual(
    [-2, -1, 0.9, 1].map((difficulty) => stratumOf(edges, 0, difficulty)),
    [0, 1, 1, 2],
  );
});

test('A thin topic has fewer strata', () => {
  assert.deepEqual(
    [-9, 9].map((difficulty) => stratumOf(edges, 1, difficulty)),
    [3, 4],
  );
});

test('Strata keep the weights of their topics and know their topics', () => {
  const strata = toStrata(edges, { clusters: Uint32Array.of(1, 0), weights: Float64Array.of(0.8, 0.2) }, 2);
  assert.deepEqual([...strata.clusters], [4, 2]);
  assert.deepEqual([...strata.weights], [0.8, 0.2]);
  assert.deepEqual([...topicsOfStrata(edges)], [0, 0, 0, 1, 1, 1]);
});

test('Requests with tools are told apart by length, choice of tools and numbers, each in a stratum of its own', () => {
  const words = [10, 30];
  const strata = [5, 10, 40].flatMap((length) =>
    [1, 4].flatMap((tools) =>
      [0, 2].map((numbers) => toolStratumOf(words, toStructure({ words: length, tools, numbers }))),
    ),
  );
  assert.deepEqual(
    strata,
    Array.from({ length: toolStratumCount(words) }, (_, stratum) => stratum),
  );
});

test('A request is one with tools when it offers any', () => {
  assert.equal(isToolRequest(toStructure({ tools: 1 })), true);
  assert.equal(isToolRequest(toStructure({ words: 5 })), false);
});
