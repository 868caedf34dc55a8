/** Replies: what a model of the lab says to one request, in no protocol's words. Pure and deterministic. */
import { createHash } from 'node:crypto';
import { InvalidRequestError } from '../errors.ts';
import type { LabRequest, LabThinking, LabTool } from './request.ts';
import { sampleFromSchema } from './sample.ts';
import type { LabFinish, LabScript, LabToolCall } from './script.ts';

export const CHARS_PER_TOKEN = 4;

export interface ReplyToolCall {
  readonly index: number;
  readonly name: string;
  readonly kind: LabTool['kind'];
  /** JSON text, or free text of a custom tool. */
  readonly input: string;
}

export interface ReplyUsage {
  readonly inputTokens: number;
  readonly cachedTokens: number;
  /** Reasoning included. */
  readonly outputTokens: number;
  readonly reasoningTokens: number;
}

export interface LabReply {
  /** 24 hexadecimal digits of the request's digest: the same request has the same id. */
  readonly key: string;
  readonly model: string;
  readonly createdSeconds: number;
  readonly reasoning: string | null;
  readonly text: string;
  readonly toolCalls: readonly ReplyToolCall[];
  readonly finish: LabFinish;
  readonly usage: ReplyUsage;
  readonly choices: number;
  readonly includeUsage: boolean;
}

/** How much a model thinks at each effort, against medium. */
const THINKING_FACTORS: Readonly<Record<Exclude<LabThinking, null>, number>> = {
  none: 0,
  off: 0,
  minimal: 0.25,
  low: 0.5,
  medium: 1,
  on: 1,
  high: 2,
  xhigh: 3,
  max: 4,
};

export const toTokens = (chars: number): number => Math.ceil(chars / CHARS_PER_TOKEN);

const toReasoning = ({ reasoning, scaleReasoning }: LabScript, thinking: LabThinking): string | null => {
  const factor = thinking === null ? 1 : THINKING_FACTORS[thinking];
  if (reasoning === null || factor === 0) {
    return null;
  }
  if (!scaleReasoning) {
    return reasoning;
  }
  return factor < 1
    ? reasoning.slice(0, Math.ceil(reasoning.length * factor)).trimEnd()
    : Array.from({ length: factor }, () => reasoning).join('\n');
};

const toToolCall = (call: LabToolCall, index: number, request: LabRequest): ReplyToolCall => {
  const name = call.name ?? request.forcedTool?.name ?? request.tools[0]?.name;
  const tool = request.tools.find((candidate) => candidate.name === name);
  if (name === undefined || (tool === undefined && request.tools.length > 0 && call.name === null)) {
    throw new InvalidRequestError(
      `tool_choice: expected one of the tools offered; given ${name ?? 'none, since no tools were offered'}.`,
    );
  }
  const kind = tool?.kind ?? 'function';
  const sampled = kind === 'custom' ? 'lab' : JSON.stringify(sampleFromSchema(tool?.schema) ?? {});
  return { index, name, kind, input: call.arguments ?? sampled };
};

/** A forced tool is called whatever the script says; a tool's answer is answered with text, so that loops end. */
const toToolCalls = (script: LabScript, request: LabRequest): readonly ReplyToolCall[] => {
  if (request.answersTool) {
    return [];
  }
  const forced = request.forcedTool !== null && script.toolCalls.length === 0 ? [{ name: null, arguments: null }] : [];
  return [...script.toolCalls, ...forced].map((call, index) => toToolCall(call, index, request));
};

const toText = (demo: () => string, request: LabRequest): string => {
  switch (request.format?.type) {
    case 'object':
      return JSON.stringify({ lab: demo() });
    case 'schema':
      return JSON.stringify(sampleFromSchema(request.format.schema));
    case undefined:
      return demo();
  }
};

interface Limited {
  readonly reasoning: string | null;
  readonly text: string;
  readonly isCut: boolean;
}

/** The request's limit counts reasoning first, as real models do: a small limit can leave no visible text. */
const limit = (reasoning: string | null, text: string, maxTokens: number | null): Limited => {
  const maxChars = maxTokens === null ? Number.POSITIVE_INFINITY : maxTokens * CHARS_PER_TOKEN;
  const thought = reasoning?.slice(0, maxChars) ?? null;
  const spoken = text.slice(0, Math.max(0, maxChars - (thought?.length ?? 0)));
  return { reasoning: thought, text: spoken, isCut: spoken.length < text.length || thought !== reasoning };
};

export interface ReplyInputs {
  readonly script: LabScript;
  readonly request: LabRequest;
  /** The body's text: its digest is the reply's id. */
  readonly body: string;
  /** The demonstration's text, made only where the script has none of its own. */
  readonly demo: () => string;
  readonly createdSeconds: number;
}

/** What the model answers. Throws `InvalidRequestError` where a tool is forced that was not offered. */
export const createReply = ({ script, request, body, demo, createdSeconds }: ReplyInputs): LabReply => {
  const toolCalls = toToolCalls(script, request);
  const said = toolCalls.length > 0 ? '' : (script.text ?? toText(demo, request));
  const { reasoning, text, isCut } = limit(toReasoning(script, request.thinking), said, request.maxOutputTokens);
  const reasoningTokens = script.usage.reasoningTokens ?? toTokens(reasoning?.length ?? 0);
  const calledChars = toolCalls.reduce((sum, { name, input }) => sum + name.length + input.length, 0);
  const visible = request.choices * toTokens(text.length + calledChars);
  return {
    key: createHash('sha256').update(body).digest('hex').slice(0, 24),
    model: script.answersAs ?? request.model,
    createdSeconds,
    reasoning,
    text,
    toolCalls,
    finish: script.finish ?? (toolCalls.length > 0 ? 'tool_calls' : isCut ? 'length' : 'stop'),
    usage: {
      inputTokens: script.usage.inputTokens ?? Math.max(1, toTokens(request.inputChars)),
      cachedTokens: script.usage.cachedTokens ?? 0,
      outputTokens: script.usage.outputTokens ?? reasoningTokens + visible,
      reasoningTokens,
    },
    choices: request.choices,
    includeUsage: request.includeUsage,
  };
};

/** Text in pieces of so many tokens; never splits a surrogate pair. */
export const toPieces = (text: string, tokens: number): readonly string[] =>
  text.match(new RegExp(`[\\s\\S]{1,${tokens * CHARS_PER_TOKEN}}`, 'gu')) ?? [];
