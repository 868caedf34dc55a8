/** Canonical request → `POST …/chat/completions`. */
import type { Message } from '../../canonical/message.ts';
import type { CanonicalRequest } from '../../canonical/request.ts';
import type { Dialect } from '../../catalog/provider-profile.ts';
import { createChangeLog } from '../change-log.ts';
import type { Target, WireRequest } from '../provider.ts';
import { createPrescribedIds, createRenaming, isPrescribedId, plainContext, wrappedContext } from '../tool-name.ts';
import { toBody } from './body.ts';
import { dialectOf } from './dialect.ts';
import { toPassthrough } from './passthrough.ts';

export const CHAT_PATH = '/chat/completions';
/** Longest tool name and longest call id (OpenAI, 2026-08). */
const MAX_TOOL_NAME_CHARACTERS = 64;
const MAX_CALL_ID_CHARACTERS = 40;

const callIdsOf = ({ messages }: CanonicalRequest): readonly string[] =>
  messages.flatMap(({ content }) => content.flatMap((part) => (part.type === 'tool-call' ? [part.id] : [])));

/**
 * Whether a chat client's own text would be refused for what it says, not only for how: tools of free text and a choice
 * among allowed ones where the server has neither, ids of calls that it did not make up itself.
 */
const needsOtherWords = (request: CanonicalRequest, { knows, callIds }: Dialect): boolean => {
  const { tools, messages, toolChoice } = request;
  const isCustom = ({ content }: Message): boolean =>
    content.some((part) => part.type === 'tool-call' && part.kind === 'custom');
  if (!knows.has('custom_tools') && (tools.some(({ type }) => type === 'custom') || messages.some(isCustom)))
    return true;
  if (!knows.has('allowed_tools') && toolChoice?.type === 'allowed') return true;
  return callIds === 'nine' && callIdsOf(request).some((id) => !isPrescribedId(id));
};

/** Throws InvalidRequestError when the model takes the request's tools over another API only. */
export const toWire = (request: CanonicalRequest, target: Target): WireRequest => {
  const log = createChangeLog();
  const { deployment } = target;
  const base = { path: CHAT_PATH, headers: target.forwardHeaders, warnings: log.warnings };
  const { knows, callIds } = dialectOf(deployment);
  const isOwn = request.source.protocol === 'openai-chat';
  const translates = isOwn && needsOtherWords(request, dialectOf(deployment));
  if (isOwn && !translates) {
    const body = toPassthrough({ request, target, log });
    return { ...base, body, context: { ...plainContext(deployment), choices: request.sampling.choices ?? 1 } };
  }
  const names = createRenaming(MAX_TOOL_NAME_CHARACTERS);
  const ids = callIds === 'nine' ? createPrescribedIds() : createRenaming(MAX_CALL_ID_CHARACTERS);
  const body = toBody({ request, target, log, names, ids });
  const context = wrappedContext(request, { deployment, names, wrap: !knows.has('custom_tools') });
  return { ...base, body, context, translates };
};
