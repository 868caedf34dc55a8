/**
 * A strict reader of Messages streams: a state machine written from Anthropic's specification, sharing no code with what
 * it judges, so that a mistake in the renderer is not mirrored here. Throws an AssertionError at the first violation.
 */
import assert from 'node:assert/strict';

type JsonRecord = Readonly<Record<string, unknown>>;

export interface MessageBlock {
  readonly type: string;
  readonly start: JsonRecord;
  /** Text, thinking or partial JSON, joined. */
  text: string;
  signature: string;
}

export interface MessagesStreamSummary {
  readonly ending: 'stop' | 'error' | 'open';
  readonly message: JsonRecord | null;
  readonly blocks: readonly MessageBlock[];
  /** `message_delta`, whole. */
  readonly last: JsonRecord | null;
  readonly error: JsonRecord | null;
}

interface Event {
  readonly name: string;
  readonly data: JsonRecord;
}

const asRecord = (value: unknown, what: string): JsonRecord => {
  assert.ok(typeof value === 'object' && value !== null && !Array.isArray(value), `${what} must be an object`);
  return value as JsonRecord;
};

const toEvents = (text: string): readonly Event[] => {
  if (text === '') return [];
  assert.ok(text.endsWith('\n\n'), 'the stream must end with a blank line');
  return text
    .slice(0, -2)
    .split('\n\n')
    .filter((block) => !block.startsWith(':'))
    .map((block) => {
      const match = /^event: ([a-z_]+)\ndata: (.*)$/.exec(block);
      assert.ok(match, `an event is one name line and one data line: ${block.slice(0, 80)}`);
      const data = asRecord(JSON.parse(match[2] ?? ''), 'data');
      assert.equal(data['type'], match[1], 'the name of an event is its type');
      return { name: match[1] ?? '', data };
    });
};

/** Kind of delta that each kind of block takes. */
const DELTAS: Readonly<Record<string, readonly string[]>> = {
  text: ['text_delta', 'citations_delta'],
  thinking: ['thinking_delta', 'signature_delta'],
  redacted_thinking: [],
  tool_use: ['input_json_delta'],
  server_tool_use: ['input_json_delta'],
};

const STOP_REASONS = ['end_turn', 'max_tokens', 'stop_sequence', 'tool_use', 'pause_turn', 'refusal'];

const isCount = (value: unknown): boolean => typeof value === 'number' && Number.isInteger(value) && value >= 0;

const checkStart = (data: JsonRecord): JsonRecord => {
  const message = asRecord(data['message'], 'message');
  assert.equal(message['type'], 'message');
  assert.equal(message['role'], 'assistant');
  assert.ok(typeof message['id'] === 'string' && message['id'] !== '', 'a message has an id');
  assert.ok(typeof message['model'] === 'string' && message['model'] !== '', 'a message names its model');
  assert.deepEqual(message['content'], []);
  assert.equal(message['stop_reason'], null);
  const usage = asRecord(message['usage'], 'usage');
  assert.ok(isCount(usage['input_tokens']) && isCount(usage['output_tokens']), 'usage has both counts from the start');
  return message;
};

const toText = (value: unknown, what: string): string => {
  assert.equal(typeof value, 'string', `${what} must be text`);
  return value as string;
};

const addDelta = (block: MessageBlock, delta: JsonRecord): void => {
  const type = toText(delta['type'], 'the type of a delta');
  assert.ok(DELTAS[block.type]?.includes(type) ?? true, `${type} inside a ${block.type} block`);
  if (type === 'signature_delta') block.signature += toText(delta['signature'], 'a signature');
  const text = delta['text'] ?? delta['thinking'] ?? delta['partial_json'];
  if (text !== undefined) block.text += toText(text, 'a delta');
};

const checkEnd = (block: MessageBlock): void => {
  if (block.type !== 'tool_use') return;
  asRecord(JSON.parse(block.text === '' ? '{}' : block.text), 'the input of a tool call');
};

type State = 'before' | 'between' | 'inside' | 'delta' | 'stop' | 'error';

export const readMessagesStream = (text: string): MessagesStreamSummary => {
  let state = 'before' as State;
  let message: JsonRecord | null = null;
  let last: JsonRecord | null = null;
  let error: JsonRecord | null = null;
  const blocks: MessageBlock[] = [];
  for (const { name, data } of toEvents(text)) {
    assert.ok(state !== 'stop' && state !== 'error', `${name} after the stream's end`);
    if (name === 'ping') continue;
    if (name === 'error') {
      error = asRecord(data['error'], 'error');
      assert.equal(typeof error['type'], 'string');
      assert.equal(typeof error['message'], 'string');
      state = 'error';
      continue;
    }
    switch (name) {
      case 'message_start':
        assert.equal(state, 'before', 'one message_start, before everything else');
        message = checkStart(data);
        state = 'between';
        break;
      case 'content_block_start': {
        assert.equal(state, 'between', 'a block starts where none is open, and before message_delta');
        assert.equal(data['index'], blocks.length, 'blocks are numbered densely');
        const start = asRecord(data['content_block'], 'content_block');
        blocks.push({ type: toText(start['type'], 'the type of a block'), start, text: '', signature: '' });
        state = 'inside';
        break;
      }
      case 'content_block_delta':
      case 'content_block_stop': {
        assert.equal(state, 'inside', `${name} outside a block`);
        assert.equal(data['index'], blocks.length - 1, `${name} of the open block`);
        const open = blocks.at(-1);
        assert.ok(open);
        if (name === 'content_block_delta') addDelta(open, asRecord(data['delta'], 'delta'));
        else checkEnd(open);
        if (name === 'content_block_stop') state = 'between';
        break;
      }
      case 'message_delta': {
        assert.equal(state, 'between', 'message_delta once, behind all blocks');
        const reason = asRecord(data['delta'], 'delta')['stop_reason'];
        assert.ok(STOP_REASONS.includes(toText(reason, 'stop_reason')), 'a known stop_reason');
        assert.ok(isCount(asRecord(data['usage'], 'usage')['output_tokens']), 'message_delta counts output tokens');
        last = data;
        state = 'delta';
        break;
      }
      case 'message_stop':
        assert.equal(state, 'delta', 'message_stop follows message_delta');
        state = 'stop';
        break;
      default:
        assert.fail(`unknown event ${name}`);
    }
  }
  return { ending: state === 'stop' ? 'stop' : state === 'error' ? 'error' : 'open', message, blocks, last, error };
};
