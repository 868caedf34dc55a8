/** A prompt of outcome data as the request that a client would have sent: the same features come out of both. */
import type { JsonObject, JsonValue } from '../canonical/json.ts';
import type { Message } from '../canonical/message.ts';
import type { CanonicalRequest } from '../canonical/request.ts';
import type { Tool } from '../canonical/tool.ts';
import type { RoutablePrompt } from './prompt.ts';

const toMessages = (prompt: RoutablePrompt['prompt']): readonly Message[] =>
  (typeof prompt === 'string' ? [{ role: 'user' as const, content: prompt }] : prompt).map(({ role, content }) => ({
    role,
    content: [{ type: 'text', text: content }],
  }));

const isObject = (value: JsonValue | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A function document as data sets write it: a name, a description, parameters in their own dialect of JSON Schema. */
const toTool = (document: JsonValue, index: number): Tool => {
  const { name, description, parameters } = isObject(document) ? document : {};
  return {
    type: 'function',
    name: typeof name === 'string' ? name : `function_${index}`,
    description: typeof description === 'string' ? description : null,
    parameters: isObject(parameters) ? parameters : null,
    strict: null,
  };
};

/** Nothing but prompt and tools; every parameter is left unsaid. The result was never text, so it has none. */
export const toCanonicalRequest = ({ prompt, tools }: RoutablePrompt): CanonicalRequest => ({
  source: { protocol: 'openai-chat', text: '' },
  model: 'auto',
  messages: toMessages(prompt),
  tools: tools.map(toTool),
  toolChoice: null,
  parallelToolCalls: null,
  sampling: {},
  maxOutputTokens: null,
  reasoning: { effort: null, budgetTokens: null, summary: null, mode: null },
  verbosity: null,
  responseFormat: null,
  stream: false,
  includeUsage: false,
  serviceTier: null,
  cache: null,
  outputModalities: [],
  endUser: null,
  metadata: null,
  controls: undefined,
  unknownMembers: [],
});
