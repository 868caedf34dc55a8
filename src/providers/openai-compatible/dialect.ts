/** In which words a server that speaks Chat Completions is asked: its profile's, else those that the fewest refuse. */
import type { Effort } from '../../canonical/effort.ts';
import type { JsonObject } from '../../canonical/json.ts';
import type { Deployment } from '../../catalog/component.ts';
import { recogniseProvider } from '../../catalog/known-providers.ts';
import { COMPATIBLE, type Dialect } from '../../catalog/provider-profile.ts';

/** Asked for several times in every call, and the same for as long as a deployment lives. */
const DIALECTS = new WeakMap<Deployment, Dialect>();

export const dialectOf = (deployment: Deployment): Dialect => {
  const found = DIALECTS.get(deployment);
  if (found !== undefined) return found;
  const dialect = recogniseProvider(deployment.provider, deployment.baseUrl)?.dialect ?? COMPATIBLE;
  DIALECTS.set(deployment, dialect);
  return dialect;
};

/** Whether the model wants its earlier reasoning back on assistant turns with tool calls, else it answers 400. */
export const echoesReasoning = ({ model }: Deployment): boolean =>
  /^(?:deepseek|moonshot|moonshotai|kimi|zai|z-ai|zhipu|minimax|xiaomi)/.test(model.lab.toLowerCase());

/** Whether `reasoning_content` and the like inside messages are refused as unknown members. */
export const refusesReasoning = ({ model }: Deployment): boolean => {
  const lab = model.lab.toLowerCase();
  return lab.startsWith('mistral') || (/^(?:openai|google|xai)/.test(lab) && !model.openWeights);
};

const withLevel = (effort: Effort, { model }: Deployment): JsonObject =>
  model.reasoning.efforts.filter((known) => known !== 'none').length > 1 && effort !== 'none'
    ? { reasoning_effort: effort }
    : {};

/** Body members that ask for an effort which the model accepts. */
export const toReasoningMembers = (effort: Effort, deployment: Deployment): JsonObject => {
  const on = effort !== 'none';
  switch (dialectOf(deployment).reasoning) {
    case 'effort':
      return { reasoning_effort: effort };
    case 'openrouter':
      return { reasoning: { effort } };
    case 'thinking_type':
      return { thinking: { type: on ? 'enabled' : 'disabled' }, ...withLevel(effort, deployment) };
    case 'enable_thinking':
      return { enable_thinking: on };
    case 'effort_or_template':
      // Self-hosted servers switch hybrid models through the chat template.
      return deployment.model.reasoning.control === 'toggle'
        ? { chat_template_kwargs: { enable_thinking: on }, ...withLevel(effort, deployment) }
        : { reasoning_effort: effort };
  }
};
