/** Where prompts go as they are and in changed forms: what robustness is measured on. */
import { toPromptFeatures } from '../learn/example.ts';
import type { RoutablePrompt } from '../outcomes/prompt.ts';
import { createRandom, type Random } from '../math/random.ts';
import type { RouterArtifact } from '../policy/learned/artifact.ts';
import { PERTURBATIONS, type Perturb, type Perturbation } from './perturbations.ts';
import { chooseTier, type TierChoice } from './tier-choice.ts';

/** What the user wrote is changed; what a program wrote around it is not. */
export const perturbPrompt = ({ prompt, tools }: RoutablePrompt, perturb: Perturb, random: Random): RoutablePrompt => ({
  prompt:
    typeof prompt === 'string'
      ? perturb(prompt, random)
      : prompt.map(({ role, content }) => ({ role, content: role === 'user' ? perturb(content, random) : content })),
  tools,
});

export interface ChoicesOf {
  readonly name: Perturbation['name'];
  /** By prompt. */
  readonly choices: readonly TierChoice[];
}

export interface PerturbedSet {
  readonly original: readonly TierChoice[];
  readonly perturbed: readonly ChoicesOf[];
}

export interface PerturbOptions {
  readonly artifact: RouterArtifact;
  readonly prompts: readonly RoutablePrompt[];
  readonly seed: number;
  readonly onProgress?: (name: string) => void;
}

/** Every prompt once as it is and once in each changed form; the same seed makes the same changes. */
export const perturbChoices = ({ artifact, prompts, seed, onProgress = () => {} }: PerturbOptions): PerturbedSet => {
  const random = createRandom(seed);
  const original = prompts.map((prompt) => chooseTier(artifact, toPromptFeatures(prompt)));
  return {
    original,
    perturbed: PERTURBATIONS.map(({ name, perturb }) => {
      onProgress(name);
      return {
        name,
        choices: prompts.map((prompt) =>
          chooseTier(artifact, toPromptFeatures(perturbPrompt(prompt, perturb, random))),
        ),
      };
    }),
  };
};
