/** Prompts without outcomes: how many of them are unfamiliar to an artifact, and how many it would have think. */
import type { RouterArtifact } from '../policy/learned/artifact.ts';
import { toPromptFeatures } from '../learn/example.ts';
import type { OutcomePrompt } from '../outcomes/prompt.ts';
import { toFixedText } from './interval-text.ts';
import { renderMarkdownTable } from './table.ts';
import { chooseTier } from './tier-choice.ts';

export interface GroundRow {
  /** Data set, and below it the category. */
  readonly prompts: string;
  readonly n: number;
  readonly unfamiliar_share: number;
  /** At the prices of `FIXED_PRICES`. */
  readonly thinking_share: number;
}

/** The data set, and its category where it has one of another name. */
const namesOf = ({ dataset, labels }: OutcomePrompt): readonly string[] =>
  labels.category === null || labels.category === dataset ? [dataset] : [dataset, `${dataset} / ${labels.category}`];

/** One row for each data set and each of its categories, in the order of their names. */
export const toGroundRows = (prompts: readonly OutcomePrompt[], artifact: RouterArtifact): readonly GroundRow[] => {
  const choices = prompts.flatMap((prompt) => {
    const choice = chooseTier(artifact, toPromptFeatures(prompt.routable));
    return namesOf(prompt).map((name) => ({ name, ...choice }));
  });
  const byName = [...Map.groupBy(choices, ({ name }) => name)].sort(([one], [other]) => (one < other ? -1 : 1));
  return byName.map(([name, members]) => ({
    prompts: name,
    n: members.length,
    unfamiliar_share: members.filter(({ ground }) => ground === 'unfamiliar').length / members.length,
    thinking_share: members.filter(({ isThinking }) => isThinking).length / members.length,
  }));
};

const percent = (share: number): string => toFixedText(share * 100, 1);

export const renderGroundRows = (rows: readonly GroundRow[]): string =>
  renderMarkdownTable([
    ['prompts', 'n', 'unfamiliar %', 'thinking %'],
    ...rows.map(({ prompts, n, unfamiliar_share: unfamiliar, thinking_share: thinking }) => [
      prompts,
      String(n),
      percent(unfamiliar),
      percent(thinking),
    ]),
  ]);
