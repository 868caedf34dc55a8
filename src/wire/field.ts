/**
 * Reads typed fields out of a parsed body and, when one is wrong, says which, what was expected, what was given and
 * how to put it right. Hand-written because a request is validated on the hot path: a schema library costs ten times
 * as much and its messages quote values, which may be prompts. `null` means absent everywhere.
 */
import type { JsonObject } from '../canonical/json.ts';
import { InvalidRequestError } from '../errors.ts';

export type JsonRecord = Readonly<Record<string, unknown>>;

/** An object of the body and where it is: `messages[2]`, '' for the body itself. */
export interface FieldNode {
  readonly path: string;
  readonly value: JsonRecord;
}

export interface FieldList {
  readonly path: string;
  readonly values: readonly unknown[];
}

export interface NumberBounds {
  readonly min?: number;
  readonly max?: number;
  readonly integer?: boolean;
}

export interface Fault {
  readonly expected: string;
  readonly given: string;
  /** One imperative sentence. */
  readonly fix: string;
}

/** Looks like a name and not like prose, so that it may be repeated in a message. */
const NAME_LIKE = /^[\w.:/-]{1,40}$/;

const PLURAL_START = 2;

/** What a value is, without saying what it holds, except for numbers, booleans and names. */
export const describeGiven = (value: unknown): string => {
  if (value === undefined) return 'nothing';
  if (value === null || typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (typeof value === 'string') {
    return NAME_LIKE.test(value) ? `"${value}"` : `a string of ${value.length} characters`;
  }
  if (!Array.isArray(value)) return 'an object';
  return `an array of ${value.length} ${value.length >= PLURAL_START ? 'items' : 'item'}`;
};

/** What a value of free text is: its type only, because the text may be a prompt. */
const describeType = (value: unknown): string => (typeof value === 'string' ? 'a string' : describeGiven(value));

/** The error for one field; `field` is its path in the client's spelling. */
export const fieldError = (field: string, { expected, given, fix }: Fault): InvalidRequestError =>
  new InvalidRequestError(`\`${field}\`: expected ${expected}, got ${given}. ${fix}`, {
    field,
    blocking: [{ constraint: field, expected, given, fix }],
  });

/** Path of a member of `node`. */
export const pathOf = (node: FieldNode, key: string): string => (node.path === '' ? key : `${node.path}.${key}`);

const wrongType = (node: FieldNode, key: string, expected: string): InvalidRequestError => {
  const field = pathOf(node, key);
  const given = describeType(node.value[key]);
  return fieldError(field, { expected, given, fix: `Send ${expected} or leave \`${field}\` out.` });
};

const isAbsent = (value: unknown): value is null | undefined => value === undefined || value === null;

/** A required member that is missing, or of another type: leaving it out would not help. */
const unfit = (node: FieldNode, key: string, expected: string): InvalidRequestError => {
  const field = pathOf(node, key);
  const value = node.value[key];
  return isAbsent(value)
    ? fieldError(field, { expected, given: 'nothing', fix: `Add \`${field}\`; it is required.` })
    : fieldError(field, { expected, given: describeType(value), fix: `Send ${expected}.` });
};

const isRecord = (value: unknown): value is JsonRecord =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A value that must be an object, as a node. */
export const toNode = (value: unknown, path: string): FieldNode => {
  if (isRecord(value)) return { path, value };
  throw fieldError(path, { expected: 'an object', given: describeType(value), fix: `Send an object at \`${path}\`.` });
};

export const optionalString = (node: FieldNode, key: string): string | undefined => {
  const value = node.value[key];
  if (typeof value === 'string') return value;
  if (isAbsent(value)) return undefined;
  throw wrongType(node, key, 'a string');
};

export const requiredString = (node: FieldNode, key: string): string => {
  const value = node.value[key];
  if (typeof value === 'string') return value;
  throw unfit(node, key, 'a string');
};

/** A string that names something: required, and not empty. */
export const requiredName = (node: FieldNode, key: string): string => {
  const value = requiredString(node, key);
  if (value !== '') return value;
  const field = pathOf(node, key);
  throw fieldError(field, { expected: 'a name', given: 'an empty string', fix: `Give \`${field}\` a value.` });
};

export const optionalBoolean = (node: FieldNode, key: string): boolean | undefined => {
  const value = node.value[key];
  if (typeof value === 'boolean') return value;
  if (isAbsent(value)) return undefined;
  throw wrongType(node, key, 'true or false');
};

const toRange = ({ min, max, integer }: NumberBounds): string => {
  const kind = integer === true ? 'an integer' : 'a number';
  if (min !== undefined && max !== undefined) return `${kind} from ${min} to ${max}`;
  if (min !== undefined) return `${kind} of at least ${min}`;
  return max === undefined ? kind : `${kind} of at most ${max}`;
};

export const optionalNumber = (node: FieldNode, key: string, bounds: NumberBounds = {}): number | undefined => {
  const value = node.value[key];
  if (isAbsent(value)) return undefined;
  const fits =
    typeof value === 'number' &&
    Number.isFinite(value) &&
    value >= (bounds.min ?? -Infinity) &&
    value <= (bounds.max ?? Infinity) &&
    (bounds.integer !== true || Number.isInteger(value));
  if (!fits) throw wrongType(node, key, toRange(bounds));
  return value;
};

/** One of a closed list of words. */
export const optionalWord = <Word extends string>(
  node: FieldNode,
  key: string,
  words: readonly Word[],
): Word | undefined => {
  const value = node.value[key];
  if (isAbsent(value)) return undefined;
  const word = words.find((one) => one === value);
  if (word !== undefined) return word;
  const field = pathOf(node, key);
  throw fieldError(field, {
    expected: `one of ${words.join(', ')}`,
    given: describeGiven(value),
    fix: `Use one of these words or leave \`${field}\` out.`,
  });
};

export const optionalNode = (node: FieldNode, key: string): FieldNode | undefined => {
  const value = node.value[key];
  if (isAbsent(value)) return undefined;
  if (!isRecord(value)) throw wrongType(node, key, 'an object');
  return { path: pathOf(node, key), value };
};

export const requiredNode = (node: FieldNode, key: string): FieldNode => {
  const value = node.value[key];
  if (!isRecord(value)) throw unfit(node, key, 'an object');
  return { path: pathOf(node, key), value };
};

const toBoundedList = (path: string, values: readonly unknown[], maxItems: number): FieldList => {
  if (values.length <= maxItems) return { path, values };
  throw fieldError(path, {
    expected: `at most ${maxItems} items`,
    given: `${values.length}`,
    fix: `Send fewer items in \`${path}\`.`,
  });
};

/** An array of at most `maxItems`. */
export const optionalList = (node: FieldNode, key: string, maxItems: number): FieldList | undefined => {
  const values = node.value[key];
  if (isAbsent(values)) return undefined;
  if (!Array.isArray(values)) throw wrongType(node, key, 'an array');
  return toBoundedList(pathOf(node, key), values, maxItems);
};

export const requiredList = (node: FieldNode, key: string, maxItems: number): FieldList => {
  const values = node.value[key];
  if (!Array.isArray(values)) throw unfit(node, key, 'an array');
  return toBoundedList(pathOf(node, key), values, maxItems);
};

/** Every item of a list as an object with its own path. */
export const toNodes = (list: FieldList): readonly FieldNode[] =>
  list.values.map((value, index) => toNode(value, `${list.path}[${index}]`));

/** A node's object as JSON; null for an absent one. What came out of JSON.parse is JSON all through. */
export const toJsonObject = (node: FieldNode | undefined): JsonObject | null =>
  node === undefined ? null : (node.value as JsonObject);
