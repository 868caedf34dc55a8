/** Canonical request → `POST …/chat/completions`. */
import type { CanonicalRequest } from '../../canonical/request.ts';
import { createChangeLog } from '../change-log.ts';
import type { Target, WireRequest } from '../provider.ts';
import { createPrescribedIds, createRenaming, plainContext, wrappedContext } from '../tool-name.ts';
import { toBody } from './body.ts';
import { dialectOf } from './dialect.ts';
import { toPassthrough } from './passthrough.ts';

export const CHAT_PATH = '/chat/completions';
/** Longest tool name and longest call id (OpenAI, 2026-08). */
const MAX_TOOL_NAME_CHARACTERS = 64;
const MAX_CALL_ID_CHARACTERS = 40;

/** Throws InvalidRequestError when the model takes the request's tools over another API only. */
export const toWire = (request: CanonicalRequest, target: Target): WireRequest => {
  const log = createChangeLog();
  const { deployment } = target;
  const base = { path: CHAT_PATH, headers: target.forwardHeaders, warnings: log.warnings };
  if (request.source.protocol === 'openai-chat') {
    const body = toPassthrough({ request, target, log });
    return { ...base, body, context: { ...plainContext(deployment), choices: request.sampling.choices ?? 1 } };
  }
  const { knows, callIds } = dialectOf(deployment);
  const names = createRenaming(MAX_TOOL_NAME_CHARACTERS);
  const ids = callIds === 'nine' ? createPrescribedIds() : createRenaming(MAX_CALL_ID_CHARACTERS);
  const body = toBody({ request, target, log, names, ids });
  return { ...base, body, context: wrappedContext(request, { deployment, names, wrap: !knows.has('custom_tools') }) };
};
