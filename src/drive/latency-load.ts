/** The load of the latency run: prompts of an exact length, sent in parallel over kept connections. */
import { Agent, request } from 'undici';
import { brand } from '../brand.ts';
import { DataError } from '../errors.ts';
import { createRandom, type Random } from '../math/random.ts';
import { runParallel } from './concurrency.ts';

const WORDS =
  'the invoice of march was paid twice so please check which customer got it and write a short friendly note ' +
  'that explains what happened when the money comes back and whom to call about number 4711 next week thanks';

/** How the lab answers: all at once, or 50 events that arrive one by one, 2 ms apart. */
export const WHOLE_ANSWER = '[[lab:ok ttft_ms=0 tokens_per_second=0]]';
export const STREAMED_ANSWER = '[[lab:ok ttft_ms=0 tokens_per_second=500 tokens_per_event=1 output_tokens=47]]';

/** A prompt of exactly `chars` characters that no other call repeats, closed by a directive for the lab. */
export const toPrompt = (chars: number, random: Random, directive: string): string => {
  const words = WORDS.split(' ');
  const room = chars - directive.length;
  let text = '';
  while (text.length < room) {
    text += `${words[random.integer(words.length)] ?? ''} `;
  }
  return text.slice(0, room) + directive;
};

export interface BodyOptions {
  readonly model: string;
  readonly chars: number;
  readonly stream: boolean;
  readonly seed: number;
  readonly count: number;
}

/** Request bodies, made before the clock runs. */
export const createBodies = ({ model, chars, stream, seed, count }: BodyOptions): readonly string[] => {
  const random = createRandom(seed);
  const directive = stream ? STREAMED_ANSWER : WHOLE_ANSWER;
  return Array.from({ length: count }, () =>
    JSON.stringify({ model, stream, messages: [{ role: 'user', content: toPrompt(chars, random, directive) }] }),
  );
};

export interface Reply {
  readonly decisionId: string | null;
  readonly text: string;
  readonly wallMs: number;
}

export interface Load {
  readonly send: (url: string, body: string) => Promise<Reply>;
  /** Sends all, at most `concurrency` at a time. Throws DataError at the first answer that is not 200. */
  readonly sendAll: (url: string, bodies: readonly string[], concurrency: number) => Promise<void>;
  readonly close: () => Promise<void>;
}

export const createLoad = (): Load => {
  const agent = new Agent({ headersTimeout: 60_000, bodyTimeout: 60_000 });
  const send: Load['send'] = async (url, body) => {
    const startedAtMs = performance.now();
    const answer = await request(`${url}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      dispatcher: agent,
      body,
    });
    const text = await answer.body.text();
    if (answer.statusCode !== 200) {
      throw new DataError(`${url}: expected status 200, given ${answer.statusCode}: ${text.slice(0, 300)}`);
    }
    const decisionId = answer.headers[`${brand.headerPrefix}decision`];
    const wallMs = performance.now() - startedAtMs;
    return { decisionId: typeof decisionId === 'string' ? decisionId : null, text, wallMs };
  };
  return {
    send,
    sendAll: async (url, bodies, concurrency) => {
      await runParallel({ items: bodies, concurrency, run: (body) => send(url, body) });
    },
    close: () => agent.close(),
  };
};
