/** Feasibility: what a request needs, and which of it a deployment cannot do. Hard filters, no preferences. */
import type { ContentPart, FilePart } from '../canonical/content.ts';
import type { Effort } from '../canonical/effort.ts';
import type { ClientProtocol, Protocol } from '../canonical/protocol.ts';
import type { CanonicalRequest } from '../canonical/request.ts';
import { needsResponses, toCallProtocol } from '../catalog/call-protocol.ts';
import type { Deployment } from '../catalog/component.ts';
import type { Modality } from '../catalog/model.ts';
import type { Exclusion } from './candidate.ts';

/** Share added to the input estimate: it is made without a tokeniser and may be too low for code and rare scripts. */
export const CONTEXT_MARGIN = 0.1;

/** Output tokens that must fit into the context when the request asks for no number. */
export const DEFAULT_OUTPUT_RESERVE_TOKENS = 1024;

/** What a request needs of any model that is to serve it. */
export interface RequestNeeds {
  readonly client: ClientProtocol;
  /** Estimate with its margin. */
  readonly inputTokens: number;
  readonly maxOutputTokens: number | null;
  /** Other than text, in order of appearance. */
  readonly input: readonly Modality[];
  readonly output: readonly string[];
  /** Tools are offered, or the history holds calls of tools. */
  readonly tools: boolean;
  /** The client's word for the forced choice (`required`, a tool's name); null: nothing is forced. */
  readonly forcedTool: string | null;
  readonly jsonSchema: boolean;
  readonly choices: number;
  readonly hosted: readonly { readonly name: string; readonly protocol: Protocol }[];
  /** Sampling parameters that were sent and that a reasoning model may refuse. */
  readonly sampling: readonly string[];
}

const modalityOfMediaType = (mediaType: string): Modality | null => {
  if (mediaType.startsWith('text/')) return null;
  if (mediaType.startsWith('image/')) return 'image';
  if (mediaType.startsWith('audio/')) return 'audio';
  if (mediaType.startsWith('video/')) return 'video';
  return 'pdf';
};

/** A file without a media type counts as a PDF, the only document that models read as such. */
const modalityOfFile = ({ source }: FilePart): Modality | null =>
  modalityOfMediaType((source.type === 'base64' ? source.mediaType : null) ?? 'application/pdf');

const addModalities = (parts: readonly ContentPart[], found: Set<Modality>): void => {
  for (const part of parts) {
    if (part.type === 'image' || part.type === 'audio') found.add(part.type);
    if (part.type === 'tool-result') addModalities(part.content, found);
    if (part.type !== 'file') continue;
    const modality = modalityOfFile(part);
    if (modality !== null) found.add(modality);
  }
};

const forcedTool = ({ toolChoice }: CanonicalRequest): string | null => {
  if (toolChoice === null || toolChoice.type === 'auto' || toolChoice.type === 'none') return null;
  if (toolChoice.type === 'tool') return toolChoice.name;
  return toolChoice.type === 'required' || toolChoice.mode === 'required' ? 'required' : null;
};

const REFUSABLE_SAMPLING = [
  ['temperature', 'temperature'],
  ['topP', 'top_p'],
  ['topK', 'top_k'],
  ['frequencyPenalty', 'frequency_penalty'],
  ['presencePenalty', 'presence_penalty'],
  ['logitBias', 'logit_bias'],
  ['logprobs', 'logprobs'],
] as const;

/** Whether tools are offered, or the history holds calls of tools. */
export const usesTools = ({ tools, messages }: CanonicalRequest): boolean =>
  tools.length > 0 ||
  messages.some(({ content }) => content.some(({ type }) => type === 'tool-call' || type === 'tool-result'));

/** `inputTokensEstimate` comes from the features. */
export const toNeeds = (request: CanonicalRequest, inputTokensEstimate: number): RequestNeeds => {
  const modalities = new Set<Modality>();
  for (const { content } of request.messages) addModalities(content, modalities);
  return {
    client: request.source.protocol,
    inputTokens: Math.ceil(inputTokensEstimate * (1 + CONTEXT_MARGIN)),
    maxOutputTokens: request.maxOutputTokens,
    input: [...modalities],
    output: request.outputModalities.filter((modality) => modality !== 'text'),
    tools: usesTools(request),
    forcedTool: forcedTool(request),
    jsonSchema: request.responseFormat?.type === 'json-schema',
    choices: request.sampling.choices ?? 1,
    hosted: request.tools.filter((tool) => tool.type === 'hosted').map(({ name, protocol }) => ({ name, protocol })),
    sampling: REFUSABLE_SAMPLING.filter(([member]) => request.sampling[member] !== undefined).map(([, name]) => name),
  };
};

type Filter = (needs: RequestNeeds, deployment: Deployment, effort: Effort | null) => Exclusion | null;

/** Digits grouped by hand: the first `toLocaleString` of a process loads locale data for milliseconds. */
const count = (tokens: number): string => `${String(tokens).replace(/\B(?=(?:\d{3})+$)/g, ',')} tokens`;

const contextLength: Filter = (needs, { model }) => {
  const reserve = needs.maxOutputTokens ?? Math.min(DEFAULT_OUTPUT_RESERVE_TOKENS, model.limits.outputTokens);
  if (needs.inputTokens + reserve <= model.limits.contextTokens) return null;
  return {
    code: 'context_length',
    constraint: 'messages',
    expected: `at most ${count(model.limits.contextTokens)} of input and output together`,
    given: `about ${count(needs.inputTokens)} of input (estimate + ${CONTEXT_MARGIN * 100} %) and ${count(reserve)} of output`,
    fix: 'Shorten the messages, lower the output limit, or add a component with a longer context.',
  };
};

const outputLength: Filter = (needs, { model }) => {
  if (needs.maxOutputTokens === null || needs.maxOutputTokens <= model.limits.outputTokens) return null;
  return {
    code: 'output_length',
    constraint: 'max_output_tokens',
    expected: `at most ${count(model.limits.outputTokens)}`,
    given: count(needs.maxOutputTokens),
    fix: 'Lower the output limit of the request, or add a component that writes longer answers.',
  };
};

const inputModality: Filter = (needs, { model }) => {
  const missing = needs.input.filter((modality) => !model.input.includes(modality));
  if (missing.length === 0) return null;
  return {
    code: 'modality',
    constraint: 'messages',
    expected: `input of kind ${model.input.join(', ')}`,
    given: missing.join(', '),
    fix: 'Leave these parts out, or add a component whose model reads them.',
  };
};

const outputModality: Filter = (needs, { model }) => {
  const writes: readonly string[] = model.output;
  const missing = needs.output.filter((modality) => !writes.includes(modality));
  if (missing.length === 0) return null;
  return {
    code: 'modality',
    constraint: 'modalities',
    expected: `output of kind ${writes.join(', ')}`,
    given: missing.join(', '),
    fix: 'Ask for text, or add a component whose model writes these.',
  };
};

const tools: Filter = (needs, { model }) => {
  if (!needs.tools || model.capabilities.tools) return null;
  return {
    code: 'tools',
    constraint: 'tools',
    expected: 'no tools and no tool calls in the history',
    given: 'tools',
    fix: 'Remove the tools, or add a component whose model calls tools.',
  };
};

const toolChoice: Filter = (needs, { model }) => {
  if (needs.forcedTool === null || model.capabilities.forcedToolChoice) return null;
  return {
    code: 'tool_choice',
    constraint: 'tool_choice',
    expected: 'auto or none',
    given: needs.forcedTool,
    fix: 'Send tool_choice auto, or add a component whose model accepts a forced tool.',
  };
};

const protocolOf = ({ client, tools: hasTools }: RequestNeeds, deployment: Deployment, effort: Effort | null) =>
  toCallProtocol(deployment, { client, hasTools, effort });

const chatTools: Filter = (needs, deployment, effort) => {
  if (protocolOf(needs, deployment, effort) !== 'openai-chat') return null;
  if (!needsResponses(deployment, { hasTools: needs.tools, effort })) return null;
  const never = deployment.model.capabilities.chatTools === 'never';
  return {
    code: 'tools',
    constraint: 'tools',
    expected: never ? 'no tools over Chat Completions' : 'reasoning effort none with tools over Chat Completions',
    given: never ? 'tools' : `tools at effort ${effort ?? 'of the provider'}`,
    fix: 'Reach this model over the Responses protocol: set `responses: true` at its provider, if that serves it.',
  };
};

const structuredOutput: Filter = (needs, { model }) => {
  if (!needs.jsonSchema || model.capabilities.structuredOutput) return null;
  return {
    code: 'structured_output',
    constraint: 'response_format',
    expected: 'text or json_object',
    given: 'json_schema',
    fix: 'Ask for json_object, or add a component whose model keeps to a schema.',
  };
};

const choices: Filter = (needs, deployment, effort) => {
  const protocol = protocolOf(needs, deployment, effort);
  if (needs.choices <= 1 || protocol === 'openai-chat' || protocol === 'gemini') return null;
  return {
    code: 'choices',
    constraint: 'n',
    expected: `1 over ${protocol}`,
    given: String(needs.choices),
    fix: 'Send n: 1 and repeat the request, or add a component reached over Chat Completions or Gemini.',
  };
};

const hostedTools: Filter = (needs, deployment, effort) => {
  const protocol = protocolOf(needs, deployment, effort);
  const foreign = needs.hosted.filter((tool) => tool.protocol !== protocol);
  if (foreign.length === 0) return null;
  return {
    code: 'protocol',
    constraint: 'tools',
    expected: `tools that ${protocol} knows`,
    given: foreign.map((tool) => `${tool.name} (${tool.protocol})`).join(', '),
    fix: 'Replace the hosted tools by functions, or add a component reached over their protocol.',
  };
};

/** In this order; the first that applies is the one reported. */
const FILTERS: readonly Filter[] = [
  contextLength,
  outputLength,
  inputModality,
  outputModality,
  tools,
  toolChoice,
  chatTools,
  structuredOutput,
  choices,
  hostedTools,
];

export interface FeasibilityQuestion {
  readonly needs: RequestNeeds;
  readonly deployment: Deployment;
  readonly effort: Effort | null;
}

/** The first thing that the deployment cannot do for the request at this effort; null: it can serve it. */
export const findInfeasibility = ({ needs, deployment, effort }: FeasibilityQuestion): Exclusion | null => {
  for (const filter of FILTERS) {
    const exclusion = filter(needs, deployment, effort);
    if (exclusion !== null) return exclusion;
  }
  return null;
};
