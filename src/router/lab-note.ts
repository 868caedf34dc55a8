/** The note for the lab: facts about the real decision, which its demonstration answer prints. */
import { Buffer } from 'node:buffer';
import { toUsd } from '../canonical/money.ts';
import type { Candidate } from '../policy/candidate.ts';
import type { Decided } from './decided.ts';

/** Read by the lab only; sent to no other provider. */
export const LAB_HEADER = 'x-gearbox-lab';

const dearest = (decided: Decided): Candidate | undefined => {
  const thinking = decided.candidates.filter(
    ({ component, excluded }) => component.role === 'thinking' && excluded === null,
  );
  return thinking.find(({ effort }) => effort === 'high') ?? thinking.at(-1);
};

const costOf = (decided: Decided, candidate: Candidate | undefined): number | null => {
  if (candidate === undefined) return null;
  const score = decided.decision.scores[decided.candidates.indexOf(candidate)];
  const cost = score?.prediction?.costMicroUsd?.p50;
  return cost === undefined ? null : toUsd(Math.round(cost));
};

/** The lab's header for a simulated component; nothing for a real one. */
export const toLabHeader = (decided: Decided): Readonly<Record<string, string>> => {
  const { component, effort } = decided.chosen;
  if (!component.simulated) return {};
  const always = dearest(decided);
  const note = {
    component: component.name,
    model: component.deployments[0].upstreamModel,
    effort,
    reason: decided.reason,
    cost_usd: costOf(decided, decided.chosen),
    always_thinking_cost_usd: costOf(decided, always),
    priced_as: component.deployments[0].model.name,
    thinking_priced_as: always?.component.deployments[0].model.name ?? null,
  };
  return { [LAB_HEADER]: Buffer.from(JSON.stringify(note), 'utf8').toString('base64url') };
};
