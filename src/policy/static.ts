/** The static policy: one component for everything it can serve; the thinnest router. */
import { toNoCandidateError } from './candidates.ts';
import type { Policy, PolicyDecision, PolicyInput, ReasonCode } from './policy.ts';
import { compare } from './comparing.ts';
import { isKeptAtLevel } from './explicit.ts';
import { constantsHash } from './rules.ts';
import { scoreCandidates, toContext, toScores, type Scored } from './scoring.ts';

/** Of several efforts the model's own default, else the first: a static policy reads nothing of the request. */
const pickEffort = (options: readonly Scored[]): Scored | undefined =>
  options.find(({ candidate: { component, effort } }) => {
    const own = component.deployments[0].model.reasoning.defaultEffort;
    return effort !== null && effort === own;
  }) ?? options[0];

const codesOf = (
  { preference }: PolicyInput,
  chosen: Scored,
  served: boolean,
): readonly [ReasonCode, ...ReasonCode[]] => {
  const asked = preference.effort !== null && !isKeptAtLevel(chosen.candidate, preference.effort);
  const effort: readonly ReasonCode[] = asked ? ['effort_asked'] : [];
  if (preference.componentChosen) return ['explicit_choice', ...effort];
  return [served ? 'type_default' : 'only_feasible', ...effort];
};

/**
 * Always `component`; where it cannot serve the request, the first component that can. Predictions are recorded but
 * not used. Throws NoCandidateError when nothing is feasible.
 */
export const createStaticPolicy = ({ component }: { readonly component: string }): Policy => ({
  version: `static@${constantsHash(component)}`,
  usesDraw: false,
  readsGrams: false,
  decide: (input): PolicyDecision => {
    const scored = scoreCandidates(input, toContext(input));
    const feasible = scored.filter(({ candidate }) => candidate.excluded === null);
    const own = feasible.filter(({ candidate }) => candidate.component.name === component);
    const first = feasible[0]?.candidate.component.name;
    const chosen = pickEffort(
      own.length > 0 ? own : feasible.filter(({ candidate }) => candidate.component.name === first),
    );
    if (chosen === undefined) throw toNoCandidateError(input.candidates);
    return {
      chosen: chosen.index,
      scores: toScores(input, scored, chosen.index),
      reasonCodes: codesOf(input, chosen, own.length > 0),
      confidence: input.preference.componentChosen ? 'known' : 'unfamiliar',
      against: compare(chosen, feasible),
    };
  },
});
