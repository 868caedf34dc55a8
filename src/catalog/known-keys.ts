/** Keys that a strict schema knows at a place of a document, for suggestions. */
import { z } from 'zod';
import type { KnownKeys } from './problem.ts';

/** The schema inside `optional` and `default` wrappers. */
const unwrap = (schema: z.core.$ZodType): z.core.$ZodType =>
  schema instanceof z.ZodOptional || schema instanceof z.ZodDefault ? unwrap(schema.def.innerType) : schema;

/** Keys that a table at this place of a file may have; empty where no table belongs. */
export const createKnownKeys =
  (root: z.core.$ZodType): KnownKeys =>
  (path) => {
    let schema: z.core.$ZodType | undefined = root;
    for (const part of path) {
      const inner: z.core.$ZodType | undefined = schema === undefined ? undefined : unwrap(schema);
      if (inner instanceof z.ZodArray) schema = inner.def.element;
      else schema = inner instanceof z.ZodObject ? inner.shape[String(part)] : undefined;
    }
    const table = schema === undefined ? undefined : unwrap(schema);
    return table instanceof z.ZodObject ? Object.keys(table.shape) : [];
  };
