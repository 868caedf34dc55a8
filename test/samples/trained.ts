/**
 * A tiny trained router for tests, from a made-up matrix with a planted pattern: two families of prompts with words of
 * their own; in one thinking solves .5 more than fast, in the other the same.
 */
import { writeFile } from 'node:fs/promises';
import { extractFeatures } from '../../src/features/extract.ts';
import { toRequest, user } from '../../src/features/request.test-data.ts';
import type { Features } from '../../src/features/signals.ts';
import { hashArtifact, parseArtifact, renderArtifact } from '../../src/learn/artifact-file.ts';
import type { TierExample } from '../../src/learn/tier-targets.ts';
import { trainArtifact } from '../../src/learn/train.ts';
import { createRandom, type Random } from '../../src/math/random.ts';
import type { RouterArtifact } from '../../src/policy/learned/artifact.ts';
import { readGround } from '../../src/policy/learned/outlook.ts';
import { toPredictionContext } from '../../src/policy/predict.ts';

export type Family = 'gains' | 'equal';

const WORDS: Readonly<Record<Family, readonly string[]>> = {
  gains:
    'glacier moraine cirque serac bergschrund firn esker drumlin kame tarn fjord crevasse nunatak arete corrie outwash varve till erratic striation'.split(
      ' ',
    ),
  equal:
    'sonata cadenza fugue rondo minuet scherzo motet madrigal toccata gavotte sarabande bourree courante passacaglia chaconne ricercar villanella nocturne mazurka polonaise'.split(
      ' ',
    ),
};

const SCORES: Readonly<Record<Family, readonly [number, number]>> = { gains: [0.4, 0.9], equal: [0.8, 0.8] };

const WORDS_PER_PROMPT = 10;
const PROMPTS_PER_FAMILY = 150;

/** Ten words of the family in any order. */
export const samplePrompt = (family: Family, random: Random): string =>
  Array.from({ length: WORDS_PER_PROMPT }, () => {
    const words = WORDS[family];
    return words[random.integer(words.length)] ?? '';
  }).join(' ');

export const featuresOf = (text: string): Features => extractFeatures(toRequest([user(text)]));

/** Whether the artifact predicts something for this prompt. */
export const isKnown = (artifact: RouterArtifact, text: string): boolean => {
  const features = featuresOf(text);
  return readGround(artifact, features, toPredictionContext(features, null)).outlook !== null;
};

const sampleExamples = (): readonly TierExample[] => {
  const random = createRandom(7);
  return (['gains', 'equal'] as const).flatMap((family) =>
    Array.from({ length: PROMPTS_PER_FAMILY }, (_, at) => ({
      example: {
        source: 'made-up',
        task: `made-up/${family}`,
        promptId: `${family}-${at}`,
        group: `${family}-${at}`,
        features: featuresOf(samplePrompt(family, random)),
        outcomes: new Map(),
      },
      scores: SCORES[family],
      fastTokens: 100,
    })),
  );
};

export interface SampleRouter {
  readonly artifact: RouterArtifact;
  readonly bytes: Uint8Array;
  /** SHA-256 of the bytes, hexadecimal. */
  readonly hash: string;
}

/** Trained by the real trainer and read back from its bytes, as a server reads it. */
export const trainSampleRouter = (name = 'sample'): SampleRouter => {
  const bytes = renderArtifact(trainArtifact(sampleExamples(), { name, seed: 1 }));
  return { artifact: parseArtifact(bytes), bytes, hash: hashArtifact(bytes) };
};

export const writeSampleRouter = async (path: string, name?: string): Promise<SampleRouter> => {
  const router = trainSampleRouter(name);
  await writeFile(path, router.bytes);
  return router;
};
