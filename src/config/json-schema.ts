/** The JSON Schema of gearbox.yaml, for editors, and the names that it allows at each place. */
import { z } from 'zod';
import { brand } from '../brand.ts';
import { configurationSchema } from './schema.ts';

interface SchemaNode {
  readonly properties?: Readonly<Record<string, SchemaNode>>;
  readonly additionalProperties?: SchemaNode | boolean;
  readonly anyOf?: readonly SchemaNode[];
  readonly items?: SchemaNode;
}

export const JSON_SCHEMA_FILE = `${brand.binary}.schema.json`;

/** JSON Schema draft 2020-12 of what a person may write; generated, never edited. */
export const toJsonSchema = (): Readonly<Record<string, unknown>> => ({
  ...z.toJSONSchema(configurationSchema, { io: 'input' }),
  title: `${brand.name} configuration`,
});

export const renderJsonSchema = (): string => `${JSON.stringify(toJsonSchema(), null, 2)}\n`;

/** Names allowed directly below `path`; empty where any name is allowed or nothing may be below. */
export const knownFields = (path: readonly PropertyKey[]): readonly string[] => {
  const nodes = path.reduce<readonly SchemaNode[]>(
    (parents, segment) => parents.flatMap((node) => childrenOf(node, segment)),
    alternatives(schemaRoot()),
  );
  return nodes.flatMap((node) => Object.keys(node.properties ?? {}));
};

const alternatives = (node: SchemaNode): readonly SchemaNode[] => node.anyOf?.flatMap(alternatives) ?? [node];

const childrenOf = (node: SchemaNode, segment: PropertyKey): readonly SchemaNode[] => {
  const named = typeof segment === 'string' && Object.hasOwn(node.properties ?? {}, segment);
  const child = named ? node.properties?.[segment] : (node.items ?? node.additionalProperties);
  return typeof child === 'object' ? alternatives(child) : [];
};

let generated: SchemaNode | null = null;

/** Generated at the first use: most starts have no unknown field, and it takes milliseconds. */
const schemaRoot = (): SchemaNode => {
  // The generated schema is plain JSON whose members of interest are the ones in SchemaNode.
  generated ??= z.toJSONSchema(configurationSchema, { io: 'input' }) as SchemaNode;
  return generated;
};
