/**
 * The memory of the Responses protocol: answers are kept, sealed, so that a later request may name one
 * (`previous_response_id`) or an item of one (`item_reference`) instead of repeating it. A request is completed from it
 * before it is parsed: whoever answers then, of whatever protocol, sees the whole conversation.
 */
import type { JsonObject, JsonValue } from '../canonical/json.ts';
import type { ClientKey } from '../catalog/pool.ts';
import { InvalidRequestError } from '../errors.ts';
import { spliceMembers } from '../json/splice.ts';
import { toKeyHash } from '../router/record.ts';
import type { KeptResponse, ResponseRow, Store, StoreReader } from '../store/store.ts';
import type { SealedBox } from './sealed-box.ts';

/** What is kept of one answer. Its conversation is found through `previous`, so that a long one is kept once. */
export interface Kept {
  readonly previous: string | null;
  /** Items of the request itself, in their order. */
  readonly input: readonly JsonObject[];
  /** The `response` object as the client got it. */
  readonly response: JsonObject;
}

/** A request as it is to be answered, and what of it is to be kept. */
export interface Completed {
  /** The body with everything in its `input` that it only named. */
  readonly text: string;
  readonly previous: string | null;
  /** The request's own items, references replaced. */
  readonly input: readonly JsonObject[];
  /** Whether its answer is to be kept: OpenAI keeps unless told not to. */
  readonly isKept: boolean;
}

export interface ResponseMemory {
  /** Throws InvalidRequestError (400). Null: the text is no JSON object, and the codec says so better. */
  readonly complete: (text: string, key: ClientKey | null) => Promise<Completed | null>;
  /** Keeps an answer. Readable at once; durable soon after. */
  readonly remember: (request: Completed, response: JsonObject, key: ClientKey | null) => void;
  /** Throws InvalidRequestError (404) where there is none of this key. */
  readonly find: (id: string, key: ClientKey | null) => Promise<Kept>;
  readonly forget: (id: string, key: ClientKey | null) => Promise<void>;
}

export interface ResponseMemoryOptions {
  readonly store: Pick<Store, 'putResponse' | 'deleteResponse'>;
  readonly reader: Pick<StoreReader, 'response' | 'responseOfItem'>;
  readonly box: SealedBox;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly keepMs: number;
  /** An answer could not be kept. */
  readonly onFailure: (error: unknown) => void;
}

/** Turns of one conversation that are followed back; a longer one is refused rather than cut. */
const MAX_TURNS = 1_000;

const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const parse = (text: string): JsonObject | null => {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : null;
  } catch {
    // The codec says what is wrong with it, in its own words.
    return null;
  }
};

const idOf = (item: JsonObject): string | null => (typeof item['id'] === 'string' ? item['id'] : null);

const itemsOf = (input: JsonValue | undefined): readonly JsonObject[] => {
  if (typeof input === 'string') return [{ type: 'message', role: 'user', content: input }];
  return Array.isArray(input) ? input.filter(isObject) : [];
};

const isReference = (item: JsonObject): boolean => item['type'] === 'item_reference';

const outputOf = ({ response }: Kept): readonly JsonObject[] => itemsOf(response['output']);

const missing = (field: string, id: string): InvalidRequestError => {
  const fix =
    'Send the whole conversation in `input`, or name an answer of this key that is not older than the retention.';
  return new InvalidRequestError(`${field}: there is nothing kept under ${id.slice(0, 100)}. ${fix}`, {
    code: field === 'response_id' ? 'not_found' : 'previous_response_not_found',
    // As OpenAI: a path that leads to nothing is 404, a body that names nothing 400.
    status: field === 'response_id' ? 404 : 400,
    field,
    blocking: [{ constraint: field, expected: 'a kept response', given: id.slice(0, 100), fix }],
  });
};

const tooLong = (): InvalidRequestError => {
  const fix = 'Begin a new conversation, or send the turns that still matter in `input`.';
  return new InvalidRequestError(`previous_response_id: the conversation has more than ${MAX_TURNS} turns. ${fix}`, {
    field: 'previous_response_id',
    blocking: [{ constraint: 'previous_response_id', expected: `at most ${MAX_TURNS} turns`, given: 'more', fix }],
  });
};

const ownerOf = (key: ClientKey | null): string | null => (key === null ? null : toKeyHash(key.sha256));

interface Lookup {
  /** Throws InvalidRequestError, which names `field`: 404 for a path, 400 for a member of the body. */
  readonly find: (id: string, key: ClientKey | null, field?: string) => Promise<Kept>;
  readonly conversationOf: (id: string, key: ClientKey | null) => Promise<readonly JsonObject[]>;
  readonly resolve: (items: readonly JsonObject[], key: ClientKey | null) => Promise<readonly JsonObject[]>;
}

/** `waiting`: kept, but perhaps not yet to be read from the store. */
const createLookup = (
  { reader, box, now }: ResponseMemoryOptions,
  waiting: ReadonlyMap<string, ResponseRow>,
): Lookup => {
  const open = (row: KeptResponse | undefined, key: ClientKey | null): Kept | null =>
    row === undefined || row.keyHash !== ownerOf(key) ? null : (JSON.parse(box.open(row.sealed)) as Kept);

  const find: Lookup['find'] = async (id, key, field = 'response_id') => {
    const kept = open(waiting.get(id) ?? (await reader.response(id, now())), key);
    if (kept === null) throw missing(field, id);
    return kept;
  };

  const findItem = async (id: string, key: ClientKey | null): Promise<JsonObject> => {
    const early = [...waiting.values()].findLast(({ itemIds }) => itemIds.includes(id));
    const kept = open(early ?? (await reader.responseOfItem(id, now())), key);
    const found = kept === null ? undefined : [...kept.input, ...outputOf(kept)].find((item) => idOf(item) === id);
    if (found === undefined) throw missing('input', id);
    return found;
  };

  return {
    find,
    conversationOf: async (id, key) => {
      const turns: (readonly JsonObject[])[] = [];
      for (let next: string | null = id; next !== null;) {
        if (turns.length >= MAX_TURNS) throw tooLong();
        const kept: Kept = await find(next, key, 'previous_response_id');
        turns.push([...kept.input, ...outputOf(kept)]);
        next = kept.previous;
      }
      return turns.toReversed().flat();
    },
    resolve: async (items, key) => {
      const resolved: JsonObject[] = [];
      for (const item of items) {
        const id = isReference(item) ? idOf(item) : null;
        resolved.push(id === null ? item : await findItem(id, key));
      }
      return resolved;
    },
  };
};

export const createResponseMemory = (options: ResponseMemoryOptions): ResponseMemory => {
  const { store, box, now, keepMs, onFailure } = options;
  const waiting = new Map<string, ResponseRow>();
  const { find, conversationOf, resolve } = createLookup(options, waiting);

  const put = async (row: ResponseRow): Promise<void> => {
    waiting.set(row.id, row);
    try {
      await store.putResponse(row);
    } catch (error) {
      onFailure(error);
    } finally {
      // A later answer under the same id may have taken its place.
      if (waiting.get(row.id) === row) waiting.delete(row.id);
    }
  };

  return {
    find: (id, key) => find(id, key),
    forget: async (id, key) => {
      await find(id, key);
      waiting.delete(id);
      await store.deleteResponse(id);
    },
    complete: async (text, key) => {
      const body = parse(text);
      if (body === null) return null;
      const items = itemsOf(body['input']);
      const previous = typeof body['previous_response_id'] === 'string' ? body['previous_response_id'] : null;
      const input = await resolve(items, key);
      const isKept = body['store'] !== false;
      if (previous === null && !items.some(isReference)) return { text, previous, input, isKept };
      const earlier = previous === null ? [] : await conversationOf(previous, key);
      const whole = spliceMembers(text, { set: { input: JSON.stringify([...earlier, ...input]) } });
      return { text: whole, previous, input, isKept };
    },
    remember: ({ previous, input }, response, key) => {
      const id = idOf(response);
      if (id === null) return;
      const kept: Kept = { previous, input, response };
      void put({
        id,
        keyHash: ownerOf(key),
        expiresAtMs: now() + keepMs,
        sealed: box.seal(JSON.stringify(kept)),
        itemIds: [...input, ...outputOf(kept)].flatMap((item) => idOf(item) ?? []),
      });
    },
  };
};
