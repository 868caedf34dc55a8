/** Tools and tool choice of a chat request: current, legacy (`functions`) and the hybrids that clients send. */
import type { ToolKind } from '../../canonical/content.ts';
import type { JsonValue } from '../../canonical/json.ts';
import type { CustomTool, FunctionTool, Tool, ToolChoice } from '../../canonical/tool.ts';
import { parseCache } from '../cache-mark.ts';
import { findGrammarFault } from '../grammar/grammar.ts';
import type { FieldNode } from '../field.ts';
import {
  describeGiven,
  fieldError,
  optionalBoolean,
  optionalList,
  optionalNode,
  optionalString,
  optionalWord,
  pathOf,
  requiredList,
  requiredName,
  requiredNode,
  requiredString,
  toJsonObject,
  toNodes,
} from '../field.ts';

const SYNTAXES = ['lark', 'regex'] as const;
const MODES = ['auto', 'required'] as const;
const FORMATS = ['text', 'grammar'] as const;

/** The object that holds name and parameters: `tool.function` as specified, or the tool itself (Responses shape). */
const toInner = (tool: FieldNode, key: string): FieldNode =>
  tool.value[key] === undefined && tool.value['name'] !== undefined ? tool : requiredNode(tool, key);

const parseFunction = (definition: FieldNode, tool: FieldNode): FunctionTool => {
  const cache = parseCache(tool) ?? (tool === definition ? undefined : parseCache(definition));
  const deferLoading = optionalBoolean(tool, 'defer_loading');
  return {
    type: 'function',
    name: requiredName(definition, 'name'),
    description: optionalString(definition, 'description') ?? null,
    parameters: toJsonObject(optionalNode(definition, 'parameters')),
    strict: optionalBoolean(definition, 'strict') ?? null,
    ...(cache === undefined ? {} : { cache }),
    ...(deferLoading === undefined ? {} : { deferLoading }),
  };
};

const parseFormat = (custom: FieldNode): CustomTool['format'] => {
  const format = optionalNode(custom, 'format');
  if (format === undefined || (optionalWord(format, 'type', FORMATS) ?? 'text') === 'text') return { type: 'text' };
  // Nested in chat, flat in the Responses API; Cursor sends the flat one here.
  const grammar = format.value['grammar'] === undefined ? format : requiredNode(format, 'grammar');
  const syntax = optionalWord(grammar, 'syntax', SYNTAXES) ?? 'lark';
  const definition = requiredString(grammar, 'definition');
  const fault = findGrammarFault({ syntax, definition });
  if (fault === null) return { type: 'grammar', syntax, definition };
  const { line, expected, given, fix } = fault;
  throw fieldError(pathOf(grammar, 'definition'), { expected: `${expected} (line ${line})`, given, fix });
};

const parseCustom = (custom: FieldNode): CustomTool => ({
  type: 'custom',
  name: requiredName(custom, 'name'),
  description: optionalString(custom, 'description') ?? null,
  format: parseFormat(custom),
});

const parseTool = (tool: FieldNode): Tool => {
  const type = requiredName(tool, 'type');
  if (type === 'function') return parseFunction(toInner(tool, 'function'), tool);
  if (type === 'custom') return parseCustom(toInner(tool, 'custom'));
  // The value came out of JSON.parse, so it is JSON.
  return { type: 'hosted', name: type, protocol: 'openai-chat', value: tool.value as JsonValue };
};

/** `tools`, or the legacy `functions`; both at once are both offered. */
export const parseTools = (body: FieldNode, maxTools: number): readonly Tool[] => {
  const tools = optionalList(body, 'tools', maxTools);
  const functions = optionalList(body, 'functions', maxTools);
  if (tools === undefined && functions === undefined) return [];
  return [
    ...(tools === undefined ? [] : toNodes(tools).map(parseTool)),
    ...(functions === undefined ? [] : toNodes(functions).map((definition) => parseFunction(definition, definition))),
  ];
};

const NAMED_KINDS: ReadonlyMap<string, ToolKind> = new Map([
  ['function', 'function'],
  ['custom', 'custom'],
]);

/** Name of the tool that an entry like `{type: "function", function: {name}}` means. */
const parseToolName = (entry: FieldNode): { readonly kind: ToolKind; readonly name: string } => {
  const type = requiredName(entry, 'type');
  const kind = NAMED_KINDS.get(type);
  if (kind === undefined) return { kind: 'hosted', name: type };
  return { kind, name: requiredName(toInner(entry, kind), 'name') };
};

const parseAllowed = (choice: FieldNode, maxTools: number): ToolChoice => {
  const allowed = choice.value['allowed_tools'] === undefined ? choice : requiredNode(choice, 'allowed_tools');
  const names = toNodes(requiredList(allowed, 'tools', maxTools)).map((entry) => parseToolName(entry).name);
  return { type: 'allowed', mode: optionalWord(allowed, 'mode', MODES) ?? 'auto', names };
};

const toWordChoice = (word: string, field: string): ToolChoice => {
  if (word === 'auto' || word === 'none' || word === 'required') return { type: word };
  throw fieldError(field, {
    expected: 'auto, none, required, or an object that names a tool',
    given: describeGiven(word),
    fix: `To force a tool send {"type": "function", "function": {"name": "…"}}.`,
  });
};

const parseLegacyChoice = (body: FieldNode): ToolChoice | null => {
  const choice = body.value['function_call'];
  if (choice === undefined || choice === null) return null;
  if (typeof choice === 'string') return toWordChoice(choice, 'function_call');
  return { type: 'tool', kind: 'function', name: requiredName(requiredNode(body, 'function_call'), 'name') };
};

/** `tool_choice`, else the legacy `function_call`; null when neither was sent. */
export const parseToolChoice = (body: FieldNode, maxTools: number): ToolChoice | null => {
  const choice = body.value['tool_choice'];
  if (choice === undefined || choice === null) return parseLegacyChoice(body);
  if (typeof choice === 'string') return toWordChoice(choice, pathOf(body, 'tool_choice'));
  const node = requiredNode(body, 'tool_choice');
  return node.value['type'] === 'allowed_tools'
    ? parseAllowed(node, maxTools)
    : { type: 'tool', ...parseToolName(node) };
};
