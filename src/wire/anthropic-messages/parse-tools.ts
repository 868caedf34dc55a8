/** Tools and tool choice of a Messages request. */
import type { JsonValue } from '../../canonical/json.ts';
import type { Tool, ToolChoice } from '../../canonical/tool.ts';
import { parseCache } from '../cache-mark.ts';
import type { FieldNode } from '../field.ts';
import {
  optionalBoolean,
  optionalList,
  optionalNode,
  optionalString,
  optionalWord,
  requiredName,
  toJsonObject,
  toNodes,
} from '../field.ts';

const parseTool = (tool: FieldNode): Tool => {
  const type = optionalString(tool, 'type') ?? 'custom';
  if (type !== 'custom') {
    // Typed tools (web search, bash, text editor) have schemas that only this provider's models were trained on.
    return { type: 'hosted', name: type, protocol: 'anthropic-messages', value: tool.value as JsonValue };
  }
  const cache = parseCache(tool);
  const deferLoading = optionalBoolean(tool, 'defer_loading');
  return {
    type: 'function',
    name: requiredName(tool, 'name'),
    description: optionalString(tool, 'description') ?? null,
    parameters: toJsonObject(optionalNode(tool, 'input_schema')),
    strict: optionalBoolean(tool, 'strict') ?? null,
    ...(cache === undefined ? {} : { cache }),
    ...(deferLoading === undefined ? {} : { deferLoading }),
  };
};

export const parseTools = (body: FieldNode, maxTools: number): readonly Tool[] => {
  const tools = optionalList(body, 'tools', maxTools);
  return tools === undefined ? [] : toNodes(tools).map(parseTool);
};

const CHOICES = ['auto', 'any', 'tool', 'none'] as const;

export interface ToolDirection {
  readonly toolChoice: ToolChoice | null;
  readonly parallelToolCalls: boolean | null;
}

const toChoice = (node: FieldNode): ToolChoice => {
  const type = optionalWord(node, 'type', CHOICES) ?? 'auto';
  switch (type) {
    case 'auto':
    case 'none':
      return { type };
    case 'any':
      return { type: 'required' };
    case 'tool':
      return { type: 'tool', kind: 'function', name: requiredName(node, 'name') };
  }
};

export const parseToolChoice = (body: FieldNode): ToolDirection => {
  const node = optionalNode(body, 'tool_choice');
  if (node === undefined) return { toolChoice: null, parallelToolCalls: null };
  const disabled = optionalBoolean(node, 'disable_parallel_tool_use');
  return { toolChoice: toChoice(node), parallelToolCalls: disabled === undefined ? null : !disabled };
};
