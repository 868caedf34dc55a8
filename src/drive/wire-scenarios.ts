/** What clients ask for, in each client protocol's own words. The lab's directive in the prompt says what it answers. */
import type { ClientProtocol } from '../canonical/protocol.ts';

export type MatrixClient = Exclude<ClientProtocol, 'gemini'>;

export const CLIENTS: readonly MatrixClient[] = ['openai-chat', 'openai-responses', 'anthropic-messages'];

export interface Scenario {
  readonly name: string;
  /** For people. */
  readonly title: string;
  /** What must come of it. */
  readonly expects: 'text' | 'calls' | 'refusal' | 'refused-request' | 'failed-stream';
  readonly prompt: string;
  /** Member of `TOOLS` that is offered. */
  readonly tool?: keyof typeof TOOLS;
  readonly effort?: 'high';
  readonly image?: boolean;
  readonly schema?: boolean;
  readonly history?: 'tool-loop';
  /** Protocols of the client that cannot say it. */
  readonly not?: readonly MatrixClient[];
}

const PARAMETERS = {
  type: 'object',
  properties: { city: { type: 'string' }, days: { type: 'integer', minimum: 1 } },
  required: ['city'],
} as const;

const TOOLS = {
  function: { name: 'get_weather', description: 'Weather of a city', parameters: PARAMETERS },
  custom: { name: 'run_query', description: 'Runs a query' },
} as const;

const PIXEL = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';

/** No lab directive and no quotation marks in the words that must come back. */
export const SCENARIOS: readonly Scenario[] = [
  {
    name: 'text',
    title: 'text',
    expects: 'text',
    prompt: '[[lab:ok text="The answer is Paris."]] What is the capital of France?',
  },
  {
    name: 'unicode',
    title: 'text in any split of bytes',
    expects: 'text',
    prompt: '[[lab:ok text="Zürich → 東京 🚄 naïve" split_bytes=3]] Which way?',
  },
  { name: 'long', title: 'long answers', expects: 'text', prompt: '[[lab:ok output_tokens=300]] Write a long text.' },
  {
    name: 'reasoning',
    title: 'reasoning',
    expects: 'text',
    prompt: 'Prove that there is no largest prime.',
    effort: 'high',
  },
  {
    name: 'tool',
    title: 'a tool call',
    expects: 'calls',
    prompt: '[[lab:tool-call]] What is the weather in Bern?',
    tool: 'function',
  },
  {
    name: 'parallel-tools',
    title: 'parallel tool calls',
    expects: 'calls',
    prompt: '[[lab:two-tool-calls]] Weather in Bern and Basel?',
    tool: 'function',
  },
  {
    name: 'reasoned-tool',
    title: 'a tool call after reasoning',
    expects: 'calls',
    prompt: '[[lab:tool-call]] Weather?',
    tool: 'function',
    effort: 'high',
  },
  {
    name: 'tool-result',
    title: "a tool's result",
    expects: 'text',
    prompt: 'What is the weather in Bern?',
    tool: 'function',
    history: 'tool-loop',
  },
  {
    name: 'custom-tool',
    title: 'custom tools',
    expects: 'calls',
    prompt: '[[lab:tool-call]] Query it.',
    tool: 'custom',
    not: ['anthropic-messages'],
  },
  { name: 'image', title: 'images', expects: 'text', prompt: 'What is in this picture?', image: true },
  { name: 'schema', title: 'structured output', expects: 'text', prompt: 'Give me a city.', schema: true },
  { name: 'refusal', title: 'refusals', expects: 'refusal', prompt: '[[lab:refusal]] Do something bad.' },
  { name: 'length', title: 'answers cut at the limit', expects: 'text', prompt: '[[lab:length]] Tell me everything.' },
  { name: 'error-429', title: 'status 429', expects: 'refused-request', prompt: '[[lab:429]] Anything.' },
  { name: 'error-529', title: 'overload', expects: 'refused-request', prompt: '[[lab:529]] Anything.' },
  { name: 'error-400', title: 'a refused request', expects: 'refused-request', prompt: '[[lab:400]] Anything.' },
  {
    name: 'error-in-stream',
    title: 'an error inside a stream',
    expects: 'failed-stream',
    prompt: '[[lab:stream-error after_events=9 output_tokens=100]] Go on.',
  },
  {
    name: 'cut',
    title: 'a stream that breaks off',
    expects: 'failed-stream',
    prompt: '[[lab:cut after_events=9 output_tokens=100]] Go on.',
  },
];

export type Body = Readonly<Record<string, unknown>>;

const CALL = { id: 'call_1', name: 'get_weather', input: '{"city":"Bern"}' };
const RESULT = 'Rain, 9 degrees';

const chat = ({ prompt, tool, effort, image, schema, history }: Scenario): Body => {
  const content = image
    ? [
        { type: 'text', text: prompt },
        { type: 'image_url', image_url: { url: `data:image/png;base64,${PIXEL}` } },
      ]
    : prompt;
  const { id, name, input } = CALL;
  const loop = [
    { role: 'assistant', content: null, tool_calls: [{ id, type: 'function', function: { name, arguments: input } }] },
    { role: 'tool', tool_call_id: id, content: RESULT },
  ];
  return {
    messages: [
      { role: 'system', content: 'You are terse.' },
      { role: 'user', content },
      ...(history === undefined ? [] : loop),
    ],
    ...(tool === 'function' ? { tools: [{ type: 'function', function: TOOLS.function }] } : {}),
    ...(tool === 'custom' ? { tools: [{ type: 'custom', custom: TOOLS.custom }] } : {}),
    ...(effort === undefined ? {} : { reasoning_effort: effort }),
    ...(schema
      ? { response_format: { type: 'json_schema', json_schema: { name: 'city', schema: PARAMETERS, strict: false } } }
      : {}),
  };
};

const responses = ({ prompt, tool, effort, image, schema, history }: Scenario): Body => {
  const content = [
    { type: 'input_text', text: prompt },
    ...(image ? [{ type: 'input_image', image_url: `data:image/png;base64,${PIXEL}` }] : []),
  ];
  const { id, name, input } = CALL;
  const loop = [
    { type: 'function_call', call_id: id, name, arguments: input },
    { type: 'function_call_output', call_id: id, output: RESULT },
  ];
  return {
    instructions: 'You are terse.',
    input: [{ role: 'user', content }, ...(history === undefined ? [] : loop)],
    store: false,
    ...(tool === 'function' ? { tools: [{ type: 'function', ...TOOLS.function, strict: false }] } : {}),
    ...(tool === 'custom' ? { tools: [{ type: 'custom', ...TOOLS.custom }] } : {}),
    ...(effort === undefined ? {} : { reasoning: { effort } }),
    ...(schema ? { text: { format: { type: 'json_schema', name: 'city', schema: PARAMETERS, strict: false } } } : {}),
  };
};

const messages = ({ prompt, tool, effort, image, schema, history }: Scenario): Body => {
  const content = [
    ...(image ? [{ type: 'image', source: { type: 'base64', media_type: 'image/png', data: PIXEL } }] : []),
    { type: 'text', text: prompt },
  ];
  const { id, name, input } = CALL;
  const { description, parameters } = TOOLS.function;
  const loop = [
    { role: 'assistant', content: [{ type: 'tool_use', id, name, input: JSON.parse(input) as unknown }] },
    { role: 'user', content: [{ type: 'tool_result', tool_use_id: id, content: RESULT }] },
  ];
  const format = { type: 'json_schema', schema: PARAMETERS };
  const output = { ...(effort === undefined ? {} : { effort }), ...(schema ? { format } : {}) };
  return {
    max_tokens: 8_000,
    system: 'You are terse.',
    messages: [{ role: 'user', content }, ...(history === undefined ? [] : loop)],
    ...(tool === 'function' ? { tools: [{ name: TOOLS.function.name, description, input_schema: parameters }] } : {}),
    ...(Object.keys(output).length === 0 ? {} : { output_config: output }),
  };
};

const BODIES: Readonly<Record<MatrixClient, (scenario: Scenario) => Body>> = {
  'openai-chat': chat,
  'openai-responses': responses,
  'anthropic-messages': messages,
};

export const PATHS: Readonly<Record<MatrixClient, string>> = {
  'openai-chat': '/v1/chat/completions',
  'openai-responses': '/v1/responses',
  'anthropic-messages': '/v1/messages',
};

export const toBody = (client: MatrixClient, scenario: Scenario): Body => BODIES[client](scenario);

/** The same request for a stream, with its usage where a client has to ask for it. */
export const toStreamed = (client: MatrixClient, body: Body): Body => ({
  ...body,
  stream: true,
  ...(client === 'openai-chat' ? { stream_options: { include_usage: true } } : {}),
});
