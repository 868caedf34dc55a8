/** Every control that a client has, in the words of each client protocol; absent where a protocol cannot say it. */
import type { MatrixClient } from '../../src/drive/wire-scenarios.ts';

type Members = Readonly<Record<string, unknown>>;

export interface Control {
  readonly name: string;
  readonly bodies: Partial<Readonly<Record<MatrixClient, Members>>>;
}

const SCHEMA = {
  type: 'object',
  properties: { city: { type: 'string', minLength: 1 }, days: { type: 'integer', minimum: 1 } },
  required: ['city'],
} as const;
const CLOSED = {
  type: 'object',
  properties: { city: { type: 'string' } },
  required: ['city'],
  additionalProperties: false,
} as const;
const WEATHER = { name: 'get_weather', description: 'Weather of a city', parameters: SCHEMA } as const;
const TIME = { name: 'get_time', description: 'Time in a city', parameters: SCHEMA } as const;
const GRAMMAR = { syntax: 'lark', definition: 'start: "a" | "b"' } as const;

const toClaude = ({ name, description, parameters }: typeof WEATHER | typeof TIME) => ({
  name,
  description,
  input_schema: parameters,
});

const TOOLS: Readonly<Record<MatrixClient, Members>> = {
  'openai-chat': { tools: [WEATHER, TIME].map((each) => ({ type: 'function', function: each })) },
  'openai-responses': { tools: [WEATHER, TIME].map((each) => ({ type: 'function', ...each, strict: false })) },
  'anthropic-messages': { tools: [WEATHER, TIME].map(toClaude) },
};

const withTools = (choices: Partial<Readonly<Record<MatrixClient, Members>>>): Control['bodies'] =>
  Object.fromEntries(
    Object.entries(choices).map(([client, members]) => [client, { ...TOOLS[client as MatrixClient], ...members }]),
  );

const effort = (level: string): Control['bodies'] => ({
  'openai-chat': { reasoning_effort: level },
  'openai-responses': { reasoning: { effort: level } },
  'anthropic-messages':
    level === 'none'
      ? { thinking: { type: 'disabled' } }
      : { output_config: { effort: level }, thinking: { type: 'adaptive' } },
});

const CUSTOM = { name: 'run', description: 'Runs a command' } as const;

export const CONTROLS: readonly Control[] = [
  { name: 'nothing', bodies: { 'openai-chat': {}, 'openai-responses': {}, 'anthropic-messages': {} } },
  ...['none', 'low', 'high', 'max'].map((level) => ({ name: `effort ${level}`, bodies: effort(level) })),
  { name: 'budget', bodies: { 'anthropic-messages': { thinking: { type: 'enabled', budget_tokens: 4_000 } } } },
  {
    name: 'output limit',
    bodies: {
      'openai-chat': { max_tokens: 500 },
      'openai-responses': { max_output_tokens: 500 },
      'anthropic-messages': { max_tokens: 500 },
    },
  },
  {
    name: 'sampling',
    bodies: {
      'openai-chat': { temperature: 0.2, top_p: 0.9, seed: 7, stop: ['END'] },
      'openai-responses': { temperature: 0.2, top_p: 0.9 },
      'anthropic-messages': { temperature: 0.2, top_k: 5, stop_sequences: ['END'] },
    },
  },
  {
    name: 'penalties and log probabilities',
    bodies: {
      'openai-chat': {
        frequency_penalty: 0.5,
        presence_penalty: 0.5,
        logit_bias: { 11: -1 },
        logprobs: true,
        top_logprobs: 2,
      },
      'openai-responses': { top_logprobs: 2 },
    },
  },
  {
    name: 'verbosity',
    bodies: { 'openai-chat': { verbosity: 'low' }, 'openai-responses': { text: { verbosity: 'low' } } },
  },
  {
    name: 'schema',
    bodies: {
      'openai-chat': {
        response_format: { type: 'json_schema', json_schema: { name: 'city', schema: CLOSED, strict: true } },
      },
      'openai-responses': { text: { format: { type: 'json_schema', name: 'city', schema: CLOSED, strict: true } } },
      'anthropic-messages': { output_config: { format: { type: 'json_schema', schema: CLOSED } } },
    },
  },
  {
    name: 'JSON without a schema',
    bodies: {
      'openai-chat': { response_format: { type: 'json_object' } },
      'openai-responses': { text: { format: { type: 'json_object' } } },
    },
  },
  { name: 'tools', bodies: withTools({ 'openai-chat': {}, 'openai-responses': {}, 'anthropic-messages': {} }) },
  {
    name: 'strict tool',
    bodies: {
      'openai-chat': { tools: [{ type: 'function', function: { name: 'f', parameters: CLOSED, strict: true } }] },
      'openai-responses': { tools: [{ type: 'function', name: 'f', parameters: CLOSED, strict: true }] },
      'anthropic-messages': { tools: [{ name: 'f', input_schema: CLOSED, strict: true }] },
    },
  },
  {
    name: 'forced tool',
    bodies: withTools({
      'openai-chat': { tool_choice: { type: 'function', function: { name: 'get_time' } } },
      'openai-responses': { tool_choice: { type: 'function', name: 'get_time' } },
      'anthropic-messages': { tool_choice: { type: 'tool', name: 'get_time' } },
    }),
  },
  {
    name: 'any tool',
    bodies: withTools({
      'openai-chat': { tool_choice: 'required' },
      'openai-responses': { tool_choice: 'required' },
      'anthropic-messages': { tool_choice: { type: 'any' } },
    }),
  },
  {
    name: 'allowed tools',
    bodies: withTools({
      'openai-chat': {
        tool_choice: {
          type: 'allowed_tools',
          allowed_tools: { mode: 'auto', tools: [{ type: 'function', function: { name: 'get_time' } }] },
        },
      },
      'openai-responses': {
        tool_choice: { type: 'allowed_tools', mode: 'auto', tools: [{ type: 'function', name: 'get_time' }] },
      },
    }),
  },
  {
    name: 'one call at a time',
    bodies: withTools({
      'openai-chat': { parallel_tool_calls: false },
      'openai-responses': { parallel_tool_calls: false },
      'anthropic-messages': { tool_choice: { type: 'auto', disable_parallel_tool_use: true } },
    }),
  },
  {
    name: 'custom tool with a grammar',
    bodies: {
      'openai-chat': {
        tools: [{ type: 'custom', custom: { ...CUSTOM, format: { type: 'grammar', grammar: GRAMMAR } } }],
      },
      'openai-responses': { tools: [{ type: 'custom', ...CUSTOM, format: { type: 'grammar', ...GRAMMAR } }] },
    },
  },
  {
    name: 'cache and tier',
    bodies: {
      'openai-chat': { prompt_cache_key: 'k', service_tier: 'flex' },
      'openai-responses': { prompt_cache_key: 'k', service_tier: 'flex' },
      'anthropic-messages': { service_tier: 'auto', cache_control: { type: 'ephemeral' } },
    },
  },
  {
    name: 'cache marks',
    bodies: {
      'anthropic-messages': {
        system: [{ type: 'text', text: 'You are terse.', cache_control: { type: 'ephemeral' } }],
        messages: [
          { role: 'user', content: [{ type: 'text', text: 'Hello', cache_control: { type: 'ephemeral', ttl: '1h' } }] },
        ],
      },
    },
  },
  {
    name: 'end user',
    bodies: {
      'openai-chat': { user: 'u1' },
      'openai-responses': { safety_identifier: 'u1' },
      'anthropic-messages': { metadata: { user_id: 'u1' } },
    },
  },
  {
    name: 'metadata',
    bodies: { 'openai-chat': { metadata: { team: 'a' } }, 'openai-responses': { metadata: { team: 'a' } } },
  },
  { name: 'several choices', bodies: { 'openai-chat': { n: 2 } } },
  {
    name: 'stream',
    bodies: {
      'openai-chat': { stream: true },
      'openai-responses': { stream: true },
      'anthropic-messages': { stream: true },
    },
  },
];

const BASE: Readonly<Record<MatrixClient, Members>> = {
  'openai-chat': {
    model: 'auto',
    messages: [
      { role: 'developer', content: 'You are terse.' },
      { role: 'user', name: 'ann', content: 'Weather in Bern?' },
    ],
  },
  'openai-responses': { model: 'auto', instructions: 'You are terse.', input: 'Weather in Bern?', store: false },
  'anthropic-messages': {
    model: 'auto',
    max_tokens: 8_000,
    system: 'You are terse.',
    messages: [{ role: 'user', content: 'Weather in Bern?' }],
  },
};

/** The whole body of a control; undefined where the client protocol cannot say it. */
export const toControlBody = (client: MatrixClient, { bodies }: Control): string | undefined => {
  const members = bodies[client];
  return members === undefined ? undefined : JSON.stringify({ ...BASE[client], ...members });
};
