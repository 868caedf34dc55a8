/** Tools and the choice among them in the words of the Messages API. */
import type { JsonObject } from '../../canonical/json.ts';
import type { FunctionTool, Tool } from '../../canonical/tool.ts';
import { toWrappedDescription, WRAPPED_SCHEMA } from '../custom-input.ts';
import { asRecord } from '../reading.ts';
import { isForced, mustBecomeAuto, onlyAllowed } from '../tool-choice.ts';
import type { Block } from './block.ts';
import { profileSchema } from './schema-profile.ts';
import type { Translation } from './translation.ts';

/** Longest tool name (Anthropic, 2026-08). */
export const MAX_TOOL_NAME_CHARACTERS = 128;

export interface ToolMembers {
  readonly tools?: readonly JsonObject[];
  readonly tool_choice?: JsonObject;
}

const toInputSchema = (parameters: JsonObject | null): JsonObject => {
  if (parameters === null) return { type: 'object', properties: {} };
  return parameters['type'] === undefined ? { type: 'object', ...parameters } : parameters;
};

/** `strict` is only sent where the model can be held to a schema; elsewhere the schema stays as the client wrote it. */
const toStrict = (tool: FunctionTool, { target, log }: Translation): JsonObject | undefined => {
  if (tool.strict !== true) return undefined;
  if (!target.deployment.model.capabilities.structuredOutput) {
    log.dropped('tools', `${tool.name}.strict`, 'The model cannot be held to a tool schema.');
    return undefined;
  }
  const { schema, changes } = profileSchema(toInputSchema(tool.parameters));
  if (changes.length > 0) {
    log.add('param_clamped', {
      param: 'tools',
      requested: tool.name,
      message: `The strict schema of ${tool.name} was changed to what the provider enforces: ${changes.join('; ')}.`,
    });
  }
  return { strict: true, input_schema: schema };
};

const toFunction = (tool: FunctionTool, translation: Translation): Block => ({
  // `type` is optional for client tools and `custom` is its only value.
  type: 'custom',
  name: translation.names.rename(tool.name),
  ...(tool.description === null || tool.description === '' ? {} : { description: tool.description }),
  input_schema: toInputSchema(tool.parameters),
  ...toStrict(tool, translation),
  ...(tool.deferLoading === true ? { defer_loading: true } : {}),
});

const toTool = (tool: Tool, translation: Translation): Block | undefined => {
  switch (tool.type) {
    case 'function': {
      const block = toFunction(tool, translation);
      translation.marks.mark(block, tool.cache);
      return block;
    }
    case 'custom': {
      if (tool.format.type === 'grammar') {
        translation.log.add('param_emulated', {
          param: 'tools',
          requested: tool.name,
          message: `The grammar of ${tool.name} is sent as a description; the provider does not enforce it.`,
        });
      }
      const name = translation.names.rename(tool.name);
      return { type: 'custom', name, description: toWrappedDescription(tool), input_schema: WRAPPED_SCHEMA };
    }
    case 'hosted': {
      if (tool.protocol === 'anthropic-messages') return asRecord(tool.value) as Block | undefined;
      translation.log.dropped('tools', tool.name, `The hosted tool ${tool.name} exists only at its own provider.`);
      return undefined;
    }
  }
};

/** Whether the client forces a call and the model lets itself be forced. Thinking must then be off. */
export const forcesTool = ({ request, target }: Translation): boolean =>
  request.tools.length > 0 && isForced(request.toolChoice) && target.deployment.model.capabilities.forcedToolChoice;

const toChoice = (translation: Translation): JsonObject => {
  if (mustBecomeAuto(translation)) return { type: 'auto' };
  const choice = translation.request.toolChoice;
  switch (choice?.type) {
    case 'none':
      return { type: 'none' };
    case 'required':
      return { type: 'any' };
    case 'tool':
      return { type: 'tool', name: translation.names.rename(choice.name) };
    case 'allowed':
      return { type: choice.mode === 'required' ? 'any' : 'auto' };
    default:
      return { type: 'auto' };
  }
};

/** The members `tools` and `tool_choice`; none when no tool is left. */
export const toToolMembers = (translation: Translation): ToolMembers => {
  const { request } = translation;
  const tools = onlyAllowed(translation)
    .map((tool) => toTool(tool, translation))
    .filter((tool) => tool !== undefined);
  if (tools.length === 0) return {};
  const choice = toChoice(translation);
  const single = request.parallelToolCalls === false && choice['type'] !== 'none';
  if (request.toolChoice === null && !single) return { tools };
  return { tools, tool_choice: single ? { ...choice, disable_parallel_tool_use: true } : choice };
};
