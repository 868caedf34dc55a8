/** Going on with a stream of Responses: one response, whose events and items are numbered and whose last event repeats all. */
import type { JsonObject, JsonValue } from '../../canonical/json.ts';
import type { Continuation } from '../codec.ts';
import { createContinuation, type StreamLedger } from '../continuation.ts';

const isObject = (value: JsonValue | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const OPENINGS: ReadonlySet<JsonValue | undefined> = new Set(['response.created', 'response.in_progress']);

/** Reasoning that was begun and not ended. */
interface OpenItem {
  readonly item: JsonObject;
  readonly index: number;
  summary: string;
  /** A part of its summary is open. */
  hasPart: boolean;
}

const toSummary = (text: string): JsonObject => ({ type: 'summary_text', text });

/** The events that end it, as if nothing more was thought. */
const closeItem = ({ item, index, summary, hasPart }: OpenItem, finished: JsonObject): readonly JsonObject[] => {
  const place = { item_id: item['id'] ?? '', output_index: index };
  const part = { ...place, summary_index: 0 };
  return [
    ...(hasPart
      ? [
          { type: 'response.reasoning_summary_text.done', ...part, text: summary },
          { type: 'response.reasoning_summary_part.done', ...part, part: toSummary(summary) },
        ]
      : []),
    { type: 'response.output_item.done', output_index: index, item: finished },
  ];
};

const withEarlier = (response: JsonObject, id: JsonValue | null, finished: readonly JsonObject[]): JsonObject => ({
  ...response,
  ...(id === null ? {} : { id }),
  output: [...finished, ...(Array.isArray(response['output']) ? (response['output'] as JsonObject[]) : [])],
});

const createLedger = (): StreamLedger => {
  let id: JsonValue | null = null;
  let sequence = -1;
  let visible = false;
  let open: OpenItem | null = null;
  const finished: JsonObject[] = [];

  const number = (value: JsonObject): JsonObject => {
    sequence += 1;
    return { ...value, sequence_number: sequence };
  };

  const noteItem = ({ item, output_index: index }: JsonObject): void => {
    if (!isObject(item)) return;
    if (item['type'] === 'reasoning') open = { item, index: Number(index), summary: '', hasPart: false };
    else visible = true;
  };

  const noteEvent = (value: JsonObject): void => {
    switch (value['type']) {
      case 'response.created':
        id = isObject(value['response']) ? (value['response']['id'] ?? null) : null;
        return;
      case 'response.output_item.added':
        noteItem(value);
        return;
      case 'response.reasoning_summary_part.added':
        if (open !== null) open.hasPart = true;
        return;
      case 'response.reasoning_summary_part.done':
        if (open !== null) open.hasPart = false;
        return;
      case 'response.reasoning_summary_text.delta':
        if (open !== null && typeof value['delta'] === 'string') open.summary += value['delta'];
        return;
      case 'response.output_item.done':
        if (isObject(value['item'])) finished.push(value['item']);
        open = null;
        return;
      default:
        return;
    }
  };

  return {
    note: (value) => {
      if (typeof value['sequence_number'] === 'number') sequence = value['sequence_number'];
      noteEvent(value);
    },
    isVisible: () => visible,
    close: () => {
      if (open === null) return [];
      const { item, summary } = open;
      const whole = { ...item, summary: summary === '' ? [] : [toSummary(summary)] };
      const events = closeItem(open, whole).map(number);
      finished.push(whole);
      open = null;
      return events;
    },
    goOn: (value) => {
      if (OPENINGS.has(value['type']) && id !== null) return null;
      const { output_index: index, response } = value;
      return number({
        ...value,
        ...(typeof index === 'number' ? { output_index: index + finished.length } : {}),
        ...(isObject(response) ? { response: withEarlier(response, id, finished) } : {}),
      });
    },
  };
};

export const createResponsesContinuation = (): Continuation => createContinuation(createLedger(), true);
