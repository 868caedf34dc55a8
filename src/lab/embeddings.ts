/** Embeddings as the lab gives them: numbers out of a digest, the same for the same text, near to nothing. */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { toTokens } from './reply.ts';
import { parseWith } from './request.ts';

const DIMENSIONS = 8;
const MAX_BYTE = 255;

const schema = z.looseObject({
  model: z.string().min(1),
  input: z.union([z.string().min(1), z.array(z.string().min(1)).min(1)]),
  encoding_format: z.enum(['float', 'base64']).nullish(),
});

/** From -1 to 1. */
const toVector = (text: string): Float32Array =>
  Float32Array.from(
    createHash('sha256').update(text).digest().subarray(0, DIMENSIONS),
    (byte) => (2 * byte) / MAX_BYTE - 1,
  );

/** Throws InvalidRequestError naming the field. */
export const renderEmbeddings = (body: unknown): object => {
  const { model, input, encoding_format: format } = parseWith(schema, body);
  const texts = typeof input === 'string' ? [input] : input;
  const tokens = texts.reduce((sum, text) => sum + toTokens(text.length), 0);
  return {
    object: 'list',
    model,
    data: texts.map(toVector).map((vector, index) => ({
      object: 'embedding',
      index,
      embedding: format === 'base64' ? Buffer.from(vector.buffer).toString('base64') : [...vector],
    })),
    usage: { prompt_tokens: tokens, total_tokens: tokens },
  };
};
