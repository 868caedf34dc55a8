/**
 * What OpenAI holds a model to. With `strict: true` every object must list all of its properties as required and allow no
 * others ("Structured model outputs", 2026); another schema is a 400, so it is sent without.
 */
import type { JsonValue } from '../canonical/json.ts';
import { asList, asRecord } from './reading.ts';

const isClosed = (value: JsonValue | undefined): boolean => {
  if (Array.isArray(value)) return value.every(isClosed);
  const schema = asRecord(value);
  if (schema === undefined) return true;
  const properties = asRecord(schema['properties']);
  if (properties !== undefined || schema['type'] === 'object') {
    const required = asList(schema['required']);
    const names = Object.keys(properties ?? {});
    if (schema['additionalProperties'] !== false || !names.every((name) => required.includes(name))) return false;
  }
  return Object.values(schema).every((inner) => isClosed(inner as JsonValue));
};

/** Whether `strict: true` may be sent with the schema. */
export const isStrictSchema = (schema: JsonValue): boolean => isClosed(schema);
