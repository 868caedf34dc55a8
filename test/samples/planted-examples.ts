/** Made-up outcome data with a pattern that training must find: on riddles thinking helps, on recipes it does not. */
import { toPromptFeatures } from '../../src/learn/example.ts';
import type { TierExample } from '../../src/learn/tier-targets.ts';
import { createRandom, type Random } from '../../src/math/random.ts';

const RIDDLES =
  'guard,lantern,bridge,keeper,tower,gate,raven,crown,key,vault,mirror,scroll,torch,moat,throne,herald'.split(',');
const RECIPES =
  'butter,onion,basil,dough,oven,garlic,saucepan,simmer,pepper,flour,lemon,yeast,broth,skillet,parsley,cream'.split(
    ',',
  );

const pick = (words: readonly string[], random: Random): string => words[random.integer(words.length)] ?? '';

const phrase = (words: readonly string[], random: Random): string =>
  Array.from({ length: 14 }, () => pick(words, random)).join(' ');

export type Kind = 'riddle' | 'recipe';

export const plantedPrompt = (kind: Kind, random: Random): string =>
  kind === 'riddle'
    ? `About the castle: ${phrase(RIDDLES, random)}. Where does the ${pick(RIDDLES, random)} stand?`
    : `About the kitchen: ${phrase(RECIPES, random)}. What goes with the ${pick(RECIPES, random)}?`;

/** P(success) of fast and thinking. */
export const PLANTED: Readonly<Record<Kind, readonly [number, number]>> = { riddle: [0.3, 0.9], recipe: [0.9, 0.9] };

/** Half riddles, half recipes, outcomes drawn from `PLANTED`. */
export const plantedExamples = (size: number, seed: number): readonly TierExample[] => {
  const random = createRandom(seed);
  return Array.from({ length: size }, (_, at): TierExample => {
    const kind: Kind = at % 2 === 0 ? 'riddle' : 'recipe';
    const [fast, thinking] = PLANTED[kind];
    const features = toPromptFeatures({ prompt: plantedPrompt(kind, random), tools: [] });
    return {
      example: {
        source: 'planted',
        task: `planted/${kind}`,
        promptId: String(at),
        group: `group-${at}`,
        features,
        outcomes: new Map(),
      },
      scores: [Number(random.next() < fast), Number(random.next() < thinking)],
      fastTokens: kind === 'riddle' ? 100 + random.integer(50) : 400 + random.integer(200),
    };
  });
};
