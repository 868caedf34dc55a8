/** Custom tools (free text) for protocols that know functions only: a function with one string member `input`. */
import type { JsonObject } from '../canonical/json.ts';
import type { CustomTool } from '../canonical/tool.ts';
import { asRecord, asText } from './reading.ts';

const describeFormat = (format: CustomTool['format']): string =>
  format.type === 'text' ? '' : `The input must match this ${format.syntax} grammar:\n${format.definition}`;

/** Description of the function that stands for a custom tool; the grammar becomes words, it is not enforced. */
export const toWrappedDescription = (tool: CustomTool): string =>
  [tool.description ?? '', 'Pass the whole input as one string in `input`, without further encoding.']
    .concat(describeFormat(tool.format))
    .filter((text) => text !== '')
    .join('\n\n');

export const WRAPPED_SCHEMA: JsonObject = {
  type: 'object',
  properties: { input: { type: 'string' } },
  required: ['input'],
  additionalProperties: false,
};

/** Arguments of the wrapping function for a custom tool's input. */
export const wrapInput = (input: string): string => JSON.stringify({ input });

/** The custom tool's input inside the function's arguments; the arguments themselves when they are something else. */
export const unwrapInput = (text: string): string => {
  try {
    return asText(asRecord(JSON.parse(text))?.['input']) ?? text;
  } catch {
    // A cut or broken answer: the client gets what the model wrote rather than nothing.
    return text;
  }
};

/** Undoes the wrapping while the arguments arrive in pieces. */
export interface InputUnwrapper {
  /** The part of the custom tool's input that this piece completes; '' when it completes none. */
  readonly push: (piece: string) => string;
  /** What is left at the end: everything, when the arguments never had the expected shape. */
  readonly end: () => string;
}

const OPENING = /^\s*\{\s*"input"\s*:\s*"/;
const OPENING_SO_FAR = /^\s*(\{\s*("(i(n(p(u(t("\s*(:\s*)?)?)?)?)?)?)?)?)?$/;
const ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', b: '\b', f: '\f' };

/** Decodes as much of a JSON string's inside as is complete. Stops at the closing quote. */
const decode = (text: string): { readonly text: string; readonly rest: string; readonly closed: boolean } => {
  let decoded = '';
  let index = 0;
  while (index < text.length) {
    const character = text.charAt(index);
    if (character === '"') return { text: decoded, rest: '', closed: true };
    if (character !== '\\') {
      decoded += character;
      index += 1;
      continue;
    }
    const escape = text.charAt(index + 1);
    const length = escape === 'u' ? 6 : 2;
    if (escape === '' || index + length > text.length) break;
    decoded +=
      escape === 'u'
        ? String.fromCharCode(Number.parseInt(text.slice(index + 2, index + 6), 16) || 0)
        : (ESCAPES[escape] ?? escape);
    index += length;
  }
  return { text: decoded, rest: text.slice(index), closed: false };
};

export const createInputUnwrapper = (): InputUnwrapper => {
  let state: 'opening' | 'inside' | 'closed' | 'plain' = 'opening';
  let pending = '';

  const inside = (): string => {
    const step = decode(pending);
    pending = step.rest;
    if (step.closed) state = 'closed';
    return step.text;
  };

  const flush = (): string => {
    const text = pending;
    pending = '';
    return text;
  };

  return {
    push: (piece) => {
      if (state === 'closed') return '';
      pending += piece;
      if (state === 'opening') {
        const opening = OPENING.exec(pending);
        if (opening !== null) {
          state = 'inside';
          pending = pending.slice(opening[0].length);
        } else if (!OPENING_SO_FAR.test(pending)) {
          state = 'plain';
        }
      }
      if (state === 'inside') return inside();
      return state === 'plain' ? flush() : '';
    },
    end: flush,
  };
};
