/** Going on with a stream of Messages: one message, whose blocks are numbered and open one at a time. */
import type { JsonObject, JsonValue } from '../../canonical/json.ts';
import type { Continuation } from '../codec.ts';
import { createContinuation, type StreamLedger } from '../continuation.ts';

const isObject = (value: JsonValue | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Blocks of thoughts, which are not the answer. */
const THOUGHTS: ReadonlySet<JsonValue | undefined> = new Set(['thinking', 'redacted_thinking']);

const createLedger = (): StreamLedger => {
  let hasStarted = false;
  let blocks = 0;
  let open: number | null = null;
  let visible = false;
  return {
    note: (value) => {
      const { type, index, content_block: block } = value;
      if (type === 'message_start') hasStarted = true;
      else if (type === 'content_block_start') {
        open = Number(index);
        blocks = open + 1;
        visible ||= isObject(block) && !THOUGHTS.has(block['type']);
      } else if (type === 'content_block_stop') open = null;
      else if (type === 'message_delta') visible = true;
    },
    isVisible: () => visible,
    close: () => {
      if (open === null) return [];
      const index = open;
      open = null;
      return [{ type: 'content_block_stop', index }];
    },
    goOn: (value) => {
      if (value['type'] === 'message_start' && hasStarted) return null;
      return typeof value['index'] === 'number' ? { ...value, index: value['index'] + blocks } : value;
    },
  };
};

export const createMessagesContinuation = (): Continuation => createContinuation(createLedger(), true);
