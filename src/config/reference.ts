/** The reference of gearbox.yaml as a Markdown table: every field with its default and meaning, from the JSON Schema. */
import { toJsonSchema } from './json-schema.ts';

interface SchemaField {
  readonly type?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly default?: unknown;
  readonly description?: string;
  readonly properties?: Readonly<Record<string, SchemaField>>;
  readonly additionalProperties?: SchemaField | boolean;
  readonly anyOf?: readonly SchemaField[];
  readonly items?: SchemaField;
  readonly required?: readonly string[];
}

interface Row {
  readonly path: string;
  readonly field: SchemaField;
  readonly required: boolean;
}

/** Words that a Markdown table would take for its own marks. */
const toCell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('<', '\\<');

const alternatives = (field: SchemaField): readonly SchemaField[] => field.anyOf?.flatMap(alternatives) ?? [field];

const describeType = (field: SchemaField): string => {
  if (field.const !== undefined) return `\`${JSON.stringify(field.const)}\``;
  if (field.enum !== undefined) return field.enum.map((value) => `\`${String(value)}\``).join(', ');
  if (field.anyOf !== undefined) return [...new Set(alternatives(field).map(describeType))].join(' or ');
  if (field.type === 'array') return `list of ${describeType(field.items ?? {})}`;
  if (field.type === 'object') return field.properties === undefined ? 'map' : 'section';
  return field.type === 'string' ? 'text' : (field.type ?? 'any');
};

const describeDefault = ({ field, required }: Row): string => {
  if (required) return 'required';
  const value = field.default;
  // An empty list or map says nothing that "nothing" does not say.
  if (value === undefined || (typeof value === 'object' && Object.keys(value ?? {}).length === 0)) return '';
  return `\`${typeof value === 'string' ? value : JSON.stringify(value)}\``;
};

/** Every field below this one, depth first; `<name>` stands for a name of the operator's choice. */
const listRows = (field: SchemaField, path: string): readonly Row[] =>
  alternatives(field).flatMap((node) => {
    const named = Object.entries(node.properties ?? {}).flatMap(([name, child]) => {
      const below = path === '' ? name : `${path}.${name}`;
      const required = node.required?.includes(name) ?? false;
      return [{ path: below, field: child, required }, ...listRows(child, below)];
    });
    const any =
      typeof node.additionalProperties === 'object' ? listRows(node.additionalProperties, `${path}.<name>`) : [];
    return [...named, ...any];
  });

/** Lines of the table. Quantities: durations `250ms`, `5h`; call limits `160/3h`; spending `20000/month`; sizes `32MiB`. */
export const renderReference = (): readonly string[] => {
  const rows = listRows(toJsonSchema(), '');
  return [
    '| field | values | default | meaning |',
    '| --- | --- | --- | --- |',
    ...rows.map(
      (row) =>
        `| \`${row.path}\` | ${toCell(describeType(row.field))} | ${describeDefault(row)} | ${toCell(row.field.description ?? '')} |`,
    ),
  ];
};
