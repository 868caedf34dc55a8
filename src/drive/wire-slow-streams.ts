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
}

export interface SlowStreams {
  readonly streams: number;
  /** Streams that said exactly what the lab was told to say. */
  readonly correct: number;
  /** While all were open. */
  readonly rssBytes: number;
  readonly elapsedMs: number;
}

/** 40 events over 6 seconds: all of the streams are open at a time for most of it. */
const EVENTS = 40;
const SETTINGS = 'ttft_ms=500 tokens_per_second=7 tokens_per_event=1';
const FILLER = 'lab '.repeat(EVENTS);
const READ_AFTER_MS = 3_000;

const toBody = (model: string, number: number): string =>
  JSON.stringify({
    model,
    stream: true,
    messages: [{ role: 'user', content: `Stream ${number} [[lab:ok ${SETTINGS} output_tokens=${EVENTS}]]` }],
  });

export const runSlowStreams = async ({ gateway, model, streams }: SlowStreamsOptions): Promise<SlowStreams> => {
  const agent = new Agent({ connections: streams, headersTimeout: 120_000, bodyTimeout: 120_000 });
  const startedAt = performance.now();
  const open = async (number: number): Promise<boolean> => {
    const answer = await request(`${gateway.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      dispatcher: agent,
      body: toBody(model, number),
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
    await sleep(READ_AFTER_MS);
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
