/** How each client protocol spells a parameter, so that a warning names what the client wrote. */
import type { ClientProtocol } from '../canonical/protocol.ts';

type Spellings = Readonly<Record<ClientProtocol, string>>;

const EFFORT: Spellings = {
  'openai-chat': 'reasoning_effort',
  'openai-responses': 'reasoning.effort',
  'anthropic-messages': 'output_config.effort',
  gemini: 'generationConfig.thinkingConfig.thinkingLevel',
};

const FORMAT: Spellings = {
  'openai-chat': 'response_format',
  'openai-responses': 'text.format',
  'anthropic-messages': 'output_config.format',
  gemini: 'generationConfig.responseJsonSchema',
};

const TOOL_CHOICE: Spellings = {
  'openai-chat': 'tool_choice',
  'openai-responses': 'tool_choice',
  'anthropic-messages': 'tool_choice',
  gemini: 'toolConfig.functionCallingConfig',
};

const MAX_TOKENS: Spellings = {
  'openai-chat': 'max_completion_tokens',
  'openai-responses': 'max_output_tokens',
  'anthropic-messages': 'max_tokens',
  gemini: 'generationConfig.maxOutputTokens',
};

const VERBOSITY: Spellings = {
  'openai-chat': 'verbosity',
  'openai-responses': 'text.verbosity',
  'anthropic-messages': 'verbosity',
  gemini: 'verbosity',
};

export const spelling = {
  effort: (protocol: ClientProtocol): string => EFFORT[protocol],
  format: (protocol: ClientProtocol): string => FORMAT[protocol],
  toolChoice: (protocol: ClientProtocol): string => TOOL_CHOICE[protocol],
  maxTokens: (protocol: ClientProtocol): string => MAX_TOKENS[protocol],
  verbosity: (protocol: ClientProtocol): string => VERBOSITY[protocol],
};
