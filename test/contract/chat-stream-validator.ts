/**
 * A strict reader of chat completion streams, written from OpenAI's specification and sharing no code with what it
 * judges, so that a mistake in the renderer is not mirrored here. Throws an AssertionError at the first violation.
 */
import assert from 'node:assert/strict';

export interface ChatStreamExpectation {
  /** The client sent `stream_options.include_usage`. */
  readonly includeUsage: boolean;
  /**
   * `specified`: every rule of the specification, for streams that Gearbox builds. `upstream`: what also holds for a
   * provider's own stream that is passed through (some repeat roles, vary `created`, or add usage to the finish).
   */
  readonly rules: 'specified' | 'upstream';
}

export interface ChatToolCall {
  readonly id: string;
  readonly type: string;
  readonly name: string;
  text: string;
}

export interface ChatChoice {
  content: string;
  refusal: string;
  reasoning: string;
  readonly details: unknown[];
  readonly toolCalls: ChatToolCall[];
  finish: string | null;
}

export interface ChatStreamSummary {
  readonly ending: 'done' | 'error' | 'open';
  readonly id: unknown;
  readonly model: unknown;
  readonly choices: ReadonlyMap<number, ChatChoice>;
  readonly usage: JsonRecord | null;
  /** The `gearbox` objects, with the position of their chunk. */
  readonly gearbox: readonly { readonly position: number; readonly value: unknown }[];
  readonly chunks: number;
  readonly error: unknown;
}

type JsonRecord = Readonly<Record<string, unknown>>;

const asRecord = (value: unknown, what: string): JsonRecord => {
  assert.ok(typeof value === 'object' && value !== null && !Array.isArray(value), `${what} must be an object`);
  return value as JsonRecord;
};

const asArray = (value: unknown, what: string): readonly unknown[] => {
  assert.ok(Array.isArray(value), `${what} must be an array`);
  return value;
};

/** Events of the stream as their data; every event must be one data line and a blank line, or a comment. */
const toData = (text: string): string[] => {
  if (text === '') return [];
  assert.ok(text.endsWith('\n\n'), 'the stream must end with a blank line');
  const blocks = text.slice(0, -2).split('\n\n');
  return blocks.flatMap((block) => {
    if (block.startsWith(':')) return [];
    assert.ok(block.startsWith('data: ') && !block.includes('\n'), `not one data line: ${block}`);
    return [block.slice('data: '.length)];
  });
};

const addToolDelta = (choice: ChatChoice, value: unknown): void => {
  const delta = asRecord(value, 'tool_calls[]');
  const index = delta['index'];
  assert.ok(typeof index === 'number' && index <= choice.toolCalls.length, 'tool index must be dense from 0');
  const member = delta['custom'] === undefined ? 'function' : 'custom';
  const text = member === 'custom' ? 'input' : 'arguments';
  const known = choice.toolCalls[index];
  if (known === undefined) {
    assert.ok(typeof delta['id'] === 'string' && delta['id'] !== '', 'the first delta of a call has its id');
    assert.equal(delta['type'], member);
    const call = asRecord(delta[member], member);
    assert.ok(typeof call['name'] === 'string' && call['name'] !== '', 'the first delta of a call has its name');
    assert.equal(call[text], '', 'the first delta of a call has empty arguments');
    choice.toolCalls.push({ id: delta['id'], type: member, name: call['name'], text: '' });
    return;
  }
  assert.ok(choice.toolCalls.length - 1 === index || delta['extra_content'] !== undefined, 'calls must not interleave');
  for (const key of Object.keys(delta)) assert.ok(['index', member, 'extra_content'].includes(key), `late ${key}`);
  if (delta[member] === undefined) return;
  const call = asRecord(delta[member], member);
  assert.deepEqual(Object.keys(call), [text]);
  assert.equal(typeof call[text], 'string');
  known.text += String(call[text]);
};

const addDelta = (choice: ChatChoice, delta: JsonRecord, rules: ChatStreamExpectation['rules']): void => {
  if (typeof delta['content'] === 'string') choice.content += delta['content'];
  if (typeof delta['refusal'] === 'string') choice.refusal += delta['refusal'];
  if (typeof delta['reasoning_content'] === 'string') choice.reasoning += delta['reasoning_content'];
  if (delta['reasoning_details'] !== undefined) {
    choice.details.push(...asArray(delta['reasoning_details'], 'reasoning_details'));
  }
  if (delta['tool_calls'] === undefined || delta['tool_calls'] === null) return;
  const calls = asArray(delta['tool_calls'], 'tool_calls');
  if (rules === 'specified') for (const call of calls) addToolDelta(choice, call);
};

const closeChoice = (choice: ChatChoice, reason: unknown): void => {
  assert.equal(choice.finish, null, 'a choice finishes once');
  const words = ['stop', 'length', 'tool_calls', 'content_filter', 'function_call'];
  assert.ok(typeof reason === 'string' && words.includes(reason), `finish_reason ${String(reason)}`);
  choice.finish = reason;
  if (reason === 'tool_calls' || reason === 'stop') {
    for (const call of choice.toolCalls) if (call.type === 'function') JSON.parse(call.text);
  }
};

const checkUsage = (value: unknown): JsonRecord => {
  const usage = asRecord(value, 'usage');
  for (const key of ['prompt_tokens', 'completion_tokens', 'total_tokens'])
    assert.ok(Number.isInteger(usage[key]), key);
  return usage;
};

interface Reading {
  readonly expectation: ChatStreamExpectation;
  readonly choices: Map<number, ChatChoice>;
  readonly gearbox: { position: number; value: unknown }[];
  head: JsonRecord | null;
  chunks: number;
  usage: JsonRecord | null;
}

const readChoice = (reading: Reading, value: unknown): void => {
  const { rules } = reading.expectation;
  const chunk = asRecord(value, 'choices[]');
  const index = chunk['index'];
  assert.ok(typeof index === 'number', 'choices[].index');
  const delta = asRecord(chunk['delta'], 'choices[].delta');
  let choice = reading.choices.get(index);
  if (choice === undefined) {
    if (rules === 'specified') assert.equal(delta['role'], 'assistant', 'the first delta of a choice has the role');
    choice = { content: '', refusal: '', reasoning: '', details: [], toolCalls: [], finish: null };
    reading.choices.set(index, choice);
  } else if (rules === 'specified') assert.equal(delta['role'], undefined, 'the role comes once');
  if (rules === 'specified') {
    assert.equal(choice.finish, null, 'nothing follows the finish of a choice');
    assert.ok(chunk['finish_reason'] !== undefined, 'finish_reason is always there');
  }
  addDelta(choice, delta, rules);
  if (chunk['finish_reason'] !== null && chunk['finish_reason'] !== undefined) {
    closeChoice(choice, chunk['finish_reason']);
  }
};

const readChunk = (reading: Reading, chunk: JsonRecord): void => {
  const { includeUsage, rules } = reading.expectation;
  assert.equal(chunk['object'], 'chat.completion.chunk');
  const { id, model, created } = chunk;
  assert.ok(typeof id === 'string' && typeof model === 'string' && Number.isInteger(created));
  reading.head ??= chunk;
  assert.equal(id, reading.head['id'], 'the id never changes');
  assert.equal(model, reading.head['model'], 'the model never changes');
  if (rules === 'specified') assert.equal(created, reading.head['created'], 'created never changes');
  const choices = asArray(chunk['choices'], 'choices');
  assert.equal(reading.usage !== null && rules === 'specified', false, 'nothing follows the usage chunk');
  if (choices.length === 0) {
    assert.ok(includeUsage, 'a chunk without choices that nobody asked for');
    reading.usage = checkUsage(chunk['usage']);
  } else if (rules === 'specified') {
    assert.equal(chunk['usage'], includeUsage ? null : undefined, 'usage is null until the last chunk, absent unasked');
  } else if (typeof chunk['usage'] === 'object' && chunk['usage'] !== null) reading.usage = checkUsage(chunk['usage']);
  for (const choice of choices) readChoice(reading, choice);
  if (chunk['gearbox'] !== undefined) reading.gearbox.push({ position: reading.chunks, value: chunk['gearbox'] });
  reading.chunks += 1;
};

const isError = (data: JsonRecord): boolean => data['error'] !== undefined && data['error'] !== null;

const checkError = (value: unknown): unknown => {
  const error = asRecord(value, 'error');
  assert.deepEqual(Object.keys(error).sort(), ['code', 'message', 'param', 'type']);
  assert.equal(typeof error['message'], 'string');
  return error;
};

/** Reads a whole stream. A complete one has a finish for every choice; after an error or `[DONE]` nothing comes. */
export const validateChatStream = (text: string, expectation: ChatStreamExpectation): ChatStreamSummary => {
  const reading: Reading = { expectation, choices: new Map(), gearbox: [], head: null, chunks: 0, usage: null };
  let ending: ChatStreamSummary['ending'] = 'open';
  let error: unknown = null;
  for (const data of toData(text)) {
    assert.equal(ending, 'open', 'nothing follows the end');
    const chunk = data === '[DONE]' ? null : asRecord(JSON.parse(data), 'chunk');
    if (chunk === null) ending = 'done';
    else if (isError(chunk)) {
      ending = 'error';
      error = checkError(chunk['error']);
    } else readChunk(reading, chunk);
  }
  if (ending === 'done') {
    for (const [index, choice] of reading.choices) assert.ok(choice.finish !== null, `choice ${index} has no finish`);
  }
  const { choices, usage, gearbox, chunks, head } = reading;
  return { ending, id: head?.['id'], model: head?.['model'], choices, usage, gearbox, chunks, error };
};
