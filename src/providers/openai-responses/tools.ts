/** Tools and the choice among them in the words of Responses. */
import type { JsonObject, JsonValue } from '../../canonical/json.ts';
import type { CustomTool, FunctionTool, Tool } from '../../canonical/tool.ts';
import { EMPTY_SCHEMA, noteLostBreakpoint } from '../openai-members.ts';
import { asRecord } from '../reading.ts';
import { mustBecomeAuto } from '../tool-choice.ts';
import type { ResponsesTranslation } from './translation.ts';

const toFunction = (tool: FunctionTool, { names, log }: ResponsesTranslation): JsonObject => {
  if (tool.cache !== undefined) noteLostBreakpoint(log);
  return {
    type: 'function',
    name: names.rename(tool.name),
    ...(tool.description === null ? {} : { description: tool.description }),
    parameters: tool.parameters ?? EMPTY_SCHEMA,
    // This protocol is strict unless told otherwise; the others are not, and their schemas would be refused.
    strict: tool.strict ?? false,
  };
};

const toCustom = ({ name, description, format }: CustomTool, { names }: ResponsesTranslation): JsonObject => ({
  type: 'custom',
  name: names.rename(name),
  ...(description === null ? {} : { description }),
  format: { ...format },
});

const toTool = (tool: Tool, translation: ResponsesTranslation): JsonObject | undefined => {
  switch (tool.type) {
    case 'function':
      return toFunction(tool, translation);
    case 'custom':
      return toCustom(tool, translation);
    case 'hosted':
      if (tool.protocol === 'openai-responses') return asRecord(tool.value) as JsonObject | undefined;
      translation.log.dropped('tools', tool.name, `The hosted tool ${tool.name} exists only at its own provider.`);
      return undefined;
  }
};

const reference = (name: string, { names, request }: ResponsesTranslation): JsonObject => {
  const isCustom = request.tools.some((tool) => tool.type === 'custom' && tool.name === name);
  return { type: isCustom ? 'custom' : 'function', name: names.rename(name) };
};

const toChoice = (translation: ResponsesTranslation): JsonValue => {
  if (mustBecomeAuto(translation)) return 'auto';
  const choice = translation.request.toolChoice;
  switch (choice?.type) {
    case 'tool':
      return reference(choice.name, translation);
    case 'allowed': {
      const tools = choice.names.map((name) => reference(name, translation));
      return { type: 'allowed_tools', mode: choice.mode, tools };
    }
    case 'none':
    case 'required':
      return choice.type;
    default:
      return 'auto';
  }
};

/** The members `tools`, `tool_choice` and `parallel_tool_calls`; none when no tool is left. */
export const toToolMembers = (translation: ResponsesTranslation): JsonObject => {
  const { tools: asked, toolChoice, parallelToolCalls } = translation.request;
  const tools = asked.map((tool) => toTool(tool, translation)).filter((tool) => tool !== undefined);
  if (tools.length === 0) return {};
  return {
    tools,
    ...(toolChoice === null ? {} : { tool_choice: toChoice(translation) }),
    ...(parallelToolCalls === null ? {} : { parallel_tool_calls: parallelToolCalls }),
  };
};
