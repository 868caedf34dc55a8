/**
 * A strict reader of Responses streams: a state machine written from OpenAI's specification, sharing no code with what it
 * judges, so that a mistake in the renderer is not mirrored here. Throws an AssertionError at the first violation.
 */
import assert from 'node:assert/strict';

type JsonRecord = Readonly<Record<string, unknown>>;

export interface StreamedItem {
  readonly id: string;
  readonly type: string;
  /** Deltas, joined. */
  text: string;
  /** What `…done` said the whole is; null until then. */
  done: string | null;
  partOpen: boolean;
  final: JsonRecord | null;
}

export interface ResponsesStreamSummary {
  readonly ending: 'completed' | 'incomplete' | 'failed' | 'open';
  /** `response` of the first and of the last event. */
  readonly first: JsonRecord | null;
  readonly last: JsonRecord | null;
  readonly items: readonly StreamedItem[];
}

const asRecord = (value: unknown, what: string): JsonRecord => {
  assert.ok(typeof value === 'object' && value !== null && !Array.isArray(value), `${what} must be an object`);
  return value as JsonRecord;
};

const asText = (value: unknown, what: string): string => {
  assert.equal(typeof value, 'string', `${what} must be text`);
  return value as string;
};

const toEvents = (text: string): readonly JsonRecord[] => {
  if (text === '') return [];
  assert.ok(text.endsWith('\n\n'), 'the stream must end with a blank line');
  return text
    .slice(0, -2)
    .split('\n\n')
    .filter((block) => !block.startsWith(':'))
    .map((block, position) => {
      const match = /^event: ([a-z_.]+)\ndata: (.*)$/.exec(block);
      assert.ok(match, `an event is one name line and one data line: ${block.slice(0, 80)}`);
      const data = asRecord(JSON.parse(match[2] ?? ''), 'data');
      assert.equal(data['type'], match[1], 'the name of an event is its type');
      assert.equal(data['sequence_number'], position, 'events are numbered without a gap');
      return data;
    });
};

const ENDINGS = ['completed', 'incomplete', 'failed'] as const;

const checkResponse = (value: unknown, status: string): JsonRecord => {
  const response = asRecord(value, 'response');
  assert.equal(response['object'], 'response');
  assert.equal(response['status'], status);
  asText(response['id'], 'id');
  asText(response['model'], 'model');
  for (const member of ['output', 'tools']) assert.ok(Array.isArray(response[member]), `${member} is a list`);
  for (const member of [
    'error',
    'incomplete_details',
    'instructions',
    'metadata',
    'parallel_tool_calls',
    'tool_choice',
  ])
    assert.ok(member in response, `${member} is there`);
  return response;
};

const checkUsage = (value: unknown): void => {
  const usage = asRecord(value, 'usage');
  const details = asRecord(usage['output_tokens_details'], 'output_tokens_details');
  const counts = [usage['input_tokens'], usage['output_tokens'], usage['total_tokens'], details['reasoning_tokens']];
  for (const count of counts) assert.equal(typeof count, 'number', 'usage has all its counts');
};

const textOf = (item: JsonRecord): string => {
  const parts = (item['content'] ?? item['summary']) as readonly JsonRecord[] | undefined;
  const [part] = parts ?? [];
  return asText(part?.['text'] ?? part?.['refusal'] ?? item['arguments'] ?? item['input'], 'text of an item');
};

/** Reasoning that nobody may read: sealed, without a summary. */
const isSilent = ({ type, final }: StreamedItem): boolean =>
  type === 'reasoning' && Array.isArray(final?.['summary']) && final['summary'].length === 0;

/** Events of an item, with whether they open or close a part; those of its text have the delta or the whole. */
const applyToItem = (item: StreamedItem, data: JsonRecord): void => {
  const type = asText(data['type'], 'type');
  const hasParts = item.type === 'message' || item.type === 'reasoning';
  assert.equal(data['item_id'], item.id, `${type} names its item`);
  assert.equal(item.final, null, `${type} after the item is done`);
  if (type.endsWith('part.added')) {
    assert.ok(hasParts && !item.partOpen, 'one part at a time');
    item.partOpen = true;
  } else if (type.endsWith('part.done')) {
    assert.ok(item.partOpen && item.done !== null, 'a part ends after its text');
    item.partOpen = false;
  } else if (type.endsWith('.delta')) {
    assert.ok(item.done === null && (item.partOpen || !hasParts), 'a delta belongs to an open part');
    item.text += asText(data['delta'], 'delta');
  } else if (type.endsWith('.done')) {
    assert.equal(item.done, null, 'a text is done once');
    item.done = asText(data['text'] ?? data['refusal'] ?? data['arguments'] ?? data['input'], 'the whole text');
    if (item.text !== '') assert.equal(item.done, item.text, 'the whole is the sum of its deltas');
  } else assert.fail(`unknown event ${type}`);
};

export const readResponsesStream = (text: string): ResponsesStreamSummary => {
  const items: StreamedItem[] = [];
  let first: JsonRecord | null = null;
  let last: JsonRecord | null = null;
  let ending = 'open' as ResponsesStreamSummary['ending'];
  toEvents(text).forEach((data, position) => {
    const type = asText(data['type'], 'type');
    assert.equal(ending, 'open', `${type} after the stream's end`);
    const end = ENDINGS.find((word) => type === `response.${word}`);
    if (type === 'response.created' || type === 'response.in_progress') {
      assert.equal(position, type === 'response.created' ? 0 : 1, `${type} has its place`);
      const response = checkResponse(data['response'], 'in_progress');
      first ??= response;
    } else if (end !== undefined) {
      last = checkResponse(data['response'], end);
      ending = end;
      if (end === 'failed') assert.ok(last['error'] !== null, 'a failed response says why');
      else checkUsage(last['usage']);
    } else if (type === 'response.output_item.added') {
      assert.equal(data['output_index'], items.length, 'items are numbered densely');
      const item = asRecord(data['item'], 'item');
      const id = asText(item['id'], 'id');
      items.push({ id, type: asText(item['type'], 'type'), text: '', done: null, partOpen: false, final: null });
    } else {
      const item = items[Number(data['output_index'])];
      assert.ok(item, `${type} of an item that was added`);
      if (type !== 'response.output_item.done') applyToItem(item, data);
      else {
        item.final = asRecord(data['item'], 'item');
        assert.equal(item.final['id'], item.id);
        if (isSilent(item)) assert.equal(item.done, null, 'what has no summary says none');
        else assert.equal(textOf(item.final), item.done, 'an item ends as its text did');
      }
    }
  });
  if (ending === 'completed' || ending === 'incomplete') {
    const output = asRecord(last, 'the last response')['output'];
    assert.deepEqual(
      output,
      items.map(({ final }) => final),
      'the last event repeats all items',
    );
  }
  return { ending, first, last, items };
};
