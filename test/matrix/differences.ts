/**
 * What became of a request on its way upstream, and why. Both bodies are read back into the one form that all protocols
 * share; every member in which they differ has to be explained, by a warning that names it or by a rule that is named here.
 */
import type { ContentPart } from '../../src/canonical/content.ts';
import type { Message } from '../../src/canonical/message.ts';
import type { CanonicalRequest } from '../../src/canonical/request.ts';
import type { Warning } from '../../src/canonical/warning.ts';
import type { Deployment } from '../../src/catalog/component.ts';

export interface Difference {
  readonly member: string;
  readonly asked: unknown;
  readonly sent: unknown;
}

const toPart = (part: ContentPart): unknown => {
  switch (part.type) {
    case 'tool-call':
      return { type: part.type, kind: part.kind, id: part.id, name: part.name, input: part.input };
    case 'tool-result':
      return { type: part.type, id: part.callId, content: part.content.map(toPart), isError: part.isError };
    case 'text':
      return { type: part.type, text: part.text };
    default:
      return part;
  }
};

const ANY_OBJECT = { type: 'object', properties: {} };

const isSystem = ({ role }: Message): boolean => role === 'system' || role === 'developer';

const textsOf = (messages: readonly Message[]): string =>
  messages.flatMap(({ content }) => content.flatMap((part) => (part.type === 'text' ? [part.text] : []))).join('\n\n');

/** Every member of a request by a name of its own; what is absent is not among them. */
const flatten = (request: CanonicalRequest): ReadonlyMap<string, unknown> => {
  const flat = new Map<string, unknown>();
  const add = (member: string, value: unknown): void => {
    if (value !== null && value !== undefined && JSON.stringify(value) !== '[]') flat.set(member, value);
  };
  // Protocols say it in a member, in a message or in several, under the name of system or developer.
  add('system', textsOf(request.messages.filter(isSystem)));
  const others = request.messages.filter((message) => !isSystem(message));
  others.forEach(({ role, name, content }, index) => {
    add(`messages[${index}].role`, role);
    add(`messages[${index}].name`, name);
    content.forEach((part, at) => {
      add(`messages[${index}].content[${at}]`, toPart(part));
      add(`messages[${index}].content[${at}].cache`, 'cache' in part ? part.cache : undefined);
    });
  });
  request.tools.forEach((tool, index) => {
    if (tool.type === 'function') {
      const { cache, strict, deferLoading: _, ...rest } = tool;
      add(`tools[${index}]`, { ...rest, parameters: rest.parameters ?? ANY_OBJECT });
      add(`tools[${index}].strict`, strict);
      add(`tools[${index}].cache`, cache);
    } else add(`tools[${index}]`, tool);
  });
  add('toolChoice', request.toolChoice);
  add('parallelToolCalls', request.parallelToolCalls);
  for (const [member, value] of Object.entries(request.sampling)) add(`sampling.${member}`, value);
  add('maxOutputTokens', request.maxOutputTokens);
  for (const [member, value] of Object.entries(request.reasoning)) add(`reasoning.${member}`, value);
  add('verbosity', request.verbosity);
  add('responseFormat', request.responseFormat);
  add('serviceTier', request.serviceTier);
  for (const [member, value] of Object.entries(request.cache ?? {})) add(`cache.${member}`, value);
  add('endUser', request.endUser);
  add('metadata', request.metadata);
  add('outputModalities', request.outputModalities);
  add('stream', request.stream ? true : null);
  // Only a chat client can ask for it; the other protocols always tell.
  const isChat = request.source.protocol === 'openai-chat';
  add('includeUsage', isChat && request.includeUsage ? true : null);
  for (const member of request.unknownMembers) add(`unknown.${member}`, true);
  return flat;
};

export const listDifferences = (asked: CanonicalRequest, sent: CanonicalRequest): readonly Difference[] => {
  const [before, after] = [flatten(asked), flatten(sent)];
  const members = new Set([...before.keys(), ...after.keys()]);
  return [...members].flatMap((member) => {
    const [one, other] = [before.get(member), after.get(member)];
    return JSON.stringify(one) === JSON.stringify(other) ? [] : [{ member, asked: one, sent: other }];
  });
};

/** Which parameters a warning may name, in any client's spelling, for a member that is not as asked. */
const PARAMS: readonly (readonly [RegExp, readonly RegExp[]])[] = [
  [
    /^reasoning\.(effort|budgetTokens)$/,
    [/^reasoning_effort$/, /^reasoning\.effort$/, /^output_config\.effort$/, /^thinking/],
  ],
  [/^reasoning\.summary$/, [/summary/, /^thinking/, /^reasoning/]],
  [/^sampling\.temperature$/, [/^temperature$/]],
  [/^sampling\.topP$/, [/^top_p$/]],
  [/^sampling\.topK$/, [/^top_k$/]],
  [/^sampling\.seed$/, [/^seed$/]],
  [/^sampling\.stop$/, [/^stop/]],
  [/^sampling\.frequencyPenalty$/, [/^frequency_penalty$/]],
  [/^sampling\.presencePenalty$/, [/^presence_penalty$/]],
  [/^sampling\.logitBias$/, [/^logit_bias$/]],
  [/^sampling\.(logprobs|topLogprobs)$/, [/logprobs/]],
  [/^sampling\.choices$/, [/^n$/]],
  [/^verbosity$/, [/verbosity/]],
  [/^responseFormat$/, [/response_format/, /text\.format/, /output_config\.format/]],
  [/^tools\[\d+\](\.strict)?$/, [/^tools/, /^tool_choice$/]],
  [/^tools\[\d+\]\.cache$/, [/^cache_control/, /breakpoint/]],
  [/^toolChoice$/, [/^tool_choice/]],
  [/^parallelToolCalls$/, [/^parallel_tool_calls$/]],
  [/^cache\./, [/^prompt_cache/, /^cache_control/]],
  [/^serviceTier$/, [/^service_tier$/]],
  [/^endUser$/, [/^user$/, /^safety_identifier$/, /^metadata/]],
  [/^metadata$/, [/^metadata$/]],
  [/^maxOutputTokens$/, [/max.*tokens/]],
  [/^messages\[\d+\]\.name$/, [/^messages/]],
  [/^messages\[\d+\]\.content/, [/^messages/, /verbosity/, /format/, /tools/, /^cache_control/]],
  [/^system$/, [/verbosity/, /format/]],
  [/^unknown\./, [/./]],
];

export interface Situation {
  readonly asked: CanonicalRequest;
  readonly sent: CanonicalRequest;
  readonly deployment: Deployment;
  readonly warnings: readonly Warning[];
}

export interface Rule {
  readonly name: string;
  readonly applies: (difference: Difference, situation: Situation) => boolean;
}

const hasBlankReasoning = ({ messages }: CanonicalRequest): boolean =>
  messages.some(({ content }) => content.some((part) => part.type === 'reasoning' && part.text === ' '));

/** Changes that are no loss of anything that was asked for, and so are made without a warning. */
export const RULES: readonly Rule[] = [
  {
    name: 'an output limit is sent where the protocol insists on one',
    applies: ({ member, asked }, { deployment }) =>
      member === 'maxOutputTokens' && asked === undefined && deployment.protocol === 'anthropic-messages',
  },
  {
    name: 'a stream reports its usage, which the client is shown only if it asked',
    applies: ({ member, asked }) => member === 'includeUsage' && asked === undefined,
  },
  {
    name: 'no depth is said to a model that has none, if none was asked for',
    applies: ({ member, asked, sent }, { deployment }) =>
      member === 'reasoning.effort' &&
      asked === 'none' &&
      sent === undefined &&
      deployment.model.reasoning.control === 'none',
  },
  {
    name: 'a depth is said in the words of the model: an effort, a budget, adaptive or off',
    applies: ({ member, asked, sent }, { deployment }) =>
      /^reasoning\.(effort|budgetTokens)$/.test(member) &&
      (sent === undefined || asked === undefined || deployment.model.reasoning.control !== 'effort') &&
      deployment.model.reasoning.control !== 'none',
  },
  {
    name: 'a server that switches reasoning in words of its own gets these as well',
    applies: ({ member }) =>
      /^unknown\.(thinking|reasoning|enable_thinking|chat_template_kwargs|random_seed)$/.test(member),
  },
  {
    name: 'seed has the name that the server knows',
    applies: ({ member }, { sent }) => member === 'sampling.seed' && sent.unknownMembers.includes('random_seed'),
  },
  {
    name: 'a schema is named where the protocol wants a name, strict where it can be, and cut to what the provider enforces',
    applies: ({ member, asked, sent }, { deployment }) =>
      member === 'responseFormat' &&
      (deployment.protocol === 'anthropic-messages' ||
        JSON.stringify(Object(asked)['schema']) === JSON.stringify(Object(sent)['schema'])),
  },
  {
    name: 'strict is left unsaid where false is what the provider does anyway',
    applies: ({ member, asked }) => member.endsWith('.strict') && (asked === false || asked === undefined),
  },
  {
    name: 'calls one at a time and in parallel are part of the choice of a tool at Anthropic',
    applies: ({ member, asked, sent }, { deployment }) =>
      deployment.protocol === 'anthropic-messages' &&
      ((member === 'parallelToolCalls' && sent === undefined && asked === true) ||
        (member === 'toolChoice' && asked === undefined && JSON.stringify(sent) === '{"type":"auto"}')),
  },
  {
    name: 'a tool of free text without a grammar is a function of one text, and its calls come back as the client knows them',
    applies: ({ member, asked, sent }) =>
      /^tools\[\d+\]$/.test(member) &&
      Object(asked)['type'] === 'custom' &&
      Object(asked)['format']?.type === 'text' &&
      JSON.stringify(Object(sent)['parameters']?.required) === '["input"]',
  },
  {
    name: 'a blank stands for reasoning that a client lost, where the model insists on some before a call',
    applies: ({ member }, { sent }) => /^messages\[\d+\]\.content/.test(member) && hasBlankReasoning(sent),
  },
  {
    name: 'ids of calls are rewritten, call and result alike, where the server prescribes them',
    applies: ({ member }, { deployment }) => member.startsWith('messages[') && deployment.provider === 'mistral',
  },
];

const isWarned = ({ member }: Difference, warnings: readonly Warning[]): boolean => {
  const params = PARAMS.find(([pattern]) => pattern.test(member))?.[1] ?? [];
  return warnings.some(({ param }) => param !== null && params.some((pattern) => pattern.test(param)));
};

/** The rule or the warning that explains a difference; null: nothing does. */
export const explain = (difference: Difference, situation: Situation): string | null => {
  if (isWarned(difference, situation.warnings)) return 'warning';
  return RULES.find(({ applies }) => applies(difference, situation))?.name ?? null;
};
