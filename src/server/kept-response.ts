/** Routes of kept answers: read one, read what was asked, delete it. Cancelling is for background answers, which are not served. */
import type { JsonObject } from '../canonical/json.ts';
import { InvalidRequestError } from '../errors.ts';
import type { ClientRequest } from './client-plane.ts';
import { sendJson } from './respond.ts';
import type { ResponseMemory } from './response-memory.ts';
import type { Route } from './route.ts';

type ResponseRoute = Extract<Route, { readonly type: 'response' }>;

/** Most items in one page, and how many there are in one that names no number (OpenAI, 2026). */
const MAX_ITEMS = 100;
const DEFAULT_ITEMS = 20;

const refuseCancel = (id: string): never => {
  const fix = 'Close the connection of a streamed answer to end it.';
  throw new InvalidRequestError(`${id.slice(0, 100)} is no background response and cannot be cancelled. ${fix}`, {
    code: 'invalid_request',
    field: 'response_id',
    blocking: [{ constraint: 'response_id', expected: 'a background response', given: id.slice(0, 100), fix }],
  });
};

/** A text alone is short for a list of one part; whoever lists items is told in full, as by OpenAI. */
const withParts = (item: JsonObject): JsonObject => {
  const { content, role } = item;
  if (typeof content !== 'string' || role === undefined) return item;
  return role === 'assistant'
    ? {
        type: 'message',
        status: 'completed',
        ...item,
        content: [{ type: 'output_text', text: content, annotations: [] }],
      }
    : { type: 'message', ...item, content: [{ type: 'input_text', text: content }] };
};

/** Items that came without an id have one by their place. */
const toListed = (item: JsonObject, index: number): JsonObject => {
  const full = withParts(item);
  return typeof item['id'] === 'string' ? full : { id: `item_${index}`, ...full };
};

const parseLimit = (query: URLSearchParams): number => {
  const text = query.get('limit');
  if (text === null) return DEFAULT_ITEMS;
  const limit = Number(text);
  if (Number.isInteger(limit) && limit >= 1 && limit <= MAX_ITEMS) return limit;
  const fix = `Send a whole number from 1 to ${MAX_ITEMS}.`;
  throw new InvalidRequestError(
    `limit: expected a whole number from 1 to ${MAX_ITEMS}, given ${text.slice(0, 20)}. ${fix}`,
    {
      field: 'limit',
      blocking: [{ constraint: 'limit', expected: `1 to ${MAX_ITEMS}`, given: text.slice(0, 20), fix }],
    },
  );
};

/** Newest first unless `order=asc` asks otherwise, as with OpenAI. */
const toItemList = (input: readonly JsonObject[], query: URLSearchParams): JsonObject => {
  const ascending = input.map(toListed);
  const items = query.get('order') === 'asc' ? ascending : ascending.toReversed();
  const after = query.get('after');
  const start = after === null ? 0 : items.findIndex(({ id }) => id === after) + 1;
  const limit = parseLimit(query);
  const data = items.slice(start, start + limit);
  return {
    object: 'list',
    data,
    first_id: data.at(0)?.['id'] ?? null,
    last_id: data.at(-1)?.['id'] ?? null,
    has_more: start + limit < items.length,
  };
};

export const serveKeptResponse = async (
  client: ClientRequest,
  { id, action }: ResponseRoute,
  memory: ResponseMemory,
): Promise<void> => {
  const { key, incoming } = client;
  switch (action) {
    case 'get':
      return sendJson(client, 200, (await memory.find(id, key)).response);
    case 'delete':
      await memory.forget(id, key);
      return sendJson(client, 200, { id, object: 'response', deleted: true });
    case 'input-items': {
      const query = new URL(incoming.url ?? '/', 'http://localhost').searchParams;
      return sendJson(client, 200, toItemList((await memory.find(id, key)).input, query));
    }
    case 'cancel':
      await memory.find(id, key);
      return refuseCancel(id);
  }
};
