/** Answers: decides which programme one request gets. */
import { createHash } from 'node:crypto';
import { InvalidRequestError } from '../errors.ts';
import { renderChatBody, renderOpenaiError, renderOpenaiErrorEvent, renderChatEvents } from './chat-output.ts';
import { FACTS_HEADER, parseFacts, renderDemoAnswer } from './demo-answer.ts';
import { applyDirective, findDirective, parseDirective, SCRIPT_HEADER, withoutDirective } from './directive.ts';
import type { LabDirective } from './directive.ts';
import type { LabEvent, LabFault } from './event.ts';
import {
  renderMessagesBody,
  renderMessagesError,
  renderMessagesErrorEvent,
  renderMessagesEvents,
} from './messages-output.ts';
import type { OutcomePlayer } from './outcome-answer.ts';
import { bodyProgramme, streamProgramme, toProgramme, type FaultRenderers, type Programme } from './programme.ts';
import { loadRecordedBody, loadRecordedEvents, type Recording, type Recordings } from './recorded.ts';
import { createReply, type LabReply } from './reply.ts';
import { lastUserText, parseChatRequest, parseMessagesRequest, type LabRequest } from './request.ts';
import { renderResponsesBody, renderResponsesErrorEvent, renderResponsesEvents } from './responses-output.ts';
import { parseResponsesRequest } from './responses-request.ts';
import { createScript, type LabModel, type LabProtocol, type LabScript } from './script.ts';

interface Renderers {
  readonly parse: (body: unknown) => LabRequest;
  readonly body: (reply: LabReply) => string;
  readonly events: (reply: LabReply, tokensPerEvent: number) => readonly LabEvent[];
  readonly fault: FaultRenderers;
}

const RENDERERS: Readonly<Record<LabProtocol, Renderers>> = {
  'openai-chat': {
    parse: parseChatRequest,
    body: renderChatBody,
    events: renderChatEvents,
    fault: { body: renderOpenaiError, event: renderOpenaiErrorEvent },
  },
  'openai-responses': {
    parse: parseResponsesRequest,
    body: renderResponsesBody,
    events: renderResponsesEvents,
    fault: { body: renderOpenaiError, event: renderResponsesErrorEvent },
  },
  'anthropic-messages': {
    parse: parseMessagesRequest,
    body: renderMessagesBody,
    events: renderMessagesEvents,
    fault: { body: renderMessagesError, event: renderMessagesErrorEvent },
  },
};

/** Prompts whose failures are counted; the oldest is forgotten first. */
const MAX_COUNTED_PROMPTS = 10_000;

/** What the lab is made of once everything is loaded. */
export interface LabContent {
  readonly models: Readonly<Record<string, LabModel>>;
  readonly recordings: Recordings;
  readonly outcomes: OutcomePlayer | null;
  /** Requests seen by model and prompt, for failures that hit only the first few. */
  readonly seen: Map<string, number>;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

export interface Incoming {
  readonly protocol: LabProtocol;
  readonly body: string;
  readonly header: (name: string) => string | undefined;
}

const faultProgramme = (protocol: LabProtocol, fault: LabFault): Programme =>
  bodyProgramme({ status: fault.status, body: RENDERERS[protocol].fault.body(fault) });

const notFound = (protocol: LabProtocol, code: string, message: string): Programme =>
  faultProgramme(protocol, { status: 404, code, message, param: code === 'model_not_found' ? 'model' : null });

/** An error that the lab itself found, in the words of the protocol. */
export const invalidProgramme = (protocol: LabProtocol, error: InvalidRequestError): Programme =>
  faultProgramme(protocol, { status: error.status, code: error.code, message: error.message, param: error.field });

/** Throws `InvalidRequestError` where the text is not JSON. */
export const parseBody = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new InvalidRequestError('The body is not JSON.', { cause: error });
  }
};

const countRequest = (seen: Map<string, number>, request: LabRequest): number => {
  const key = createHash('sha256')
    .update(`${request.model}\n${lastUserText(request)}`)
    .digest('base64');
  const count = (seen.get(key) ?? 0) + 1;
  seen.delete(key);
  seen.set(key, count);
  if (seen.size > MAX_COUNTED_PROMPTS) {
    seen.delete(seen.keys().next().value ?? '');
  }
  return count;
};

const toScript = (model: LabModel, request: LabRequest): LabScript => {
  if (model.type === 'script') {
    return model.script;
  }
  const isOff = request.thinking === 'none' || request.thinking === 'off';
  return isOff ? model.withoutThinking : model.withThinking;
};

interface Asked {
  readonly content: LabContent;
  readonly incoming: Incoming;
  readonly request: LabRequest;
  readonly directive: LabDirective | null;
}

const scriptedProgramme = ({ content, incoming, request, directive }: Asked, chosen: LabScript): Programme => {
  const renderers = RENDERERS[request.protocol];
  const script = directive === null ? chosen : applyDirective(chosen, directive, request.model);
  const facts = parseFacts(incoming.header(FACTS_HEADER));
  const prompt = withoutDirective(lastUserText(request));
  const demo = (): string => renderDemoAnswer({ facts, model: request.model, prompt });
  const createdSeconds = Math.floor(content.now() / 1_000);
  const reply = createReply({ script, request, body: incoming.body, demo, createdSeconds });
  const fails = script.failure !== null && countRequest(content.seen, request) <= script.failTimes;
  return toProgramme({
    content: request.stream
      ? { type: 'stream', events: renderers.events(reply, script.timing.tokensPerEvent) }
      : { type: 'whole', body: renderers.body(reply) },
    outputTokens: reply.usage.outputTokens,
    timing: script.timing,
    chunking: script.chunking,
    failure: fails ? script.failure : null,
    fault: renderers.fault,
  });
};

const recordedProgramme = async (asked: Asked, recording: Recording): Promise<Programme> => {
  const { request, directive } = asked;
  const instant = createScript({ timing: { firstTokenMs: 0, tokensPerSecond: 0, tokensPerEvent: 1 } });
  const { chunking, timing } = directive === null ? instant : applyDirective(instant, directive, request.model);
  if (request.stream && recording.streamFile !== null) {
    const events = await loadRecordedEvents(recording.streamFile, request.protocol);
    return streamProgramme({ events, timing, chunking });
  }
  if (!request.stream && recording.wholeFile !== null) {
    return bodyProgramme(await loadRecordedBody(recording.wholeFile));
  }
  const missing = request.stream ? 'stream (.chunks.txt)' : 'whole answer (.json)';
  return notFound(request.protocol, 'lab_no_recording', `${request.model} has no recorded ${missing}.`);
};

const playedProgramme = (asked: Asked, outcomes: OutcomePlayer): Programme => {
  const { request } = asked;
  const prompt = request.messages
    .filter(({ role }) => role === 'user')
    .map(({ text }) => text)
    .join('\n');
  const answer = outcomes.answer(request.model, prompt);
  switch (answer.type) {
    case 'answer':
      return scriptedProgramme(asked, answer.script);
    case 'unknown-prompt':
      return notFound(request.protocol, 'lab_unknown_prompt', 'The outcome data hold no prompt with this text.');
    case 'no-outcome':
      return notFound(
        request.protocol,
        'lab_no_outcome',
        `The outcome data hold no score of ${request.model} on this prompt.`,
      );
  }
};

/** Every model name that the lab serves. */
export const modelNames = ({ models, outcomes, recordings }: LabContent): readonly string[] => [
  ...new Set([...(outcomes?.models ?? []), ...Object.keys(models), ...recordings.keys()]),
];

const modelProgramme = async (asked: Asked): Promise<Programme> => {
  const { content, request } = asked;
  const { outcomes, recordings, models } = content;
  if (outcomes?.models.includes(request.model) === true) {
    return playedProgramme(asked, outcomes);
  }
  const recording = recordings.get(request.model);
  if (recording !== undefined) {
    return recordedProgramme(asked, recording);
  }
  const model = Object.hasOwn(models, request.model) ? models[request.model] : undefined;
  if (model !== undefined) {
    return scriptedProgramme(asked, toScript(model, request));
  }
  const known = Object.keys(models).join(', ');
  return notFound(request.protocol, 'model_not_found', `The lab has no model ${request.model}; it has ${known}.`);
};

/** The answer to one request. Errors of the request become programmes in the protocol's words; others are thrown. */
export const createAnswer = async (content: LabContent, incoming: Incoming): Promise<Programme> => {
  const { protocol, body, header } = incoming;
  try {
    const request = RENDERERS[protocol].parse(parseBody(body));
    const asked = header(SCRIPT_HEADER);
    // Prompts of outcome data are the data's own text: a directive would make another prompt of them.
    const inPrompt = content.outcomes === null ? findDirective(lastUserText(request)) : null;
    const directive = asked === undefined ? inPrompt : parseDirective(asked);
    return await modelProgramme({ content, incoming, request, directive });
  } catch (error) {
    if (error instanceof InvalidRequestError) {
      return invalidProgramme(protocol, error);
    }
    throw error;
  }
};
