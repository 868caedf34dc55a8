/** Request controls: the body object `gearbox` and the headers `x-gearbox-…`, validated and merged. */
import { brand } from '../brand.ts';
import { isEffort, type Effort } from '../canonical/effort.ts';
import { isId } from '../canonical/identifier.ts';
import type { JsonValue } from '../canonical/json.ts';
import { fromUsd } from '../canonical/money.ts';
import { OBJECTIVE_NAMES, type ObjectiveSetting } from '../catalog/component.ts';
import { suggest } from '../catalog/suggestion.ts';
import { InvalidRequestError } from '../errors.ts';
import { MODES, type Mode } from '../policy/constraints.ts';

export const EXPLAIN_LEVELS = ['none', 'summary', 'full'] as const;

export type ExplainLevel = (typeof EXPLAIN_LEVELS)[number];

/** What the caller asked of the router. `null` means that the control was not given. */
export interface Controls {
  readonly mode: Mode | null;
  readonly objective: ObjectiveSetting | null;
  readonly allow: readonly string[] | null;
  readonly maxCostMicroUsd: number | null;
  readonly maxLatencyMs: number | null;
  readonly maxEffort: Effort | null;
  readonly sessionId: string | null;
  /** Where the session id was said; null: nowhere. */
  readonly sessionPlace: 'body' | 'header' | null;
  readonly strictParams: boolean;
  readonly allowDegrade: boolean;
  readonly noTrain: boolean;
  readonly explain: ExplainLevel;
  readonly pin: string | null;
  readonly baseline: string | null;
}

/** Names on the wire. `strict_params` is `x-gearbox-strict-params` as a header. */
const NAMES = [
  'mode',
  'objective',
  'allow',
  'max_cost_usd',
  'max_latency_ms',
  'max_effort',
  'session_id',
  'strict_params',
  'allow_degrade',
  'no_train',
  'explain',
  'pin',
  'baseline',
] as const;

type Name = (typeof NAMES)[number];

const MAX_SESSION_ID_CHARACTERS = 256;
const MAX_ALLOW_ENTRIES = 100;
const SHOWN_CHARACTERS = 60;
/** Characters of a control's name from which a part of it is recognised (`max_cost`). */
const SHORTEST_PART = 4;

interface Given {
  readonly value: JsonValue;
  /** Headers are text and write numbers, booleans and lists in it; JSON has these of its own. */
  readonly place: 'body' | 'header';
  /** `gearbox.mode` or `x-gearbox-mode`. */
  readonly field: string;
}

const show = (value: JsonValue): string => {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > SHOWN_CHARACTERS ? `${text.slice(0, SHOWN_CHARACTERS)}…` : text;
};

const reject = (given: Given, expected: string, fix: string): never => {
  throw new InvalidRequestError(`${given.field}: expected ${expected}, given ${show(given.value)}. ${fix}`, {
    code: 'invalid_control',
    field: given.field,
    blocking: [{ constraint: given.field, expected, given: show(given.value), fix }],
  });
};

const oneOf = <Value extends string>(given: Given, values: readonly Value[]): Value =>
  values.find((value) => value === given.value) ??
  reject(given, `one of ${values.join(', ')}`, 'Send one of the named values, or leave the control out.');

const DECIMAL = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/** NaN where none was given. `Number` alone would read `0x10`, `` and `Infinity` as numbers. */
const toNumber = ({ value, place }: Given): number => {
  if (typeof value === 'number') return value;
  return place === 'header' && typeof value === 'string' && DECIMAL.test(value) ? Number(value) : Number.NaN;
};

const positive = (given: Given, unit: string): number => {
  const number = toNumber(given);
  return Number.isFinite(number) && number > 0
    ? number
    : reject(given, `a number of ${unit} above 0`, 'Send a positive number, or leave the control out.');
};

const toBoolean = (given: Given): boolean => {
  const isText = given.place === 'header';
  if (given.value === true || (isText && given.value === 'true')) return true;
  if (given.value === false || (isText && given.value === 'false')) return false;
  return reject(given, 'true or false', 'Send true or false, or leave the control out.');
};

const toText = (given: Given): string =>
  typeof given.value === 'string' && given.value !== '' && given.value.length <= MAX_SESSION_ID_CHARACTERS
    ? given.value
    : reject(given, `a text of 1 to ${MAX_SESSION_ID_CHARACTERS} characters`, 'Send a shorter, non-empty text.');

const toList = (given: Given): readonly string[] => {
  const { value, place } = given;
  const list = place === 'header' && typeof value === 'string' ? value.split(',').map((entry) => entry.trim()) : value;
  const ok =
    Array.isArray(list) &&
    list.length > 0 &&
    list.length <= MAX_ALLOW_ENTRIES &&
    list.every((entry): entry is string => typeof entry === 'string' && entry !== '');
  return ok ? list : reject(given, 'a list of component names', 'Name at least one component of the unified model.');
};

const toObjective = (given: Given): ObjectiveSetting => {
  const preset = OBJECTIVE_NAMES.find((name) => name === given.value);
  if (preset !== undefined) return { type: 'preset', name: preset };
  const usd = toNumber(given);
  return Number.isFinite(usd) && usd >= 0
    ? { type: 'value', microUsdPerSuccess: fromUsd(usd) }
    : reject(
        given,
        `one of ${OBJECTIVE_NAMES.join(', ')}, or a number of US dollars per success`,
        'Send a preset or what one more solved task is worth to you, such as 0.05.',
      );
};

const toEffort = (given: Given): Effort =>
  isEffort(given.value)
    ? given.value
    : reject(given, 'an effort from none, minimal, low, medium, high, xhigh to max', 'Send one of these efforts.');

const toPin = (given: Given): string =>
  typeof given.value === 'string' && isId('dec_', given.value)
    ? given.value
    : reject(given, 'a decision id (dec_…)', 'Send the decision_id of an earlier answer.');

const isName = (name: string): name is Name => NAMES.some((known) => known === name);

const unknownControl = (field: string, name: string): never => {
  const [misspelt] = suggest(name, NAMES);
  const near = misspelt ?? NAMES.find((known) => name.length >= SHORTEST_PART && known.includes(name));
  const hint = near === undefined ? `Known controls: ${NAMES.join(', ')}.` : `Did you mean ${near}?`;
  const shown = field.slice(0, SHOWN_CHARACTERS);
  throw new InvalidRequestError(`${shown}: there is no such control. ${hint}`, {
    code: 'unknown_control',
    field: shown,
    blocking: [{ constraint: shown, expected: NAMES.join(', '), given: name.slice(0, SHOWN_CHARACTERS), fix: hint }],
  });
};

const readBody = (body: JsonValue | undefined): Map<Name, Given> => {
  const found = new Map<Name, Given>();
  if (body === undefined || body === null) return found;
  if (typeof body !== 'object' || Array.isArray(body))
    return reject(
      { value: body, place: 'body', field: brand.bodyKey },
      'an object of controls',
      'Send an object, or leave it out.',
    );
  for (const [name, value] of Object.entries(body)) {
    const field = `${brand.bodyKey}.${name}`;
    if (!isName(name)) return unknownControl(field, name);
    if (value !== undefined && value !== null) found.set(name, { value, place: 'body', field });
  }
  return found;
};

const readHeaders = (headers: Readonly<Record<string, string>>): Map<Name, Given> => {
  const found = new Map<Name, Given>();
  for (const header in headers) {
    const value = headers[header];
    if (value === undefined || !header.startsWith(brand.headerPrefix)) continue;
    const name = header.slice(brand.headerPrefix.length).replaceAll('-', '_');
    if (!isName(name)) return unknownControl(header, name);
    found.set(name, { value: value.trim(), place: 'header', field: header });
  }
  return found;
};

const readers = {
  mode: (given: Given) => oneOf(given, MODES),
  objective: toObjective,
  allow: toList,
  max_cost_usd: (given: Given) => Math.max(1, fromUsd(positive(given, 'US dollars'))),
  max_latency_ms: (given: Given) => positive(given, 'milliseconds'),
  max_effort: toEffort,
  session_id: toText,
  strict_params: toBoolean,
  allow_degrade: toBoolean,
  no_train: toBoolean,
  explain: (given: Given) => oneOf(given, EXPLAIN_LEVELS),
  pin: toPin,
  baseline: toText,
} as const;

/** Both places may say the same thing, in their own notation; they may not differ. */
const requireEqual = (body: Given, header: Given, name: Name): void => {
  const read = readers[name];
  if (JSON.stringify(read(body)) === JSON.stringify(read(header))) return;
  throw new InvalidRequestError(
    `${body.field} and ${header.field} differ: given ${show(body.value)} and ${show(header.value)}. Send only one of them.`,
    {
      code: 'control_conflict',
      field: body.field,
      blocking: [
        {
          constraint: body.field,
          expected: 'the same value in body and header',
          given: `${show(body.value)} and ${show(header.value)}`,
          fix: 'Send only one of them.',
        },
      ],
    },
  );
};

/** What almost every request asks of the router. */
const NO_CONTROLS: Controls = {
  mode: null,
  objective: null,
  allow: null,
  maxCostMicroUsd: null,
  maxLatencyMs: null,
  maxEffort: null,
  sessionId: null,
  sessionPlace: null,
  strictParams: false,
  allowDegrade: true,
  noTrain: false,
  explain: 'summary',
  pin: null,
  baseline: null,
};

/**
 * Controls of one request. `headers` have lower-case names; those without our prefix are ignored.
 * Throws InvalidRequestError for an unknown control, a wrong value, or two places that differ.
 */
export const parseControls = (body: JsonValue | undefined, headers: Readonly<Record<string, string>>): Controls => {
  const fromBody = readBody(body);
  const fromHeaders = readHeaders(headers);
  if (fromBody.size === 0 && fromHeaders.size === 0) return NO_CONTROLS;
  for (const [name, header] of fromHeaders) {
    const twin = fromBody.get(name);
    if (twin !== undefined) requireEqual(twin, header, name);
  }
  const get = <N extends Name>(name: N): ReturnType<(typeof readers)[N]> | null => {
    const given = fromBody.get(name) ?? fromHeaders.get(name);
    // The cast joins a name with the return type of its own reader, which TypeScript cannot see through the index.
    return given === undefined ? null : (readers[name](given) as ReturnType<(typeof readers)[N]>);
  };
  return {
    mode: get('mode'),
    objective: get('objective'),
    allow: get('allow'),
    maxCostMicroUsd: get('max_cost_usd'),
    maxLatencyMs: get('max_latency_ms'),
    maxEffort: get('max_effort'),
    sessionId: get('session_id'),
    sessionPlace: (fromBody.get('session_id') ?? fromHeaders.get('session_id'))?.place ?? null,
    strictParams: get('strict_params') ?? NO_CONTROLS.strictParams,
    allowDegrade: get('allow_degrade') ?? NO_CONTROLS.allowDegrade,
    noTrain: get('no_train') ?? NO_CONTROLS.noTrain,
    explain: get('explain') ?? NO_CONTROLS.explain,
    pin: get('pin'),
    baseline: get('baseline'),
  };
};
