/** Canonical request → `POST …/responses`. */
import type { CanonicalRequest } from '../../canonical/request.ts';
import { InvalidRequestError } from '../../errors.ts';
import { createChangeLog } from '../change-log.ts';
import type { Target, WireRequest } from '../provider.ts';
import { createRenaming, plainContext, wrappedContext } from '../tool-name.ts';
import { toBody } from './body.ts';
import { toPassthrough } from './passthrough.ts';

export const RESPONSES_PATH = '/responses';
/** Longest tool name and longest call id (OpenAI, 2026-08). */
const MAX_TOOL_NAME_CHARACTERS = 64;
const MAX_CALL_ID_CHARACTERS = 64;

const refuseChoices = ({ sampling }: CanonicalRequest): void => {
  const { choices = 1 } = sampling;
  if (choices === 1) return;
  const fix = `Send ${choices} requests with n: 1.`;
  throw new InvalidRequestError(`n: expected 1 (Responses gives one answer), given ${choices}. ${fix}`, {
    field: 'n',
    blocking: [{ constraint: 'n', expected: '1', given: String(choices), fix }],
  });
};

/** Throws InvalidRequestError for several choices (`n`) and for a request without any message. */
export const toWire = (request: CanonicalRequest, target: Target): WireRequest => {
  const log = createChangeLog();
  const { deployment } = target;
  const base = { path: RESPONSES_PATH, headers: target.forwardHeaders, warnings: log.warnings };
  if (request.source.protocol === 'openai-responses') {
    return { ...base, body: toPassthrough({ request, target, log }), context: plainContext(deployment) };
  }
  refuseChoices(request);
  const names = createRenaming(MAX_TOOL_NAME_CHARACTERS);
  const ids = createRenaming(MAX_CALL_ID_CHARACTERS);
  const body = toBody({ request, target, log, names, ids });
  return { ...base, body, context: wrappedContext(request, { deployment, names, wrap: false }) };
};
