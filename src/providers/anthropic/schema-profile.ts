/**
 * The part of JSON Schema that the Messages API enforces (structured outputs, strict tools; the rules are those of the
 * official SDK's schema transformation, 2026-08). What it refuses becomes words in the description, so that the model
 * still reads it, and is reported.
 */
import type { JsonObject, JsonValue } from '../../canonical/json.ts';
import { asJson, asList, asRecord } from '../reading.ts';

export interface ProfiledSchema {
  readonly schema: JsonObject;
  /** What had to change, one phrase each, without repetition: `additionalProperties: false was set`. */
  readonly changes: readonly string[];
}

const STRING_FORMATS = new Set([
  'date-time',
  'time',
  'date',
  'duration',
  'email',
  'hostname',
  'uri',
  'ipv4',
  'ipv6',
  'uuid',
]);

const KEPT = new Set(['type', 'description', 'title', 'const', 'enum', 'required', '$ref', 'default']);

type Changes = Set<string>;

const toSchemas = (value: unknown, changes: Changes): JsonObject =>
  Object.fromEntries(Object.entries(asRecord(value) ?? {}).map(([key, inner]) => [key, toProfile(inner, changes)]));

const isAccepted = (key: string, value: unknown): boolean =>
  KEPT.has(key) ||
  (key === 'format' && STRING_FORMATS.has(String(value))) ||
  (key === 'minItems' && (value === 0 || value === 1));

/** Keywords whose value holds further schemas; undefined for any other keyword. */
const toNested = (key: string, value: unknown, changes: Changes): Readonly<Record<string, JsonValue>> | undefined => {
  switch (key) {
    case 'properties':
    case '$defs':
      return { [key]: toSchemas(value, changes) };
    case 'definitions':
      // References are rewritten nowhere, so the older keyword keeps its name.
      return { definitions: toSchemas(value, changes) };
    case 'items':
      return { items: toProfile(value, changes) };
    case 'anyOf':
    case 'allOf':
      return { [key]: asList(value).map((inner) => toProfile(inner, changes)) };
    case 'oneOf':
      changes.add('oneOf became anyOf');
      return { anyOf: asList(value).map((inner) => toProfile(inner, changes)) };
    default:
      return undefined;
  }
};

const isObjectSchema = (schema: Readonly<Record<string, unknown>>): boolean =>
  schema['type'] === 'object' || asList(schema['type']).includes('object') || schema['properties'] !== undefined;

const describe = (description: unknown, refused: readonly (readonly [string, unknown])[]): string =>
  [
    typeof description === 'string' ? description : '',
    `(${refused.map(([key, value]) => `${key}: ${JSON.stringify(value)}`).join(', ')})`,
  ]
    .filter((text) => text !== '')
    .join('\n\n');

const toProfile = (value: unknown, changes: Changes): JsonValue => {
  const schema = asRecord(value);
  // `true`, `false` and anything that is no schema at all: the provider says what it thinks of it.
  if (schema === undefined) return asJson(value);
  const result: Record<string, JsonValue> = {};
  const refused: (readonly [string, unknown])[] = [];
  for (const [key, member] of Object.entries(schema)) {
    const nested = toNested(key, member, changes);
    if (nested !== undefined) Object.assign(result, nested);
    else if (isAccepted(key, member)) result[key] = asJson(member);
    else if (key !== 'additionalProperties' && key !== '$schema') refused.push([key, member]);
  }
  if (isObjectSchema(schema)) {
    if (schema['additionalProperties'] !== false) changes.add('additionalProperties: false was set');
    result['additionalProperties'] = false;
  }
  if (refused.length > 0) {
    for (const [key] of refused) changes.add(`${key} became part of the description`);
    result['description'] = describe(schema['description'], refused);
  }
  return result;
};

/** The schema as the provider accepts it. `required` stays as it is: an optional member may be left out. */
export const profileSchema = (schema: JsonObject): ProfiledSchema => {
  const changes: Changes = new Set();
  return { schema: toProfile(schema, changes) as JsonObject, changes: [...changes] };
};
