/** Whether opaque reasoning may go to a deployment: only its maker can read it, and everybody else answers 400. */
import type { OpaqueReasoning } from '../canonical/content.ts';
import type { UpstreamProtocol } from '../canonical/protocol.ts';
import type { Deployment } from '../catalog/component.ts';
import { toAccount } from './tool-name.ts';

/**
 * Kinds that a protocol gives. Where a client says nothing of the origin, as in its maker's own protocol, the kind is
 * all there is to go by.
 */
const KINDS: Readonly<Record<UpstreamProtocol, readonly OpaqueReasoning['kind'][]>> = {
  'openai-chat': ['details'],
  'openai-responses': ['encrypted'],
  'anthropic-messages': ['signature', 'redacted'],
  gemini: ['thought-signature'],
};

export const isReadableBy = (
  { kind, provenance }: OpaqueReasoning,
  transport: UpstreamProtocol,
  { provider, upstreamModel, credentials }: Deployment,
): boolean => {
  if (!KINDS[transport].includes(kind)) return false;
  if (provenance === null) return true;
  return (
    provenance.transport === transport &&
    provenance.provider === provider &&
    provenance.model === upstreamModel &&
    provenance.account === toAccount(credentials)
  );
};
