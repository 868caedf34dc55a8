/** Samples: the smallest JSON value that meets a schema, for tool arguments and structured answers. */
import type { JsonObject, JsonValue } from '../canonical/json.ts';

/** Deeper schemas (recursive ones among them) are cut off with null. */
const MAX_DEPTH = 12;

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const resolve = (root: unknown, reference: string): unknown =>
  reference
    .replace(/^#\/?/, '')
    .split('/')
    .filter((step) => step !== '')
    .reduce<unknown>((value, step) => (isObject(value) ? value[step] : undefined), root);

const firstType = (schema: Readonly<Record<string, unknown>>): unknown => {
  const { type } = schema;
  if (Array.isArray(type)) {
    return type.find((name) => name !== 'null') ?? 'null';
  }
  return type ?? (isObject(schema['properties']) ? 'object' : undefined);
};

interface Place {
  readonly root: unknown;
  readonly depth: number;
}

const sampleObject = (schema: Readonly<Record<string, unknown>>, place: Place): JsonObject => {
  const properties = isObject(schema['properties']) ? schema['properties'] : {};
  const required: readonly unknown[] = Array.isArray(schema['required']) ? schema['required'] : [];
  const names = Object.keys(properties).filter((name) => required.includes(name));
  return Object.fromEntries(names.map((name) => [name, sample(properties[name], place)]));
};

const sampleArray = (schema: Readonly<Record<string, unknown>>, place: Place): readonly JsonValue[] => {
  const { minItems } = schema;
  const count = typeof minItems === 'number' ? Math.min(minItems, MAX_DEPTH) : 0;
  return Array.from({ length: count }, () => sample(schema['items'], place));
};

const sampleString = ({ minLength }: Readonly<Record<string, unknown>>): string =>
  'lab'.padEnd(typeof minLength === 'number' ? Math.min(minLength, 1_000) : 0, '-');

const sampleByType = (schema: Readonly<Record<string, unknown>>, place: Place): JsonValue => {
  switch (firstType(schema)) {
    case 'object':
      return sampleObject(schema, place);
    case 'array':
      return sampleArray(schema, place);
    case 'integer':
    case 'number':
      return typeof schema['minimum'] === 'number' ? Math.ceil(schema['minimum']) : 1;
    case 'boolean':
      return true;
    case 'null':
      return null;
    default:
      return sampleString(schema);
  }
};

const sample = (schema: unknown, { root, depth }: Place): JsonValue => {
  const place = { root, depth: depth + 1 };
  if (!isObject(schema) || depth > MAX_DEPTH) {
    return null;
  }
  if (typeof schema['$ref'] === 'string') {
    return sample(resolve(root, schema['$ref']), place);
  }
  if (schema['const'] !== undefined) {
    return schema['const'] as JsonValue; // a schema parsed from JSON holds JSON values
  }
  const options = [schema['enum'], schema['anyOf'], schema['oneOf'], schema['allOf']];
  const [values, ...branches] = options.map((list): readonly unknown[] => (Array.isArray(list) ? list : []));
  if (values !== undefined && values.length > 0) {
    return values[0] as JsonValue; // as above
  }
  const branch = branches.find((list) => list.length > 0)?.[0];
  return branch === undefined ? sampleByType(schema, place) : sample(branch, place);
};

/** The smallest value that meets a JSON Schema: required members only, first of each choice. Not for every schema. */
export const sampleFromSchema = (schema: unknown): JsonValue => sample(schema, { root: schema, depth: 0 });
