/** JSON values as plain types, for fields whose inside is not ours to know (schemas, metadata, unknown members). */

export type JsonValue = string | number | boolean | null | readonly JsonValue[] | JsonObject;

export interface JsonObject {
  readonly [key: string]: JsonValue | undefined;
}
