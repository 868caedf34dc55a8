/** Direct calls: a provider's model as it is, outside every configured component. */
import { effortRank, type Effort } from '../canonical/effort.ts';
import type { Component, Deployment } from '../catalog/component.ts';
import type { Features } from '../features/signals.ts';
import type { Candidate } from '../policy/candidate.ts';
import { findCostBound, findEffortBound, findLatencyBound, findStrictEffort } from '../policy/constraints.ts';
import { candidateEfforts } from '../policy/effort.ts';
import { predict, toPredictionContext } from '../policy/predict.ts';
import type { Prepared } from './decided.ts';

/** A component of its own for one request: one deployment, every parameter left to the caller. */
export const toDirectComponent = (deployment: Deployment, simulated: boolean): Component => ({
  name: deployment.id,
  role: 'direct',
  deployments: [deployment],
  effort: 'provider',
  verbosity: null,
  maxOutputTokens: null,
  instructions: null,
  for: [],
  limits: { router: null, user: null },
  mini: null,
  simulated,
  hash: deployment.id,
});

/** A direct component bears a deployment's id, and the name of a configured one cannot hold a slash. */
export const isDirectComponent = ({ name }: Pick<Component, 'name'>): boolean => name.includes('/');

const lower = (asked: Effort | null, ceiling: Effort | null): Effort | null =>
  asked !== null && ceiling !== null && effortRank(asked) > effortRank(ceiling) ? ceiling : asked;

/** The effort to send; undefined when every effort of the model is above the caller's ceiling. */
const toEffort = (prepared: Prepared, component: Component): Effort | null | undefined => {
  const { maxEffort: ceiling } = prepared.controls;
  const asked = lower(prepared.effort, ceiling);
  if (!component.deployments[0].inCatalog) return asked;
  return candidateEfforts({ component, asked, ceiling, wantsDepth: false })[0];
};

/**
 * The one candidate of a direct call. The provider is the judge of what its model can do, so no filter on capabilities
 * applies; the caller's own bounds do, and `strict_params` where an effort would be clamped.
 */
export const toDirectCandidate = (prepared: Prepared, component: Component, features: Features): Candidate => {
  const { maxEffort, maxCostMicroUsd, maxLatencyMs } = prepared.controls;
  const { model } = component.deployments[0];
  const effort = toEffort(prepared, component);
  if (effort === undefined)
    return {
      component,
      effort: model.reasoning.efforts[0] ?? null,
      excluded: findEffortBound(model, maxEffort ?? 'none'),
    };
  const isStrict = prepared.controls.strictParams && component.deployments[0].inCatalog;
  const clamped = isStrict ? findStrictEffort(component, prepared) : null;
  if (clamped !== null) return { component, effort, excluded: clamped };
  const isBounded = maxCostMicroUsd !== null || maxLatencyMs !== null;
  if (!isBounded) return { component, effort, excluded: null };
  const context = toPredictionContext(features, prepared.request.maxOutputTokens);
  const prediction = predict(context, { component, effort });
  const excluded = findCostBound(prediction, maxCostMicroUsd) ?? findLatencyBound(prediction, maxLatencyMs);
  return { component, effort, excluded };
};
