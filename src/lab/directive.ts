/**
 * Directives: how one request changes the script of the model it asks. Only the lab knows them.
 *
 *     [[lab:429]]                              in the last user message, or the same without brackets as the
 *     [[lab:500 times=1]]                      header `x-lab-script: 500 times=1`
 *     [[lab:529 model=thinking]]               only if `thinking` is asked: the fallback then succeeds
 *     [[lab:stream-error after_events=3]]
 *     [[lab:ok text="Hello there" ttft_ms=40 tokens_per_second=200 events_per_write=4]]
 *
 * A name and a list of settings; an unknown name or setting is an error, so that no test passes by a spelling mistake.
 */
import { InvalidRequestError } from '../errors.ts';
import type { LabFailure, LabScript } from './script.ts';

export interface LabDirective {
  readonly name: string;
  readonly settings: ReadonlyMap<string, string>;
}

export const SCRIPT_HEADER = 'x-lab-script';

const OPEN = '[[lab:';
const CLOSE = ']]';
const NAME = /^[a-z0-9-]+/;
const SETTING = /^\s+([a-z_]+)=(?:"([^"]*)"|([^\s"]+))/;

type Settings = ReadonlyMap<string, string>;

const numberOf = (settings: Settings, name: string, fallback: number): number => {
  const text = settings.get(name);
  if (text === undefined) {
    return fallback;
  }
  const value = Number(text);
  if (!Number.isFinite(value) || value < 0) {
    throw new InvalidRequestError(`lab directive: ${name} expects a number from 0 up; given ${JSON.stringify(text)}.`);
  }
  return value;
};

const status = (code: number, headers: Readonly<Record<string, string>> = {}): LabFailure => ({
  type: 'status',
  status: code,
  headers,
  body: null,
});

const afterEvents = (settings: Settings): number => numberOf(settings, 'after_events', 3);

/** `path=notes.txt|limit=3` as JSON text; the quotation marks of JSON would end the setting. */
const toArguments = (text: string): string =>
  JSON.stringify(
    Object.fromEntries(text.split('|').map((pair) => [pair.split('=', 1)[0] ?? '', pair.slice(pair.indexOf('=') + 1)])),
  );

const toToolCall = (settings: Settings): LabScript['toolCalls'][number] => {
  const input = settings.get('input');
  return { name: settings.get('tool') ?? null, arguments: input === undefined ? null : toArguments(input) };
};

/** What each name changes. */
const NAMED: Readonly<Record<string, (settings: Settings) => Partial<LabScript>>> = {
  ok: () => ({}),
  status: (settings) => ({ failure: status(numberOf(settings, 'status', 500)) }),
  '400': () => ({ failure: status(400) }),
  '401': () => ({ failure: status(401) }),
  '429': (settings) => ({ failure: status(429, { 'retry-after': String(numberOf(settings, 'retry_after_s', 1)) }) }),
  '500': () => ({ failure: status(500) }),
  '503': () => ({ failure: status(503) }),
  '529': () => ({ failure: status(529) }),
  refuse: () => ({ failure: { type: 'refuse' } }),
  reset: (settings) => ({ failure: { type: 'reset', afterBytes: numberOf(settings, 'after_bytes', 200) } }),
  stall: (settings) => ({ failure: { type: 'stall', afterEvents: afterEvents(settings) } }),
  'slow-headers': (settings) => ({ failure: { type: 'slow-headers', delayMs: numberOf(settings, 'delay_ms', 5_000) } }),
  garbage: () => ({ failure: { type: 'garbage' } }),
  html: () => ({ failure: { type: 'html' } }),
  'stream-error': (settings) => ({ failure: { type: 'stream-error', afterEvents: afterEvents(settings) } }),
  cut: (settings) => ({ failure: { type: 'cut', afterEvents: afterEvents(settings) } }),
  'half-event': (settings) => ({ failure: { type: 'half-event', afterEvents: afterEvents(settings) } }),
  'missing-done': () => ({ failure: { type: 'missing-done' } }),
  'tool-call': (settings) => ({ toolCalls: [toToolCall(settings)] }),
  'two-tool-calls': () => ({
    toolCalls: [
      { name: null, arguments: null },
      { name: null, arguments: null },
    ],
  }),
  refusal: () => ({ text: 'The lab declines to answer this.', finish: 'refusal' }),
  'content-filter': () => ({ text: '', finish: 'content_filter' }),
  length: () => ({ text: 'The lab was cut off in the middle of', finish: 'length' }),
  empty: () => ({ text: '' }),
};

export const DIRECTIVE_NAMES: readonly string[] = Object.keys(NAMED);

/** Every setting, with what it means. */
export const DIRECTIVE_SETTINGS: Readonly<Record<string, string>> = {
  model: 'apply only if this model is asked',
  times: 'fail only the first so many requests of this prompt to this model',
  tool: 'of tool-call: the tool to call; default the one forced, else the first',
  input: 'of tool-call: texts of its arguments, a=x|b=y; default the smallest that its schema allows',
  text: 'the answer, in quotation marks if it has spaces',
  output_tokens: 'length of a filler answer, tokens',
  answers_as: 'name of the model in the answer, another one than was asked',
  ttft_ms: 'until the first event, milliseconds at time scale 1',
  tokens_per_second: 'speed at time scale 1; 0 sends everything at once',
  tokens_per_event: 'tokens of 4 characters in one event',
  events_per_write: 'events in one write',
  split_bytes: 'cut the bytes into writes of 1 to so many',
  seed: 'of split_bytes',
  status: 'of the script `status`',
  retry_after_s: 'of 429',
  after_events: 'of stall, stream-error, cut, half-event; default 3',
  after_bytes: 'of reset; default 200',
  delay_ms: 'of slow-headers; default 5000',
};

/** A directive as written, without brackets. Throws `InvalidRequestError` naming what is unknown and what is known. */
export const parseDirective = (text: string): LabDirective => {
  const name = NAME.exec(text)?.[0] ?? '';
  if (NAMED[name] === undefined) {
    const known = DIRECTIVE_NAMES.join(', ');
    throw new InvalidRequestError(`lab directive: no script ${JSON.stringify(name || text)}; known are ${known}.`);
  }
  const settings = new Map<string, string>();
  let rest = text.slice(name.length);
  while (rest.trim() !== '') {
    const found = SETTING.exec(rest);
    const key = found?.[1] ?? '';
    if (found === null || DIRECTIVE_SETTINGS[key] === undefined) {
      const known = Object.keys(DIRECTIVE_SETTINGS).join(', ');
      throw new InvalidRequestError(
        `lab directive: cannot read ${JSON.stringify(rest.trim())}; settings are ${known}.`,
      );
    }
    settings.set(key, found[2] ?? found[3] ?? '');
    rest = rest.slice(found[0].length);
  }
  return { name, settings };
};

/** The first directive in a prompt, or null. Throws like `parseDirective`. */
export const findDirective = (prompt: string): LabDirective | null => {
  const start = prompt.indexOf(OPEN);
  if (start < 0) {
    return null;
  }
  const end = prompt.indexOf(CLOSE, start);
  if (end < 0) {
    throw new InvalidRequestError(`lab directive: ${OPEN} is not closed by ${CLOSE}.`);
  }
  return parseDirective(prompt.slice(start + OPEN.length, end));
};

/** The prompt without its directive, for showing. */
export const withoutDirective = (prompt: string): string => {
  const start = prompt.indexOf(OPEN);
  const end = start < 0 ? -1 : prompt.indexOf(CLOSE, start);
  return end < 0 ? prompt : `${prompt.slice(0, start)}${prompt.slice(end + CLOSE.length)}`.trim();
};

/** Filler of an exact number of tokens, 4 characters each. */
export const renderFiller = (tokens: number): string => 'lab '.repeat(tokens);

/** The model's script as the directive changes it. */
export const applyDirective = (script: LabScript, directive: LabDirective, model: string): LabScript => {
  const { name, settings } = directive;
  const only = settings.get('model');
  if (only !== undefined && only !== model) {
    return script;
  }
  const named = { ...script, ...NAMED[name]?.(settings) };
  const { timing, chunking } = named;
  const splitBytes = numberOf(settings, 'split_bytes', 0);
  const perWrite = numberOf(settings, 'events_per_write', chunking.type === 'events' ? chunking.perWrite : 1);
  const outputTokens = settings.get('output_tokens');
  const filler = outputTokens === undefined ? named.text : renderFiller(numberOf(settings, 'output_tokens', 0));
  return {
    ...named,
    text: settings.get('text') ?? filler,
    answersAs: settings.get('answers_as') ?? named.answersAs,
    failTimes: numberOf(settings, 'times', named.failTimes),
    timing: {
      firstTokenMs: numberOf(settings, 'ttft_ms', timing.firstTokenMs),
      tokensPerSecond: numberOf(settings, 'tokens_per_second', timing.tokensPerSecond),
      tokensPerEvent: Math.max(1, Math.floor(numberOf(settings, 'tokens_per_event', timing.tokensPerEvent))),
    },
    chunking:
      splitBytes > 0
        ? { type: 'bytes', maxBytes: Math.ceil(splitBytes), seed: numberOf(settings, 'seed', 1) }
        : settings.has('events_per_write')
          ? { type: 'events', perWrite: Math.max(1, Math.floor(perWrite)) }
          : chunking,
  };
};
