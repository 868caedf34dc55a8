/** Planning: steps, days or resources are to be put in order towards a goal. */
import { joinClues, when, type Finding, type Reading } from './reading.ts';
import type { RequestedObject } from './requested-object.ts';

export const recognisePlanning = ({ cues }: Reading, object: RequestedObject): Finding => {
  const { leading, count, evidence } = cues.plan;
  const planned = cues.plan_object.count > 0;
  return joinClues([
    {
      rule: 'planning.instruction',
      strength: when(leading > 0 && object !== 'program', planned ? 0.65 : 0.4),
      evidence,
    },
    { rule: 'planning.asked', strength: when(object === 'plan', planned ? 0.6 : 0.45), evidence },
    { rule: 'planning.named', strength: when(leading === 0 && count > 0 && planned, 0.35), evidence },
    {
      rule: 'planning.bounds',
      strength: when(count > 0 && planned && cues.constraint.count + cues.unit.count > 0, 0.15),
      evidence: cues.constraint.evidence,
    },
  ]);
};
