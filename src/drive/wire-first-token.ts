/** Time to the first token of a stream: the gateway's beside the lab's own, in turns. */
import { Agent, request } from 'undici';
import { quantile } from '../math/statistics.ts';
import { createBodies } from './latency-load.ts';

export interface FirstTokenOptions {
  readonly gatewayUrl: string;
  readonly bareUrl: string;
  readonly labUrl: string;
  /** Name of the gateway's component behind whose stream the lab's `fast` stands. */
  readonly model: string;
  readonly requests: number;
}

export interface FirstToken {
  readonly labMs: number;
  readonly gatewayMs: number;
  /** Of a proxy that only forwards: what one more process in between costs on this machine. */
  readonly bareMs: number;
  /** Difference of the medians. */
  readonly addedMs: number;
}

/** Enough for the compilers to be done with the way of a stream. */
const WARM_UP = 100;

const firstByteMs = async (url: string, body: string, agent: Agent): Promise<number> => {
  const startedAt = performance.now();
  const answer = await request(`${url}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    dispatcher: agent,
    body,
  });
  let first: number | null = null;
  for await (const _chunk of answer.body) first ??= performance.now() - startedAt;
  return first ?? Number.NaN;
};

export const probeFirstToken = async (options: FirstTokenOptions): Promise<FirstToken> => {
  const { gatewayUrl, bareUrl, labUrl, model, requests } = options;
  const agent = new Agent();
  const count = WARM_UP + requests;
  const direct = createBodies({ model: 'fast', chars: 400, stream: true, seed: 3, count });
  const routed = createBodies({ model, chars: 400, stream: true, seed: 3, count });
  const lab: number[] = [];
  const gateway: number[] = [];
  const bare: number[] = [];
  try {
    for (const [index, body] of direct.entries()) {
      const labMs = await firstByteMs(labUrl, body, agent);
      const gatewayMs = await firstByteMs(gatewayUrl, routed[index] ?? body, agent);
      const bareMs = await firstByteMs(bareUrl, body, agent);
      if (index >= WARM_UP) {
        lab.push(labMs);
        gateway.push(gatewayMs);
        bare.push(bareMs);
      }
    }
  } finally {
    await agent.close();
  }
  const [labMs, gatewayMs, bareMs] = [quantile(lab, 0.5), quantile(gateway, 0.5), quantile(bare, 0.5)];
  return { labMs, gatewayMs, bareMs, addedMs: gatewayMs - labMs };
};
