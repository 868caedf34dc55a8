/** Items of a streamed response: each is added, filled and done in the events of its kind. */
import type { OpaqueReasoning } from '../../canonical/content.ts';
import type { JsonObject } from '../../canonical/json.ts';
import type { BlockKind } from '../../canonical/stream-part.ts';
import { isShown, toArguments, toItem, toItemId, toRefusalPart, toSummaryPart, toTextPart } from './output-item.ts';

/** Writes one event; the sequence number is the writer's. */
export type WriteEvent = (type: string, members: JsonObject) => string;

interface Item {
  readonly content: BlockKind;
  text: string;
  opaque: OpaqueReasoning | null;
  /** Null until something is shown of it. */
  place: { readonly id: string; readonly index: number } | null;
  /** The part that holds its text was announced. */
  hasPart: boolean;
}

export interface ItemWriter {
  readonly start: (number: number, content: BlockKind) => string;
  readonly add: (number: number, text: string) => string;
  /** Reasoning of another protocol's maker, which the finished item carries for it. */
  readonly seal: (number: number, opaque: OpaqueReasoning) => string;
  readonly end: (number: number) => string;
  readonly endAll: () => string;
  /** The finished items so far, in the order of their places. */
  readonly output: () => readonly JsonObject[];
}

interface Names {
  /** Event that opens the part; null where the item has none. */
  readonly added: string | null;
  readonly delta: string;
  readonly done: string;
  readonly partDone: string | null;
  /** Member that counts parts within the item. */
  readonly counter: JsonObject;
  /** Member of `done` that holds the text. */
  readonly member: string;
}

const CONTENT = {
  added: 'response.content_part.added',
  partDone: 'response.content_part.done',
  counter: { content_index: 0 },
};

const namesOf = (content: BlockKind): Names => {
  switch (content.kind) {
    case 'text':
      return { ...CONTENT, delta: 'response.output_text.delta', done: 'response.output_text.done', member: 'text' };
    case 'refusal':
      return { ...CONTENT, delta: 'response.refusal.delta', done: 'response.refusal.done', member: 'refusal' };
    case 'reasoning':
      return {
        added: 'response.reasoning_summary_part.added',
        delta: 'response.reasoning_summary_text.delta',
        done: 'response.reasoning_summary_text.done',
        partDone: 'response.reasoning_summary_part.done',
        counter: { summary_index: 0 },
        member: 'text',
      };
    case 'tool-call': {
      const isCustom = content.toolKind === 'custom';
      const stem = isCustom ? 'response.custom_tool_call_input' : 'response.function_call_arguments';
      const member = isCustom ? 'input' : 'arguments';
      return { added: null, delta: `${stem}.delta`, done: `${stem}.done`, partDone: null, counter: {}, member };
    }
  }
};

const toPart = ({ kind }: BlockKind, text: string): JsonObject => {
  if (kind === 'reasoning') return toSummaryPart(text);
  return kind === 'refusal' ? toRefusalPart(text) : toTextPart(text);
};

/** Members that only texts have. */
const logprobs = ({ kind }: BlockKind): JsonObject => (kind === 'text' ? { logprobs: [] } : {});

/** Announces the part that an item's text goes into; '' where the item has none, or has it. */
const openPart = (item: Item, write: WriteEvent): string => {
  const { added, counter } = namesOf(item.content);
  if (item.hasPart || added === null || item.place === null) return '';
  item.hasPart = true;
  const { id, index } = item.place;
  return write(added, { item_id: id, output_index: index, ...counter, part: toPart(item.content, '') });
};

export const createItemWriter = (responseId: string, write: WriteEvent): ItemWriter => {
  const open = new Map<number, Item>();
  const finished = new Map<number, JsonObject>();
  let next = 0;

  const show = (item: Item): string => {
    if (item.place !== null || !isShown(item)) return '';
    const place = { id: toItemId(item.content, responseId, next), index: next };
    item.place = place;
    next += 1;
    const shell = toItem({ id: place.id, content: item.content, text: '', status: 'in_progress' });
    const text = write('response.output_item.added', { output_index: place.index, item: shell });
    // Reasoning that is only sealed has no summary, so no part of one is announced before there are words.
    return item.content.kind === 'reasoning' ? text : text + openPart(item, write);
  };

  const addText = (item: Item, delta: string): string => {
    if (delta === '') return '';
    item.text += delta;
    const shown = show(item) + openPart(item, write);
    if (item.place === null) return shown;
    const { id, index } = item.place;
    const names = namesOf(item.content);
    const members = { item_id: id, output_index: index, ...names.counter, delta, ...logprobs(item.content) };
    return shown + write(names.delta, members);
  };

  const close = (item: Item): string => {
    if (item.place === null) return '';
    const { content } = item;
    const { id, index } = item.place;
    const names = namesOf(content);
    const isFunction = content.kind === 'tool-call' && content.toolKind !== 'custom';
    const text = isFunction ? toArguments(item.text) : item.text;
    const where = { item_id: id, output_index: index, ...names.counter };
    const named = content.kind === 'tool-call' ? { name: content.name } : {};
    const isSilent = content.kind === 'reasoning' && !item.hasPart;
    let said = isSilent ? '' : write(names.done, { ...where, ...named, [names.member]: text, ...logprobs(content) });
    if (names.partDone !== null && !isSilent) said += write(names.partDone, { ...where, part: toPart(content, text) });
    const whole = toItem({ id, content, text, status: 'completed', opaque: item.opaque });
    finished.set(index, whole);
    return said + write('response.output_item.done', { output_index: index, item: whole });
  };

  const end = (number: number): string => {
    const item = open.get(number);
    open.delete(number);
    return item === undefined ? '' : close(item);
  };

  return {
    start: (number, content) => {
      if (open.has(number) || (content.kind === 'tool-call' && content.toolKind === 'hosted')) return '';
      const item: Item = { content, text: '', opaque: null, place: null, hasPart: false };
      open.set(number, item);
      return show(item);
    },
    add: (number, text) => {
      const item = open.get(number);
      return item === undefined ? '' : addText(item, text);
    },
    seal: (number, opaque) => {
      const item = open.get(number);
      if (item === undefined || item.content.kind !== 'reasoning') return '';
      item.opaque = opaque;
      return show(item);
    },
    end,
    endAll: () => [...open.keys()].reduce((text, number) => text + end(number), ''),
    output: () => [...finished].toSorted(([left], [right]) => left - right).map(([, item]) => item),
  };
};
