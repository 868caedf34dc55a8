/** The call of a provider: carries out a decision, and keeps in its exchange what became of it. */
import type { Cancellation } from '../canonical/cancellation.ts';
import type { IdSources } from '../canonical/identifier.ts';
import type { ClientProtocol, UpstreamProtocol } from '../canonical/protocol.ts';
import type { CanonicalRequest } from '../canonical/request.ts';
import type { UpstreamFault } from '../canonical/stream-part.ts';
import { GearboxError, ProviderError } from '../errors.ts';
import { createAttempt } from '../executor/attempt.ts';
import { execute, type Executed } from '../executor/execute.ts';
import { awaitPatiently } from '../executor/patience.ts';
import { toCallProtocol } from '../catalog/call-protocol.ts';
import { usesTools } from '../policy/feasibility.ts';
import type { FindProvider } from '../providers/provider.ts';
import { isAbandoned } from './abandoned.ts';
import { toTarget } from './decide.ts';
import type { Exchange } from './exchange.ts';
import { toLabHeader } from './lab-note.ts';

/** As much of a client's call as goes on to a provider. */
export interface Outgoing {
  readonly request: CanonicalRequest;
  /** The client's, lower-case names. Only those of `FORWARDED` travel on. */
  readonly headers: Readonly<Record<string, string>>;
  /** Aborted when the client leaves, or with a GearboxError as its reason when the call must end. */
  readonly signal: Cancellation;
  /** A stream without its first event begins after this time all the same. Default: it never does. */
  readonly patienceMs?: number;
}

export interface CallProviderOptions {
  readonly findProvider: FindProvider;
  readonly ids: IdSources;
  /** Monotonic milliseconds. */
  readonly clock: () => number;
}

/** What the record keeps; the message of a defect goes to the log only, since it may hold anything. */
const toCallFault = (error: unknown): UpstreamFault => {
  const known = error instanceof GearboxError ? error : null;
  return {
    status: known?.status ?? 500,
    code: known?.code ?? 'internal_error',
    type: null,
    message: known?.message ?? 'Gearbox failed on this request.',
    retryAfterSeconds: null,
  };
};

/**
 * Headers that belong to the body of their protocol: without the beta's name the provider refuses the members that the
 * client sent for it. Another protocol's provider never sees them.
 */
const FORWARDED: Readonly<Partial<Record<ClientProtocol, readonly string[]>>> = {
  'anthropic-messages': ['anthropic-version', 'anthropic-beta'],
};

const toForwarded = ({ request, headers }: Outgoing, protocol: UpstreamProtocol): Record<string, string> => {
  const forwarded: Record<string, string> = {};
  if (request.source.protocol !== protocol) return forwarded;
  for (const name of FORWARDED[protocol] ?? []) {
    const value = headers[name];
    if (value !== undefined) forwarded[name] = value;
  }
  return forwarded;
};

const startCall = (exchange: Exchange, call: Outgoing, { findProvider, ids, clock }: CallProviderOptions) => {
  const { decided } = exchange;
  const { request, signal, patienceMs = Number.POSITIVE_INFINITY } = call;
  const candidate = exchange.handedTo() ?? decided.chosen;
  const [deployment] = candidate.component.deployments;
  const shape = { client: request.source.protocol, hasTools: usesTools(request), effort: candidate.effort };
  const provider = findProvider(deployment.provider, toCallProtocol(deployment, shape));
  if (provider === undefined)
    throw new ProviderError(`The provider ${deployment.provider} of ${deployment.id} is not configured.`);
  const target = toTarget(decided, candidate, { ...toForwarded(call, provider.protocol), ...toLabHeader(decided) });
  const attempt = createAttempt({
    n: exchange.priced().length + 1,
    deployment,
    choices: request.sampling.choices ?? 1,
    ids,
    clock,
  });
  exchange.setAttempt(attempt);
  const mode = provider.protocol === request.source.protocol ? 'observe' : 'full';
  const { strictParams } = decided.prepared.controls;
  const executing = execute({ provider, request, target, options: { signal, mode, strictParams }, attempt });
  if (!request.stream || !Number.isFinite(patienceMs)) return executing;
  return awaitPatiently(executing, { patienceMs, protocol: provider.protocol });
};

/** Makes the attempt, up to the first event or the end of patience. Rejects like `execute`, with the attempt failed. */
export const callProvider = async (
  exchange: Exchange,
  call: Outgoing,
  options: CallProviderOptions,
): Promise<Executed> => {
  try {
    return await startCall(exchange, call, options);
  } catch (error) {
    if (!isAbandoned(call.signal)) exchange.attempt()?.fail(toCallFault(error));
    throw error;
  }
};
