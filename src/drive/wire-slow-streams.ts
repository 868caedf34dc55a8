/** Many slow streams at a time through one process: each must be whole, and the memory that they take is told. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Agent, request } from 'undici';
import { DataError } from '../errors.ts';
import type { DrivenProcess } from './processes.ts';
import { fromStream } from './wire-stream.ts';

export interface SlowStreamsOptions {
  readonly gateway: DrivenProcess;
  readonly model: string;
  readonly streams: number;
  /** How slow: events of one stream in a second. */
  readonly eventsPerSecond: number;
}

export interface SlowStreams {
  readonly streams: number;
  /** Streams that said exactly what the lab was told to say. */
  readonly correct: number;
  /** While all were open. */
  readonly rssBytes: number;
  readonly elapsedMs: number;
}

const EVENTS = 40;
const MS_PER_SECOND = 1_000;
const FILLER = 'lab '.repeat(EVENTS);

const toBody = ({ model, eventsPerSecond }: SlowStreamsOptions, number: number): string => {
  const settings = `ttft_ms=500 tokens_per_second=${eventsPerSecond} tokens_per_event=1 output_tokens=${EVENTS}`;
  const content = `Stream ${number} [[lab:ok ${settings}]]`;
  return JSON.stringify({ model, stream: true, messages: [{ role: 'user', content }] });
};

export const runSlowStreams = async (options: SlowStreamsOptions): Promise<SlowStreams> => {
  const { gateway, streams, eventsPerSecond } = options;
  const agent = new Agent({ connections: streams, headersTimeout: 120_000, bodyTimeout: 120_000 });
  const startedAt = performance.now();
  const open = async (number: number): Promise<boolean> => {
    const answer = await request(`${gateway.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      dispatcher: agent,
      body: toBody(options, number),
    });
    const text = await answer.body.text();
    if (answer.statusCode !== 200)
      throw new DataError(`stream ${number}: status ${answer.statusCode}: ${text.slice(0, 200)}`);
    const said = fromStream('openai-chat', text);
    return said.ending === 'complete' && said.text === FILLER;
  };
  try {
    const running = Promise.all(Array.from({ length: streams }, (_, number) => open(number)));
    // A failure is reported where it is awaited, below; meanwhile it must not count as unhandled.
    running.catch(() => {});
    // Half way through, when all are open.
    await sleep((EVENTS / eventsPerSecond / 2) * MS_PER_SECOND);
    const { rssBytes } = await gateway.usage();
    const results = await running;
    return {
      streams,
      correct: results.filter(Boolean).length,
      rssBytes,
      elapsedMs: performance.now() - startedAt,
    };
  } finally {
    await agent.close();
  }
};
