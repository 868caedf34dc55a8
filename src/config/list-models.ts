/** Asks a server which models it has: one short GET, so that a local server needs no configuration. */
import { request } from 'undici';
import { z } from 'zod';

/** A local server answers in a few milliseconds; one that does not is treated as not running. */
const TIMEOUT_MS = 500;

/** Ids beyond this many are ignored. */
const MAX_MODELS = 1000;
const MAX_ANSWER_BYTES = 2 * 1024 * 1024;

export interface ListModelsRequest {
  /** Where the provider's API begins; `/models` is added. */
  readonly baseUrl: string;
  /** Sent as a bearer token; null: none. */
  readonly secret: string | null;
}

/** Ids of the models that a server offers. Rejects when it cannot be reached in time or answers something else. */
export type ListModels = (from: ListModelsRequest) => Promise<readonly string[]>;

const modelList = z.object({ data: z.array(z.object({ id: z.string().min(1).max(200) })) });

export const listModels: ListModels = async ({ baseUrl, secret }) => {
  const { statusCode, body } = await request(`${baseUrl}/models`, {
    headers: { accept: 'application/json', ...(secret === null ? {} : { authorization: `Bearer ${secret}` }) },
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  const text = await readAtMost(body, MAX_ANSWER_BYTES);
  if (statusCode !== 200) throw new Error(`${baseUrl}/models answered ${statusCode}`);
  const { data } = modelList.parse(JSON.parse(text));
  return data.slice(0, MAX_MODELS).map(({ id }) => id);
};

const readAtMost = async (chunks: AsyncIterable<Uint8Array>, maxBytes: number): Promise<string> => {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of chunks) {
    bytes += chunk.length;
    if (bytes > maxBytes) throw new Error(`the list of models is larger than ${maxBytes} bytes`);
    parts.push(chunk);
  }
  return Buffer.concat(parts).toString('utf8');
};
