/** Which protocol a call takes to a deployment that speaks more than one. */
import type { Effort } from '../canonical/effort.ts';
import type { ClientProtocol, UpstreamProtocol } from '../canonical/protocol.ts';
import type { Deployment } from './component.ts';

export interface CallShape {
  readonly client: ClientProtocol;
  /** Tools are offered, or the history holds calls of tools. */
  readonly hasTools: boolean;
  /** Null: nothing is sent, the model's default applies. */
  readonly effort: Effort | null;
}

/** Whether Chat Completions cannot carry the call, because the model takes tools over Responses only. */
export const needsResponses = (
  { model }: Pick<Deployment, 'model'>,
  { hasTools, effort }: Omit<CallShape, 'client'>,
): boolean => {
  const { chatTools } = model.capabilities;
  return hasTools && (chatTools === 'never' || (chatTools === 'without-reasoning' && effort !== 'none'));
};

/**
 * The client's own protocol where the deployment speaks it, because then the client's text passes through; Responses
 * where Chat Completions cannot carry the call; else the deployment's first.
 */
export const toCallProtocol = (deployment: Deployment, shape: CallShape): UpstreamProtocol => {
  const { protocol, alsoResponses } = deployment;
  if (protocol !== 'openai-chat' || !alsoResponses) return protocol;
  return shape.client === 'openai-responses' || needsResponses(deployment, shape) ? 'openai-responses' : protocol;
};
