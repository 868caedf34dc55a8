/** Collects the warnings of one translation: everything that is not sent as the client asked. */
import type { JsonValue } from '../canonical/json.ts';
import type { Warning } from '../canonical/warning.ts';

type Change = Pick<Warning, 'param' | 'message'> & { readonly requested?: JsonValue; readonly applied?: JsonValue };

export interface ChangeLog {
  readonly warnings: readonly Warning[];
  readonly add: (code: Warning['code'], change: Change) => void;
  readonly dropped: (param: string, requested: JsonValue, message: string) => void;
}

/** One warning per code, parameter and message: a hundred images of a kind that is dropped are one warning. */
export const createChangeLog = (): ChangeLog => {
  const warnings: Warning[] = [];
  const add: ChangeLog['add'] = (code, { param, message, requested = null, applied = null }) => {
    const known = warnings.some(
      (warning) => warning.code === code && warning.param === param && warning.message === message,
    );
    if (!known) warnings.push({ code, param, requested, applied, message });
  };
  return {
    warnings,
    add,
    dropped: (param, requested, message) => add('param_dropped', { param, requested, message }),
  };
};
