/** Answers under way that another component could still give: asked for by their decision's id. */
import type { ClientKey } from '../catalog/pool.ts';
import { InvalidRequestError } from '../errors.ts';
import type { Handover } from '../router/handover.ts';

export interface RunningHandover {
  readonly key: ClientKey | null;
  /** Null: nothing else could answer. */
  readonly handover: Handover | null;
}

export interface Handovers {
  readonly add: (decisionId: string, running: RunningHandover) => void;
  readonly remove: (decisionId: string) => void;
  /**
   * Asks for an answer now; returns who gives it. Throws InvalidRequestError: 404 for what is not under way or another
   * key's, 409 where it is too late or nobody else could answer.
   */
  readonly request: (decisionId: string, key: ClientKey | null) => { readonly component: string };
}

const refuse = (
  decisionId: string,
  problem: { readonly status: number; readonly code: string; readonly message: string; readonly fix: string },
): InvalidRequestError => {
  const { status, code, message, fix } = problem;
  const given = decisionId.slice(0, 60);
  return new InvalidRequestError(`${message} ${fix}`, {
    code,
    status,
    field: 'decision_id',
    blocking: [{ constraint: 'decision_id', expected: 'a thinking answer of which nothing is seen yet', given, fix }],
  });
};

export const createHandovers = (): Handovers => {
  const running = new Map<string, RunningHandover>();
  return {
    add: (decisionId, each) => void running.set(decisionId, each),
    remove: (decisionId) => void running.delete(decisionId),
    request: (decisionId, key) => {
      const found = running.get(decisionId);
      // Another key's answer is as good as none.
      if (found === undefined || (found.key?.sha256 ?? null) !== (key?.sha256 ?? null)) {
        const message = `No answer of decision ${decisionId.slice(0, 60)} is under way.`;
        const fix = 'Use the x-gearbox-decision header of an answer that is still coming.';
        throw refuse(decisionId, { status: 404, code: 'not_running', message, fix });
      }
      if (found.handover === null) {
        const message = 'Nobody else could answer this sooner.';
        const fix = 'Wait for the answer, or cancel it and ask again.';
        throw refuse(decisionId, { status: 409, code: 'no_faster_component', message, fix });
      }
      const result = found.handover.request();
      if (result.type !== 'too_late') return { component: result.candidate.component.name };
      const message = 'Something of the answer was already sent.';
      throw refuse(decisionId, { status: 409, code: 'answer_visible', message, fix: 'Read on: it is coming.' });
    },
  };
};
