/** Choices among tools that a model or a protocol cannot be given as asked. */
import type { CanonicalRequest } from '../canonical/request.ts';
import type { Tool, ToolChoice } from '../canonical/tool.ts';
import type { ChangeLog } from './change-log.ts';
import type { Target } from './provider.ts';
import { spelling } from './spelling.ts';

interface Parts {
  readonly request: CanonicalRequest;
  readonly target: Target;
  readonly log: ChangeLog;
}

/** Whether the choice forces a call. */
export const isForced = (choice: ToolChoice | null): boolean =>
  choice?.type === 'required' || choice?.type === 'tool' || (choice?.type === 'allowed' && choice.mode === 'required');

/** Whether the choice forces a call and the model does not let itself be forced; then logged, and `auto` is sent. */
export const mustBecomeAuto = ({ request, target, log }: Parts): boolean => {
  const { id, model } = target.deployment;
  if (!isForced(request.toolChoice) || model.capabilities.forcedToolChoice) return false;
  log.add('param_clamped', {
    param: spelling.toolChoice(request.source.protocol),
    requested: request.toolChoice?.type ?? null,
    applied: 'auto',
    message: `${id} does not let a tool call be forced; it may choose.`,
  });
  return true;
};

/** The tools to send where the choice cannot be restricted while the full list stays: only the allowed ones. */
export const onlyAllowed = ({ request, log }: Parts): readonly Tool[] => {
  const { tools, toolChoice } = request;
  if (toolChoice?.type !== 'allowed') return tools;
  const allowed = tools.filter((tool) => toolChoice.names.includes(tool.name));
  if (allowed.length < tools.length) {
    log.add('cache_lost', {
      param: spelling.toolChoice(request.source.protocol),
      requested: 'allowed_tools',
      applied: allowed.length,
      message: 'Only the allowed tools are sent; the shorter list changes the prompt, so cached tokens are lost.',
    });
  }
  return allowed;
};
