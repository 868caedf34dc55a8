/**
 * A live check: one tiny call per deployment and control, within a budget. It says what worked with this key, at this
 * address, today; nothing else can.
 */
import type { CanonicalResponse } from '../canonical/response.ts';
import { toUsd } from '../canonical/money.ts';
import type { StreamPart } from '../canonical/stream-part.ts';
import type { Usage } from '../canonical/usage.ts';
import { needsResponses } from '../catalog/call-protocol.ts';
import type { Deployment } from '../catalog/component.ts';
import { estimateCostMicroUsd, toCost } from '../catalog/cost.ts';
import { GearboxError } from '../errors.ts';
import type { FindProvider, Provider, ProviderAnswer, Target } from '../providers/provider.ts';
import { toProbeRequests, type ProbeControl, type ProbeRequest } from './probe-request.ts';

export type ProbeResult = 'ok' | 'failed' | 'skipped';

export interface Probed {
  readonly deployment: string;
  readonly control: ProbeControl;
  readonly result: ProbeResult;
  /** What went wrong, why it was not tried, or what was adapted; null: nothing to say. */
  readonly detail: string | null;
  readonly elapsedMs: number | null;
  /** Null: the provider did not say what it used; the estimate was taken off the budget. */
  readonly costMicroUsd: number | null;
}

export interface ProbeOptions {
  readonly deployments: readonly Deployment[];
  readonly findProvider: FindProvider;
  readonly budgetMicroUsd: number;
  /** Monotonic milliseconds. */
  readonly clock: () => number;
  readonly signal: AbortSignal;
  readonly onProbed: (probed: Probed) => void;
}

/** Tokens that a probe sends, tools and schema included, at most. */
const INPUT_TOKENS = 300;
const TIMEOUT_MS = 60_000;

const estimate = ({ model: { price } }: Deployment, { maxOutputTokens }: ProbeRequest): number | null =>
  estimateCostMicroUsd({
    inputTokens: INPUT_TOKENS,
    cachedTokens: 0,
    writesCache: false,
    outputTokens: maxOutputTokens,
    price,
  });

/** What an answer of the control must hold; null: it does. A cut answer shows that the control was taken. */
const findFlaw = (control: ProbeControl, { choices }: CanonicalResponse): string | null => {
  const [choice] = choices;
  if (choice === undefined) return 'the answer is empty';
  if (choice.finish.kind === 'length') return null;
  const text = choice.content.flatMap((part) => (part.type === 'text' ? [part.text] : [])).join('');
  if (control === 'tool') return choice.content.some(({ type }) => type === 'tool-call') ? null : 'no tool was called';
  if (control !== 'schema') return text.trim() === '' ? 'the answer has no text' : null;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && 'word' in value ? null : 'the answer does not fit the schema';
  } catch {
    return 'the answer is no JSON';
  }
};

interface Seen {
  readonly flaw: string | null;
  readonly usage: Usage | null;
}

const readStream = async (answer: Extract<ProviderAnswer, { type: 'stream' }>): Promise<Seen> => {
  let usage: Usage | null = null;
  let last: StreamPart['type'] | null = null;
  for await (const frames of answer.batches) {
    for (const part of frames.flatMap(({ parts }) => parts)) {
      if (part.type === 'error') return { flaw: part.fault.message, usage };
      if (part.type === 'usage') ({ usage } = part);
      last = part.type;
    }
  }
  return { flaw: last === 'end' ? null : 'the stream ended without its last event', usage };
};

/** Leaves after the first event; a provider that goes on is not seen to, but the connection must be gone. */
const leaveStream = async (answer: Extract<ProviderAnswer, { type: 'stream' }>): Promise<Seen> => {
  for await (const frames of answer.batches) {
    const fault = frames.flatMap(({ parts }) => parts).find((part) => part.type === 'error');
    return { flaw: fault === undefined ? null : fault.fault.message, usage: null };
  }
  return { flaw: 'the stream ended before its first event', usage: null };
};

const look = async (probe: ProbeRequest, answer: ProviderAnswer): Promise<Seen> => {
  switch (answer.type) {
    case 'fault':
      return { flaw: `status ${answer.fault.status}: ${answer.fault.message}`, usage: null };
    case 'whole':
      return { flaw: findFlaw(probe.control, answer.response), usage: answer.response.usage };
    case 'stream':
      return probe.control === 'cancel' ? leaveStream(answer) : readStream(answer);
  }
};

interface Probing extends Pick<ProbeOptions, 'clock' | 'signal'> {
  readonly provider: Provider;
  readonly deployment: Deployment;
}

const callOnce = async (probe: ProbeRequest, { provider, deployment, clock, signal }: Probing): Promise<Probed> => {
  const target: Target = {
    deployment,
    effort: probe.effort,
    verbosity: null,
    maxOutputTokens: probe.maxOutputTokens,
    instructions: null,
    forwardHeaders: {},
  };
  const startedAt = clock();
  const done = (result: ProbeResult, detail: string | null, costMicroUsd: number | null): Probed => ({
    deployment: deployment.id,
    control: probe.control,
    result,
    detail,
    elapsedMs: clock() - startedAt,
    costMicroUsd,
  });
  try {
    const limited = AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]);
    const answer = await provider.send(probe.request, target, { signal: limited, mode: 'full', strictParams: false });
    const { flaw, usage } = await look(probe, answer);
    const cost = usage === null ? null : toCost(usage, deployment.model.price, usage.serviceTier);
    const adapted = answer.warnings.map(({ message }) => message).join(' ');
    const detail = flaw ?? (adapted === '' ? null : adapted);
    return done(flaw === null ? 'ok' : 'failed', detail, cost?.type === 'known' ? cost.microUsd : null);
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    if (error instanceof GearboxError) return done('failed', error.message, null);
    if (error instanceof Error && error.name === 'TimeoutError')
      return done('failed', `no answer within ${TIMEOUT_MS / 1_000} s`, null);
    throw error;
  }
};

const skipped = ({ id }: Deployment, { control }: ProbeRequest, detail: string): Probed => ({
  deployment: id,
  control,
  result: 'skipped',
  detail,
  elapsedMs: null,
  costMicroUsd: 0,
});

const usd = (microUsd: number): string => `$${toUsd(microUsd).toFixed(4)}`;

const protocolOf = (deployment: Deployment, { control, effort }: ProbeRequest): Deployment['protocol'] =>
  deployment.alsoResponses && needsResponses(deployment, { hasTools: control === 'tool', effort })
    ? 'openai-responses'
    : deployment.protocol;

/** Every deployment and control in turn; a failed text call leaves the rest of its deployment out. */
export const probe = async (options: ProbeOptions): Promise<readonly Probed[]> => {
  const { deployments, findProvider, clock, signal, onProbed } = options;
  const all: Probed[] = [];
  let left = options.budgetMicroUsd;
  const add = (probed: Probed): Probed => {
    all.push(probed);
    onProbed(probed);
    return probed;
  };

  const probeControl = async (deployment: Deployment, request: ProbeRequest): Promise<Probed> => {
    const cost = estimate(deployment, request);
    if (cost === null) return skipped(deployment, request, 'its price is unknown, so no budget can hold; give it one');
    if (cost > left)
      return skipped(deployment, request, `it may cost ${usd(cost)}, and ${usd(left)} of the budget is left`);
    const provider = findProvider(deployment.provider, protocolOf(deployment, request));
    if (provider === undefined) return skipped(deployment, request, 'its provider is not configured');
    const probed = await callOnce(request, { provider, deployment, clock, signal });
    left -= probed.costMicroUsd ?? cost;
    return probed;
  };

  for (const deployment of deployments) {
    for (const request of toProbeRequests(deployment.model)) {
      const probed = add(await probeControl(deployment, request));
      // A wrong key or address fails everywhere in the same way.
      if (request.control === 'text' && probed.result === 'failed') break;
    }
  }
  return all;
};
