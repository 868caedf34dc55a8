/** Tools and the choice among them in the words of Chat Completions. */
import type { JsonObject, JsonValue } from '../../canonical/json.ts';
import type { CustomTool, FunctionTool, Tool } from '../../canonical/tool.ts';
import { toWrappedDescription, WRAPPED_SCHEMA } from '../custom-input.ts';
import { EMPTY_SCHEMA, noteLostBreakpoint } from '../openai-members.ts';
import { asRecord } from '../reading.ts';
import { mustBecomeAuto, onlyAllowed } from '../tool-choice.ts';
import { dialectOf } from './dialect.ts';
import type { ChatNames } from './messages.ts';
import type { ChatTranslation } from './resolve.ts';

type Context = ChatTranslation & ChatNames;

const toFunction = (tool: FunctionTool, { names, log, target }: Context): JsonObject => {
  if (tool.cache !== undefined) noteLostBreakpoint(log);
  const knowsStrict = dialectOf(target.deployment).knows.has('strict');
  if (tool.strict === true && !knowsStrict) {
    log.dropped('tools', `${tool.name}.strict`, 'The server may refuse `strict`; the schema is sent without it.');
  }
  return {
    type: 'function',
    function: {
      name: names.rename(tool.name),
      ...(tool.description === null ? {} : { description: tool.description }),
      parameters: tool.parameters ?? EMPTY_SCHEMA,
      ...(tool.strict === null || !knowsStrict ? {} : { strict: tool.strict }),
    },
  };
};

const toCustom = (tool: CustomTool, { names, log, target }: Context): JsonObject => {
  const name = names.rename(tool.name);
  const { format } = tool;
  if (!dialectOf(target.deployment).knows.has('custom_tools')) {
    if (format.type === 'grammar') {
      const message = `The grammar of ${tool.name} is sent as a description; the server does not enforce it.`;
      log.add('param_emulated', { param: 'tools', requested: tool.name, message });
    }
    const wrapped = { name, description: toWrappedDescription(tool), parameters: WRAPPED_SCHEMA };
    return { type: 'function', function: wrapped };
  }
  const grammar =
    format.type === 'grammar'
      ? { type: 'grammar', grammar: { syntax: format.syntax, definition: format.definition } }
      : { type: 'text' };
  const description = tool.description === null ? {} : { description: tool.description };
  return { type: 'custom', custom: { name, ...description, format: grammar } };
};

const toTool = (tool: Tool, context: Context): JsonObject | undefined => {
  switch (tool.type) {
    case 'function':
      return toFunction(tool, context);
    case 'custom':
      return toCustom(tool, context);
    case 'hosted':
      if (tool.protocol === 'openai-chat') return asRecord(tool.value) as JsonObject | undefined;
      context.log.dropped('tools', tool.name, `The hosted tool ${tool.name} exists only at its own provider.`);
      return undefined;
  }
};

const reference = (name: string, { names, request, target }: Context): JsonObject => {
  const isCustom = request.tools.some((tool) => tool.type === 'custom' && tool.name === name);
  return isCustom && dialectOf(target.deployment).knows.has('custom_tools')
    ? { type: 'custom', custom: { name: names.rename(name) } }
    : { type: 'function', function: { name: names.rename(name) } };
};

const toChoice = (context: Context): JsonValue => {
  if (mustBecomeAuto(context)) return 'auto';
  const { request, target } = context;
  const choice = request.toolChoice;
  switch (choice?.type) {
    case 'tool':
      return reference(choice.name, context);
    case 'allowed': {
      if (!dialectOf(target.deployment).knows.has('allowed_tools')) return choice.mode;
      const tools = choice.names.map((name) => reference(name, context));
      return { type: 'allowed_tools', allowed_tools: { mode: choice.mode, tools } };
    }
    case 'none':
    case 'required':
      return choice.type;
    default:
      return 'auto';
  }
};

/** Some take the restriction beside the full list, which keeps the prompt's cache. */
const toAllowed = (context: Context): readonly Tool[] =>
  dialectOf(context.target.deployment).knows.has('allowed_tools') ? context.request.tools : onlyAllowed(context);

/** The members `tools`, `tool_choice` and `parallel_tool_calls`; none when no tool is left. */
export const toToolMembers = (context: Context): JsonObject => {
  const { toolChoice, parallelToolCalls } = context.request;
  const tools = toAllowed(context)
    .map((tool) => toTool(tool, context))
    .filter((tool) => tool !== undefined);
  if (tools.length === 0) return {};
  return {
    tools,
    ...(toolChoice === null ? {} : { tool_choice: toChoice(context) }),
    ...(parallelToolCalls === null ? {} : { parallel_tool_calls: parallelToolCalls }),
  };
};
