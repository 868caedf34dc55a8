import assert from 'node:assert/strict';
import { test } from 'node:test';
import { plantedExamples, plantedPrompt, PLANTED, type Kind } from '../../test/samples/planted-examples.ts';
import { createRandom } from '../math/random.ts';
import { readGround } from '../policy/learned/outlook.ts';
import { toPredictionContext, type LearnedOutlook } from '../policy/predict.ts';
import { hashArtifact, parseArtifact, renderArtifact } from './artifact-file.ts';
import { toPromptFeatures } from './example.ts';
import { renderModelCard } from './model-card.ts';
import { hashExamples, trainArtifact } from './train.ts';
import { summariseValidation, validateTraining } from './validation.ts';

const EXAMPLES = plantedExamples(600, 11);
const trained = trainArtifact(EXAMPLES, { name: 'planted', seed: 1 });
const bytes = renderArtifact(trained);
const artifact = parseArtifact(bytes);

const outlookOf = (prompt: string, type?: 'logic'): LearnedOutlook | null => {
  const features = toPromptFeatures({ prompt, tools: [] });
  const context = toPredictionContext(features, null);
  return readGround(artifact, features, type === undefined ? context : { ...context, type }).outlook;
};

const meanOf = (kind: Kind, read: (outlook: LearnedOutlook) => number): number => {
  const random = createRandom(99);
  const outlooks = Array.from({ length: 40 }, () => outlookOf(plantedPrompt(kind, random), 'logic'));
  const known = outlooks.filter((outlook) => outlook !== null);
  assert.ok(known.length > 30, `${known.length} of 40 on known ground`);
  return known.reduce((sum, outlook) => sum + read(outlook), 0) / known.length;
};

test('training finds the planted pattern: thinking helps on riddles and not on recipes', () => {
  const gain = ({ fast, thinking }: LearnedOutlook): number => thinking - fast;
  assert.ok(Math.abs(meanOf('riddle', gain) - 0.6) < 0.12, `riddle ${meanOf('riddle', gain)}`);
  assert.ok(Math.abs(meanOf('recipe', gain)) < 0.12, `recipe ${meanOf('recipe', gain)}`);
  assert.ok(Math.abs(meanOf('riddle', ({ fast }) => fast) - PLANTED.riddle[0]) < 0.12);
  assert.ok(Math.abs(meanOf('recipe', ({ fast }) => fast) - PLANTED.recipe[0]) < 0.12);
});

test('a gain has an uncertainty, and answers that are longer in training are expected to be longer', () => {
  assert.ok(meanOf('riddle', ({ gainDeviation }) => gainDeviation) > 0);
  assert.ok(meanOf('recipe', ({ lengthFactor }) => lengthFactor) > 1.1);
  assert.ok(meanOf('riddle', ({ lengthFactor }) => lengthFactor) < 0.95);
});

test('a prompt unlike training is unfamiliar, and so is one of almost no words', () => {
  assert.equal(outlookOf('Compare two mortgage offers with different interest for my sister in Lisbon please.'), null);
  assert.equal(outlookOf('ok'), null);
});

test('the same data and seed give the same bytes, another seed others', () => {
  const again = renderArtifact(trainArtifact(plantedExamples(600, 11), { name: 'planted', seed: 1 }));
  assert.equal(hashArtifact(again), hashArtifact(bytes));
  const other = renderArtifact(trainArtifact(EXAMPLES, { name: 'planted', seed: 2 }));
  assert.notEqual(hashArtifact(other), hashArtifact(bytes));
});

test('parsed bytes render to the same bytes: nothing is lost or rounded twice', () => {
  assert.deepEqual(renderArtifact(artifact), bytes);
});

test('a file of another kind, a cut file and other features are refused with what to do', () => {
  assert.throws(() => parseArtifact(Uint8Array.of(1, 2, 3)), /not a router artifact/);
  assert.throws(() => parseArtifact(bytes.slice(0, bytes.length - 64)), /the file is cut/);
  const renamed = renderArtifact({ ...trained, quality: { ...trained.quality, columns: ['fast', 'slow'] } });
  assert.throws(() => parseArtifact(renamed), /columns.*Train it again/s);
});

test('the hash of the data knows ids and scores, not their order', () => {
  assert.equal(hashExamples([...EXAMPLES].reverse()), hashExamples(EXAMPLES));
  assert.notEqual(hashExamples(EXAMPLES.slice(1)), hashExamples(EXAMPLES));
});

test('validation holds a third of the groups out and sees the pattern there', () => {
  const held = validateTraining(EXAMPLES, { name: 'planted', seed: 1 });
  assert.equal(held.length, 200);
  const rows = summariseValidation(held);
  const all = rows.at(-1);
  assert.equal(all?.source, 'all');
  assert.ok((all?.knownShare ?? 0) > 0.8);
  const card = renderModelCard({
    artifact,
    artifactHash: hashArtifact(bytes),
    artifactBytes: bytes.length,
    dataHash: hashExamples(EXAMPLES),
    seed: 1,
    examples: EXAMPLES,
    validation: rows,
  });
  assert.match(card, new RegExp(hashArtifact(bytes)));
  assert.match(card, /\| planted \| 600 \| 2 \|/);
});
